#pragma once
// Expectations that change nothing: a scenario may tighten the window of a requirement, and one
// that would loosen it is not obeyed. Its author is to know.

#include <set>
#include <string>

#include "harness/scenario/scenario.hpp"
#include "harness/verdict/finding.hpp"

namespace sipharness::judge {

/// Adds a note for each bound that is looser than what a finding was judged by.
void note_loose_expectations(const scenario::Scenario& scenario, const verdict::Finding& finding,
                             std::set<std::string>& notes);

}  // namespace sipharness::judge
