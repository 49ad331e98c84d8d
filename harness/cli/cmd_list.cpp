// sipharness list: what there is.

#include <memory>

#include <fmt/format.h>

#include "harness/check/checks.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/console.hpp"
#include "harness/cli/output.hpp"
#include "harness/cli/pages.hpp"
#include "harness/cli/shipped.hpp"
#include "harness/dut/reference_ua/deviation.hpp"
#include "harness/host/machine/probes.hpp"
#include "harness/verdict/requirement.hpp"

namespace sipharness::cli {
namespace {

void list_scenarios() {
  const std::string folder = shipped_scenarios();
  for (const std::string& file : scenario_files(folder)) {
    const auto variants = read_scenarios({file});
    print("{:<54} {}\n", printable(file), printable(variants.front().title));
    for (const scenario::Scenario& scenario : variants)
      if (!scenario.variant.empty()) print("    {}\n", scenario.variant);
  }
}

void list_requirements() {
  for (const verdict::Requirement* row : check::requirements()) print_row(*row);
}

void list_deviations() {
  for (const dut::DeviationRow& row : dut::deviations())
    print("{:<42} breaks {:<18} {}\n", row.name, row.breaks, row.what);
}

/// What `--device` would be told, and whether it would go well here.
std::string availability(const scenario::Profile& profile) {
  if (!profile.drive) return {};
  if (host::find_program(profile.drive->command.front())) return "installed";
  return fmt::format("missing: apt-get install {}", profile.drive->package);
}

void list_devices() {
  for (const scenario::Profile& profile : shipped_profiles()) {
    const std::string choice = profile.kind == "process" ? "process:" + profile.name : profile.kind;
    print("{:<16} {:<24} {}\n", profile.name, choice, printable(profile.title));
    if (const std::string here = availability(profile); !here.empty())
      print("{:<16} {:<24} {}\n", "", "", printable(here));
  }
}

void print_coverage() {
  print("{}", coverage_page(read_scenarios({shipped_scenarios()})));
}

int list(const std::string& what) {
  const bool everything = what.empty();
  const auto section = [&](std::string_view name, void (*print_all)()) {
    if (!everything && what != name) return;
    if (everything) print("{}:\n", name);
    print_all();
    if (everything) print("\n");
  };
  section("scenarios", list_scenarios);
  section("requirements", list_requirements);
  section("deviations", list_deviations);
  section("devices", list_devices);
  if (what == "coverage") print_coverage();
  if (what == "keys") print("{}", keys_page());
  return passed;
}

}  // namespace

void add_list(CLI::App& app, int& exit_code) {
  auto what = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("list", "List what there is");
  command
      ->add_option(
          "what", *what,
          "scenarios, requirements, deviations, devices; coverage and keys are pages of docs/")
      ->check(CLI::IsMember(
          {"scenarios", "requirements", "deviations", "devices", "coverage", "keys"}));
  command->callback([what, &exit_code] { exit_code = list(*what); });
}

}  // namespace sipharness::cli
