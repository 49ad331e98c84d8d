#pragma once
// A scenario that was read but not yet held against itself, and the JSON it was read from: the
// places in the file that validation speaks of.

#include <string>
#include <string_view>
#include <vector>

#include "harness/json/document.hpp"
#include "harness/scenario/fields.hpp"
#include "harness/scenario/problems.hpp"
#include "harness/scenario/scenario.hpp"

namespace sipharness::scenario {

/// The file's variants, merged into what they vary; the file itself if it has none. RFC 7396.
struct Variant {
  std::string name;
  json::Value merged;
};
std::vector<Variant> expand_variants(const json::Value& root, Problems& problems);

struct Draft {
  Scenario scenario;
  const json::Value& file;  ///< must outlive it

  const json::Value& place_of(const Server& server) const;
  /// The place of a server's rule, a step, an expectation, by its number.
  const json::Value& place_of_rule(const Server& server, std::size_t index) const;
  const json::Value& place_of_step(std::size_t index) const;
  const json::Value& place_of_expectation(std::size_t index) const;
};

// --- What no single value shows ------------------------------------------------------------------

/// Servers, rules, timeline and expectations of one scenario against each other.
void validate(const Draft& draft, Problems& problems);
/// The names of the servers against what the name server says of them, and the two servers against
/// each other, whichever way they are named.
void validate_names(const Draft& draft, Problems& problems);
/// Rules whose phase no timeline of the file enters (each variant may use a part of the rules).
void validate_phases_entered(const std::vector<Draft>& drafts, Problems& problems);

}  // namespace sipharness::scenario
