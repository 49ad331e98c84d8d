#pragma once
// A plan: the scenarios that a lab runs together, as a file.

#include <string>
#include <vector>

#include "harness/base/expected.hpp"

namespace sipharness::scenario {

struct Plan {
  std::string title;
  std::string why;
  std::vector<std::string> scenarios;  ///< as the command line names them
  bool operator==(const Plan&) const = default;
};

/// Reads a plan; several errors are one whose text has a line for each.
Expected<Plan> read_plan(const std::string& text, const std::string& file);

}  // namespace sipharness::scenario
