#pragma once
// The proof that checks can fail: every deviation of the reference UA is run in the scenario that
// shows it, and the requirement it breaks must notice, and nothing that it does not declare. Every
// judged requirement is seen to pass, to be violated and to be inconclusive.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/scenario.hpp"
#include "harness/verdict/finding.hpp"

namespace sipharness::selftest {

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
  std::uint64_t seed = 0;
  std::vector<Change> alarms;  ///< anything but pass, info and not applicable
};

/// What was shown of one judged requirement: each of the three is needed.
struct RequirementCoverage {
  std::string_view requirement;
  std::vector<std::string> passes;         ///< scenarios in which a healthy device passes it
  std::vector<std::string_view> violated;  ///< deviations that break it and were caught
  bool inconclusive = false;               ///< a healthy run with holes in its capture is no pass
  bool complete() const { return !passes.empty() && !violated.empty() && inconclusive; }
};

struct SelftestOutcome {
  std::vector<HealthyOutcome> healthy;
  std::vector<DeviationOutcome> deviations;
  std::vector<RequirementCoverage> coverage;  ///< one a judged requirement, in catalogue order
  bool passed() const;
};

struct SelftestOptions {
  std::uint64_t seed = 1;  ///< of the deviated runs, and the first of the healthy ones
  unsigned seeds = 1;      ///< how many healthy runs each scenario gets
};

/// Runs every scenario healthy, once a seed, and every deviation in its scenario, in virtual time.
SelftestOutcome selftest(const std::vector<scenario::Scenario>& scenarios,
                         const scenario::Profile& profile, const SelftestOptions& options);

}  // namespace sipharness::selftest
