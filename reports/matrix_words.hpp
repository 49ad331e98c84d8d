#pragma once
// How a cell of a matrix is told, whatever the report.

#include <string>

#include "harness/campaign/matrix.hpp"

namespace reports {

/// "PASS", "FAIL 2 of 5, flaky", "INC"; empty: nothing was judged.
std::string told(const sipharness::campaign::Cell& cell);

/// "-1.200 s": the worst margin; empty: nothing was measured.
std::string margin(const sipharness::campaign::Cell& cell);

/// "GRP2614 1.0.5.67: 12 scenarios, 10 passed, 1 failed, 1 inconclusive".
std::string told_of_firmware(const sipharness::campaign::Matrix& matrix, std::size_t firmware);

}  // namespace reports
