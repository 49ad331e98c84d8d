#pragma once
// Pages of the documentation that are made from the data, so that they cannot grow old: a test
// holds docs/ against them.

#include <string>
#include <vector>

#include "harness/scenario/scenario.hpp"
#include "harness/selftest/selftest.hpp"

namespace sipharness::cli {

/// docs/coverage.md: requirement by scenario and deviation, and why some have none.
std::string coverage_page(const std::vector<scenario::Scenario>& scenarios);

/// docs/keys.md: every key of scenario and profile files.
std::string keys_page();

/// docs/selftest.md: which requirement noticed which deviation.
std::string selftest_page(const selftest::SelftestOutcome& outcome);

}  // namespace sipharness::cli
