#pragma once
// Expectations that change nothing: a scenario may tighten the window of a requirement, and one
// that would loosen it is not obeyed. Its author is to know.

#include <string>
#include <vector>

#include "harness/scenario/scenario.hpp"
#include "harness/verdict/result.hpp"

namespace sipharness::judge {

/// A note for each bound that is looser than what was judged by.
std::vector<std::string> loose_expectations(const scenario::Scenario& scenario,
                                            const std::vector<verdict::Finding>& findings);

}  // namespace sipharness::judge
