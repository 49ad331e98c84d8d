#pragma once
// Tolerances that a profile makes wider than its kind of device has them: verdicts rest on them,
// and whoever reads the result is to know.

#include <string>
#include <vector>

#include "harness/scenario/profile.hpp"

namespace sipharness::judge {

/// A note for each tolerance of the profile that is wider than the default of its kind.
std::vector<std::string> loose_tolerances(const scenario::Profile& profile);

}  // namespace sipharness::judge
