#pragma once
// How what is flaky is told, whatever the report.

#include <string>

#include "harness/campaign/repeats.hpp"

namespace reports {

/// "GRP-CALL-03: met in 17 runs and violated in 3".
std::string told(const sipharness::campaign::Flaky& row);

}  // namespace reports
