#include "harness/selftest/selftest.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/check/checks.hpp"
#include "harness/dut/reference_ua/deviation.hpp"
#include "harness/files/files.hpp"
#include "harness/journal/journal.hpp"
#include "harness/judge/judge.hpp"
#include "harness/judge/run_folder.hpp"
#include "harness/stage/run.hpp"

namespace sipharness::selftest {
namespace {

using verdict::Verdict;

using Verdicts = std::map<std::string_view, Verdict>;

bool is_alarm(Verdict verdict) {
  return is_violation(verdict) || verdict == Verdict::inconclusive;
}

class Selftest {
 public:
  Selftest(const std::vector<scenario::Scenario>& scenarios, const scenario::Profile& profile,
           const SelftestOptions& options)
      : scenarios_(scenarios), profile_(profile), options_(options) {
    for (const check::Rule& rule : check::rules())
      if (is_judged(rule.row.id)) outcome_.coverage.push_back({rule.row.id, {}, {}, {}});
  }

  SelftestOutcome run() {
    for (const scenario::Scenario& scenario : scenarios_) {
      judge_healthy(scenario);
      for (unsigned more = 1; more < options_.seeds; ++more)
        look_for_alarms(scenario, options_.seed + more);
    }
    for (const dut::DeviationRow& row : dut::deviations()) judge_deviation(row);
    return std::move(outcome_);
  }

 private:
  static bool is_judged(std::string_view requirement) {
    return check::find_requirement(requirement)->severity != verdict::Severity::info;
  }

  RequirementCoverage* coverage_of(std::string_view requirement) {
    const auto found =
        std::ranges::find(outcome_.coverage, requirement, &RequirementCoverage::requirement);
    return found == outcome_.coverage.end() ? nullptr : &*found;
  }

  void stage_in(const files::TemporaryFolder& folder, const scenario::Scenario& scenario,
                std::uint64_t seed, std::vector<std::string> deviations) const {
    stage::RunOptions options;
    options.clock = stage::Clock::virtual_time;
    options.folder = folder.path();
    options.seed = seed;
    options.deviations = std::move(deviations);
    stage::run(scenario, profile_, options);
  }

  static Verdicts verdicts_of(const files::TemporaryFolder& folder) {
    const auto judged = judge::judge({.capture = folder.path()});
    if (!judged) throw SetupError(judged.error().text());
    Verdicts verdicts;
    for (const verdict::Finding& finding : judged->result.findings) {
      Verdict& verdict = verdicts[finding.requirement->id];
      verdict = std::max(verdict, finding.verdict());
    }
    return verdicts;
  }

  void judge_healthy(const scenario::Scenario& scenario) {
    const files::TemporaryFolder folder;
    stage_in(folder, scenario, options_.seed, {});
    const Verdicts found = verdicts_of(folder);
    add_alarms(scenario.full_name(), options_.seed, found);
    punch_a_hole(folder);
    const Verdicts incomplete = verdicts_of(folder);
    for (const auto& [requirement, verdict] : found) {
      auto* const coverage = coverage_of(requirement);
      if (coverage == nullptr || verdict != Verdict::pass) continue;
      coverage->passes.push_back(scenario.full_name());
      coverage->inconclusive |= incomplete.at(requirement) == Verdict::inconclusive;
    }
    healthy_.emplace(scenario.full_name(), found);
  }

  void look_for_alarms(const scenario::Scenario& scenario, std::uint64_t seed) {
    const files::TemporaryFolder folder;
    stage_in(folder, scenario, seed, {});
    add_alarms(scenario.full_name(), seed, verdicts_of(folder));
  }

  void add_alarms(const std::string& scenario, std::uint64_t seed, const Verdicts& found) {
    HealthyOutcome outcome{scenario, seed, {}};
    for (const auto& [requirement, verdict] : found)
      if (is_alarm(verdict)) outcome.alarms.push_back({requirement, verdict, verdict});
    outcome_.healthy.push_back(std::move(outcome));
  }

  /// The journal of a run whose capture lost a frame.
  static void punch_a_hole(const files::TemporaryFolder& folder) {
    const std::string path = judge::RunFolder{folder.path()}.journal();
    const auto text = files::read_file(path);
    if (!text) throw SetupError(text.error().text());
    const journal::CaptureCount lossy{"simulated", 0, 1, {}};
    const std::size_t first_line = text->find('\n') + 1;
    files::write_file(path, text->substr(0, first_line) + to_line(journal::Entry{{}, lossy}) +
                                "\n" + text->substr(first_line));
  }

  void judge_deviation(const dut::DeviationRow& row) {
    const auto scenario =
        std::ranges::find(scenarios_, row.scenario, &scenario::Scenario::full_name);
    if (scenario == scenarios_.end())
      throw SetupError(fmt::format("deviation {} names the scenario \"{}\", which is not there",
                                   row.name, row.scenario));
    DeviationOutcome outcome{row.name, row.breaks, std::string(row.scenario), false, {}, {}};
    const files::TemporaryFolder folder;
    stage_in(folder, *scenario, options_.seed, {std::string(row.name)});
    for (const auto& [requirement, verdict] : verdicts_of(folder)) {
      const Change change{requirement, healthy_.at(outcome.scenario).at(requirement), verdict};
      if (change.healthy == change.deviated) continue;
      outcome.changes.push_back(change);
      const bool breaks = requirement == row.breaks;
      if (breaks) outcome.caught = is_violation(verdict);
      const bool declared =
          breaks || std::ranges::find(row.may_also, requirement) != row.may_also.end();
      if (!declared) outcome.undeclared.push_back(change);
    }
    if (outcome.caught)
      if (auto* const coverage = coverage_of(row.breaks)) coverage->violated.push_back(row.name);
    outcome_.deviations.push_back(std::move(outcome));
  }

  const std::vector<scenario::Scenario>& scenarios_;
  const scenario::Profile& profile_;
  const SelftestOptions& options_;
  std::map<std::string, Verdicts> healthy_;
  SelftestOutcome outcome_;
};

}  // namespace

bool SelftestOutcome::passed() const {
  const bool calm =
      std::ranges::all_of(healthy, [](const auto& one) { return one.alarms.empty(); });
  const bool sharp = std::ranges::all_of(
      deviations, [](const auto& one) { return one.caught && one.undeclared.empty(); });
  return calm && sharp && std::ranges::all_of(coverage, &RequirementCoverage::complete);
}

SelftestOutcome selftest(const std::vector<scenario::Scenario>& scenarios,
                         const scenario::Profile& profile, const SelftestOptions& options) {
  return Selftest(scenarios, profile, options).run();
}

}  // namespace sipharness::selftest
