// sipharness selftest: who catches what, and whether anything escapes.

#include <memory>

#include <fmt/format.h>

#include "harness/cli/command.hpp"
#include "harness/cli/shipped.hpp"
#include "harness/run/selftest.hpp"

namespace sipharness::cli {
namespace {

void print_changes(const std::vector<run::Change>& changes, std::string_view except) {
  for (const run::Change& change : changes)
    if (change.requirement != except)
      fmt::print(" {}:{}", change.requirement, to_string(change.deviated));
}

void print_healthy(const run::SelftestOutcome& outcome) {
  std::size_t calm = 0;
  for (const run::HealthyOutcome& healthy : outcome.healthy) {
    calm += healthy.alarms.empty() ? 1U : 0U;
    if (healthy.alarms.empty()) continue;
    fmt::print("FALSE ALARM  {} with a healthy device:", healthy.scenario);
    print_changes(healthy.alarms, {});
    fmt::print("\n");
  }
  fmt::print("{} of {} scenarios raise no alarm with a healthy device\n\n", calm,
             outcome.healthy.size());
}

void print_deviation(const run::DeviationOutcome& outcome) {
  fmt::print("{:<8} {:<42} {:<18} in {}", outcome.caught ? "caught" : "ESCAPED", outcome.deviation,
             outcome.breaks, outcome.scenario);
  if (outcome.changes.size() > 1) {
    fmt::print("; also");
    print_changes(outcome.changes, outcome.breaks);
  }
  fmt::print("\n");
  if (outcome.undeclared.empty()) return;
  fmt::print("         UNDECLARED:");
  print_changes(outcome.undeclared, {});
  fmt::print("\n");
}

int run_selftest(const std::string& profile, std::uint64_t seed) {
  const auto scenarios = read_scenarios({shipped_scenarios()});
  const run::SelftestOutcome outcome = run::selftest(scenarios, read_profile(profile), seed);
  print_healthy(outcome);
  std::size_t caught = 0;
  for (const run::DeviationOutcome& deviation : outcome.deviations) {
    print_deviation(deviation);
    caught += deviation.caught ? 1U : 0U;
  }
  for (const std::string_view requirement : outcome.unproven)
    fmt::print("UNPROVEN {}: no deviation breaks it\n", requirement);
  fmt::print("\n{} of {} deviations caught, {} requirements without proof: {}\n", caught,
             outcome.deviations.size(), outcome.unproven.size(),
             outcome.passed() ? "passed" : "FAILED");
  return outcome.passed() ? passed : failed;
}

}  // namespace

void add_selftest(CLI::App& app, int& exit_code) {
  auto seed = std::make_shared<std::uint64_t>(1);
  CLI::App* command = app.add_subcommand("selftest", "Prove that every check can fail");
  command->add_option("--seed", *seed, "Seed of everything left to chance (default 1)");
  command->callback([seed, &exit_code] { exit_code = run_selftest("reference", *seed); });
}

}  // namespace sipharness::cli
