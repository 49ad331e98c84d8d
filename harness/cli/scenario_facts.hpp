#pragma once
// What can be said of a scenario without running it: for lists, tags and plans. All of it is read
// off the scenario, so that nobody has to keep it up.

#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/scenario.hpp"

namespace sipharness::cli {

struct Tag {
  std::string_view name;
  std::string_view what;
  bool (*applies)(const scenario::Scenario&);
};

/// `guide`, `long`, `tcp`, …; `smoke` are the scenarios of the shipped plan of that name.
const std::vector<Tag>& tags();

/// Names of those that apply.
std::vector<std::string> tags_of(const scenario::Scenario& scenario);

bool has_all_tags(const scenario::Scenario& scenario, const std::vector<std::string>& wanted);

/// What the device must be able to do: actions ("dial"), settings ("session_timer"), "TCP", "IPv6".
std::vector<std::string> needs_of(const scenario::Scenario& scenario);
/// The same, with commas between.
std::string needs_text(const scenario::Scenario& scenario);

}  // namespace sipharness::cli
