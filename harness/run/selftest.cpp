#include "harness/run/selftest.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/check/checks.hpp"
#include "harness/dut/reference_ua/deviation.hpp"
#include "harness/host/files.hpp"
#include "harness/run/run.hpp"

namespace sipharness::run {
namespace {

using verdict::Verdict;

using Verdicts = std::map<std::string_view, Verdict>;

bool is_alarm(Verdict verdict) {
  return verdict == Verdict::fail || verdict == Verdict::warn || verdict == Verdict::inconclusive;
}

class Selftest {
 public:
  Selftest(const std::vector<scenario::Scenario>& scenarios, const scenario::Profile& profile,
           std::uint64_t seed)
      : scenarios_(scenarios), profile_(profile), seed_(seed) {}

  SelftestOutcome run() {
    SelftestOutcome outcome;
    for (const scenario::Scenario& scenario : scenarios_)
      outcome.healthy.push_back(judge_healthy(scenario));
    for (const dut::DeviationRow& row : dut::deviations())
      outcome.deviations.push_back(judge_deviation(row));
    for (const check::Check& check : check::checks()) {
      const bool proven = std::ranges::any_of(outcome.deviations, [&](const auto& deviation) {
        return deviation.caught && deviation.breaks == check.requirement;
      });
      if (!proven) outcome.unproven.push_back(check.requirement);
    }
    return outcome;
  }

 private:
  Verdicts verdicts(const scenario::Scenario& scenario, std::vector<std::string> deviations) {
    RunOptions options;
    options.clock = Clock::virtual_time;
    options.folder = fmt::format("{}/{}", folder_.path(), runs_++);
    options.seed = seed_;
    options.deviations = std::move(deviations);
    stage(scenario, profile_, options);
    const auto judged = judge({.capture = options.folder});
    if (!judged) throw SetupError(judged.error().text());
    Verdicts verdicts;
    for (const verdict::Finding& finding : judged->result.findings)
      verdicts[finding.requirement->id] = finding.verdict();
    return verdicts;
  }

  HealthyOutcome judge_healthy(const scenario::Scenario& scenario) {
    HealthyOutcome outcome{scenario.full_name(), {}};
    Verdicts found = verdicts(scenario, {});
    for (const auto& [requirement, verdict] : found)
      if (is_alarm(verdict)) outcome.alarms.push_back({requirement, verdict, verdict});
    healthy_.emplace(scenario.full_name(), std::move(found));
    return outcome;
  }

  DeviationOutcome judge_deviation(const dut::DeviationRow& row) {
    const auto scenario =
        std::ranges::find(scenarios_, row.scenario, &scenario::Scenario::full_name);
    if (scenario == scenarios_.end())
      throw SetupError(fmt::format("deviation {} names the scenario \"{}\", which is not there",
                                   row.name, row.scenario));
    DeviationOutcome outcome{row.name, row.breaks, std::string(row.scenario), false, {}, {}};
    for (const auto& [requirement, verdict] : verdicts(*scenario, {std::string(row.name)})) {
      const Change change{requirement, healthy_.at(outcome.scenario).at(requirement), verdict};
      if (change.healthy == change.deviated) continue;
      outcome.changes.push_back(change);
      const bool breaks = requirement == row.breaks;
      if (breaks) outcome.caught = verdict == Verdict::fail || verdict == Verdict::warn;
      const bool declared =
          breaks || std::ranges::find(row.may_also, requirement) != row.may_also.end();
      if (!declared) outcome.undeclared.push_back(change);
    }
    return outcome;
  }

  const std::vector<scenario::Scenario>& scenarios_;
  const scenario::Profile& profile_;
  std::uint64_t seed_;
  host::TemporaryFolder folder_;
  std::size_t runs_ = 0;
  std::map<std::string, Verdicts> healthy_;
};

}  // namespace

bool SelftestOutcome::passed() const {
  const bool calm =
      std::ranges::all_of(healthy, [](const auto& one) { return one.alarms.empty(); });
  const bool sharp = std::ranges::all_of(
      deviations, [](const auto& one) { return one.caught && one.undeclared.empty(); });
  return calm && sharp && unproven.empty();
}

SelftestOutcome selftest(const std::vector<scenario::Scenario>& scenarios,
                         const scenario::Profile& profile, std::uint64_t seed) {
  return Selftest(scenarios, profile, seed).run();
}

}  // namespace sipharness::run
