#pragma once
// The proof that checks can fail: every deviation of the reference UA is run in the scenario that
// shows it, and the requirement it breaks must notice, and nothing that it does not declare.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/scenario.hpp"
#include "harness/verdict/finding.hpp"

namespace sipharness::run {

/// A requirement whose verdict a deviation changed.
struct Change {
  std::string_view requirement;
  verdict::Verdict healthy = verdict::Verdict::pass;
  verdict::Verdict deviated = verdict::Verdict::pass;
};

struct DeviationOutcome {
  std::string_view deviation;
  std::string_view breaks;
  std::string scenario;
  bool caught = false;             ///< `breaks` became fail or warn
  std::vector<Change> changes;     ///< every verdict that differs from the healthy run
  std::vector<Change> undeclared;  ///< of these, neither `breaks` nor in `may_also`
};

struct HealthyOutcome {
  std::string scenario;
  std::vector<Change> alarms;  ///< anything but pass, info and not applicable
};

struct SelftestOutcome {
  std::vector<HealthyOutcome> healthy;
  std::vector<DeviationOutcome> deviations;
  std::vector<std::string_view> unproven;  ///< judged requirements that no deviation breaks
  bool passed() const;
};

/// Runs every scenario healthy and every deviation in its scenario, in virtual time.
SelftestOutcome selftest(const std::vector<scenario::Scenario>& scenarios,
                         const scenario::Profile& profile, std::uint64_t seed);

}  // namespace sipharness::run
