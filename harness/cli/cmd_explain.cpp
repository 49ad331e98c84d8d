// sipharness explain: one requirement, and what exercises and breaks it.

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "harness/check/checks.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/console.hpp"
#include "harness/cli/output.hpp"
#include "harness/cli/shipped.hpp"
#include "harness/dut/reference_ua/deviation.hpp"
#include "harness/scenario/tolerance_text.hpp"
#include "harness/verdict/requirement.hpp"

namespace sipharness::cli {
namespace {

/// What a tolerance that profiles give is worth for a kind of device; empty if they give none.
std::string worth(std::string_view row, std::string_view kind) {
  const scenario::Tolerances given = scenario::default_tolerances(kind);
  if (row == "profile: timer") return scenario::tolerance_text(given.timer);
  if (row == "profile: fo_grace") return scenario::tolerance_text(given.fo_grace);
  if (row == "profile: registration") return scenario::tolerance_text(given.registration);
  if (row == "profile: overlap") return scenario::tolerance_text(given.overlap);
  if (row == "profile: nodup") return scenario::tolerance_text(given.nodup);
  return {};
}

void print_tolerance(std::string_view tolerance) {
  if (tolerance.empty()) return;
  print("Tolerance:  {}\n", tolerance);
  for (const std::string_view kind : {"reference", "process", "phone"})
    if (const std::string value = worth(tolerance, kind); !value.empty())
      print("            {} unless the profile of a {} device says otherwise\n", value, kind);
}

void explain_in_full(const verdict::Requirement& row) {
  print("{}  ({}, {})\n\n{}\n\n", row.id, row.clause, to_string(row.severity), row.sentence);
  print("Observed:   {}\n", row.observed);
  print_tolerance(row.tolerance);
  std::string_view label = "Scenarios:";
  for (const std::string& file : scenario_files(shipped_scenarios())) {
    const auto variants = read_scenarios({file});
    const auto expects = [&row](const auto& scenario) { return scenario.expects(row.id); };
    if (std::ranges::none_of(variants, expects)) continue;
    print("{:<11} {}\n", label, printable(file));
    label = {};
  }
  label = "Deviations:";
  for (const dut::DeviationRow& deviation : dut::deviations()) {
    if (deviation.breaks != row.id) continue;
    print("{:<11} {}: {}\n", label, deviation.name, deviation.what);
    label = {};
  }
}

int explain(const std::vector<std::string>& words) {
  requirements_named(words);  // nothing is printed where one of them is unknown
  bool is_first = true;
  for (const std::string& word : words) {
    const auto ids = requirements_named({word});
    const bool in_full = ids.size() == 1;
    if (in_full && !std::exchange(is_first, false)) print("\n");
    for (const std::string& id : ids)
      (in_full ? explain_in_full : print_row)(*check::find_requirement(id));
  }
  return passed;
}

}  // namespace

void add_explain(CLI::App& app, int& exit_code) {
  auto words = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand(
      "explain", "Explain requirements: clause, how they are observed, tolerance, scenarios");
  command
      ->add_option("requirement", *words,
                   "Ids such as GRP-CALL-03, in full; or a line for each of GRP-REG, rfc3261/17, "
                   "guide")
      ->required()
      ->type_name("ID");
  command->callback([words, &exit_code] { exit_code = explain(*words); });
}

}  // namespace sipharness::cli
