#pragma once
// Findings that only repeat another row: a missing header seen as missing, and as no 70.

#include <span>

#include "harness/check/rule.hpp"
#include "harness/verdict/finding.hpp"

namespace sipharness::check {

/// Names in each of `findings`, those of one phone, `findings[i]` of `rules[i]`, which one it
/// follows from (Rule::follows): that one weighs as much, and everything wrong of the finding cites
/// a frame that is cited there too.
void note_what_follows(std::span<const Rule* const> rules, std::span<verdict::Finding> findings);

}  // namespace sipharness::check
