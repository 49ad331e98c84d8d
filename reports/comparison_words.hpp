#pragma once
// How a comparison is told, whatever the report.

#include <string>
#include <string_view>
#include <vector>

#include "harness/campaign/compare.hpp"

namespace reports {

/// "WORSE", "UNDECIDED" or "NO WORSE".
std::string_view headline(const sipharness::campaign::Comparison& comparison);

/// What is to be said of it as a whole: why a change may not be the firmware's doing, and which
/// scenarios have no counterpart.
std::vector<std::string> notes(const sipharness::campaign::Comparison& comparison);

/// "Grandstream GRP2614 1.0.5.67, MAC c074ad0d1234, profile grp26xx; 12 runs of 2026-11-28, judged
/// by 0.1.0".
std::string who(const sipharness::campaign::Firmware& firmware);

/// "primary_down", with the device where there are several.
std::string where(const sipharness::campaign::Change& change);

/// One side of a change: "FAIL (2 of 5 runs): no INVITE reached the secondary, frames 41, 55".
std::string told(const sipharness::campaign::Side& side);

/// "32.001 s, then 34.000 s (tolerance 0.500 s)"; empty where no interval moved.
std::string move(const sipharness::campaign::Change& change);

}  // namespace reports
