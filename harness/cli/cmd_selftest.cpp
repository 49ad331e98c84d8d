// sipharness selftest: who catches what, and whether anything escapes.

#include <algorithm>
#include <memory>
#include <set>

#include <fmt/format.h>

#include "harness/cli/command.hpp"
#include "harness/cli/console.hpp"
#include "harness/cli/pages.hpp"
#include "harness/cli/shipped.hpp"
#include "harness/cli/words.hpp"
#include "harness/selftest/selftest.hpp"

namespace sipharness::cli {
namespace {

void print_changes(const std::vector<selftest::Change>& changes, std::string_view except) {
  for (const selftest::Change& change : changes)
    if (change.requirement != except)
      print(" {}:{}", change.requirement, to_string(change.deviated));
}

void print_healthy(const selftest::SelftestOutcome& outcome) {
  std::set<std::string_view> scenarios;
  std::size_t calm = 0;
  for (const selftest::HealthyOutcome& healthy : outcome.healthy) {
    scenarios.insert(healthy.scenario);
    calm += healthy.alarms.empty() ? 1U : 0U;
    if (healthy.alarms.empty()) continue;
    print("FALSE ALARM  {} with a healthy device, seed {}:", healthy.scenario, healthy.seed);
    print_changes(healthy.alarms, {});
    print("\n");
  }
  print("{} of {} runs of {} scenarios raise no alarm with a healthy device\n\n", calm,
        outcome.healthy.size(), scenarios.size());
}

void print_deviation(const selftest::DeviationOutcome& outcome) {
  print("{:<8} {:<42} {:<18} in {}", outcome.caught ? "caught" : "ESCAPED", outcome.deviation,
        outcome.breaks, outcome.scenario);
  if (outcome.changes.size() > 1) {
    print("; also");
    print_changes(outcome.changes, outcome.breaks);
  }
  print("\n");
  if (outcome.undeclared.empty()) return;
  print("         UNDECLARED:");
  print_changes(outcome.undeclared, {});
  print("\n");
}

void print_missing_coverage(const selftest::RequirementCoverage& covered) {
  if (covered.complete()) return;
  print("UNPROVEN {}:", covered.requirement);
  if (covered.passes.empty()) print(" no scenario shows it met;");
  if (covered.violated.empty()) print(" no deviation breaks it;");
  if (!covered.inconclusive) print(" a capture with holes does not make it inconclusive;");
  print("\n");
}

void print_outcome(const selftest::SelftestOutcome& outcome) {
  print_healthy(outcome);
  for (const selftest::DeviationOutcome& deviation : outcome.deviations) print_deviation(deviation);
  for (const selftest::RequirementCoverage& covered : outcome.coverage)
    print_missing_coverage(covered);
  const auto caught =
      std::ranges::count_if(outcome.deviations, &selftest::DeviationOutcome::caught);
  const auto complete =
      std::ranges::count_if(outcome.coverage, &selftest::RequirementCoverage::complete);
  print(
      "\n{} of {} deviations caught; {} of {} judged requirements seen to pass, to be violated and "
      "to be inconclusive: {}\n",
      caught, outcome.deviations.size(), complete, outcome.coverage.size(),
      outcome.passed() ? "passed" : "FAILED");
}

int run_selftest(const selftest::SelftestOptions& options, bool as_page) {
  const auto scenarios = read_scenarios({shipped_scenarios()});
  const auto outcome = selftest::selftest(scenarios, read_profile("reference"), options);
  if (as_page)
    print("{}", selftest_page(outcome));
  else
    print_outcome(outcome);
  return outcome.passed() ? passed : failed;
}

}  // namespace

void add_selftest(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<selftest::SelftestOptions>();
  auto as_page = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand("selftest", "Prove that every check can fail");
  add_seed_option(*command, options->seed);
  command->add_option("--seeds", options->seeds, "Healthy runs of each scenario (default 1)")
      ->type_name("N")
      ->check(whole_number(1, 1000));
  command->add_flag("--markdown", *as_page, "Print docs/selftest.md");
  command->callback(
      [options, as_page, &exit_code] { exit_code = run_selftest(*options, *as_page); });
}

}  // namespace sipharness::cli
