#pragma once
// Tolerances as people read them.

#include <string>

#include "harness/scenario/profile.hpp"

namespace sipharness::scenario {

std::string tolerance_text(Duration tolerance);                  ///< "500ms"
std::string tolerance_text(const RelativeTolerance& tolerance);  ///< "max(20ms, 2 %)"

}  // namespace sipharness::scenario
