#pragma once
// The object `drive` of a profile file.

#include "harness/json/document.hpp"
#include "harness/scenario/drive.hpp"
#include "harness/scenario/problems.hpp"

namespace sipharness::scenario {

Drive read_drive(const json::Value& value, Problems& problems);

}  // namespace sipharness::scenario
