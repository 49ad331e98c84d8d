#pragma once
// A baseline as a file, and what it meant for a batch.

#include <string>

#include "harness/campaign/baseline.hpp"

namespace reports {

/// Format sipharness-baseline/1.
std::string json(const sipharness::campaign::Baseline& baseline);

/// "Baseline: 3 known failures accepted", then what passes now and what is out of date, a line
/// each.
std::string told(const sipharness::campaign::Outcome& outcome);

}  // namespace reports
