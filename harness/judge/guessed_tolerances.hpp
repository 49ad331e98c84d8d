#pragma once
// No verdict stands on guessed tolerances. Without a profile they are those of a real device; what
// speaks from a loopback address is a program, which is allowed less: what passes so and fails with
// the strictest tolerances is inconclusive, and --profile settles it.
// @source requirements §0.3

#include <optional>

#include "harness/check/checks.hpp"
#include "harness/judge/amendment.hpp"
#include "harness/trace/trace.hpp"

namespace sipharness::judge {

/// Of a trace between loopback addresses, judged without a profile.
Amendment settle_tolerances(trace::Trace& trace, const check::JudgeOptions& options,
                            const std::optional<trace::Tested>& tested);

}  // namespace sipharness::judge
