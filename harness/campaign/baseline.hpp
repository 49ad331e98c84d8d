#pragma once
// Failures that are known: a run in which nothing else fails counts as passed.

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/expected.hpp"
#include "harness/verdict/result.hpp"

namespace sipharness::campaign {

struct KnownFailure {
  std::string requirement;
  std::string scenario;  ///< with its variant: "primary_silent/b"
  std::string reason;    ///< the finding's message; its numbers do not count
  std::string comment;   ///< why it is accepted; may be empty
  std::string until;     ///< the last day of it, "2026-12-31"; empty: no end
};

struct Baseline {
  std::vector<KnownFailure> known;
};

/// Format sipharness-baseline/1.
Expected<Baseline> parse_baseline(std::string_view text, const std::string& file);

/// What failed in these runs (where they were strict, what warned too), each reason once.
Baseline baseline_of(const verdict::Batch& batch);

/// What a baseline means for a batch.
struct Outcome {
  std::vector<KnownFailure> accepted;  ///< it failed so
  std::vector<KnownFailure> passing;   ///< the requirement passes now in that scenario
  std::vector<KnownFailure> expired;   ///< it failed so, after its last day
  /// The exit code of the batch in which what is accepted counts as nothing, and where it was
  /// strict, what passes now as a failure.
  int exit_code = 0;
};

/// `today` is "2026-11-30".
Outcome hold_against(const Baseline& baseline, const verdict::Batch& batch, std::string_view today);

}  // namespace sipharness::campaign
