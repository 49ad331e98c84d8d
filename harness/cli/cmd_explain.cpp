// sipharness explain: one requirement, and what exercises and breaks it.

#include <memory>

#include <fmt/format.h>

#include "harness/cli/command.hpp"
#include "harness/cli/shipped.hpp"
#include "harness/dut/reference_ua/deviation.hpp"
#include "harness/verdict/requirement.hpp"

namespace sipharness::cli {
namespace {

int explain(const std::string& id) {
  reject_unknown_requirements({id});
  const verdict::Requirement& row = *verdict::find_requirement(id);
  fmt::print("{}  ({}, {})\n\n{}\n\n", row.id, row.clause, to_string(row.severity), row.sentence);
  fmt::print("Observed:   {}\n", row.observed);
  if (!row.tolerance.empty()) fmt::print("Tolerance:  {}\n", row.tolerance);
  std::string_view label = "Scenarios:";
  for (const std::string& file : scenario_files(shipped_scenarios())) {
    bool exercises = false;
    for (const scenario::Scenario& scenario : read_scenarios({file}))
      exercises = exercises || scenario.expects(id);
    if (!exercises) continue;
    fmt::print("{:<11} {}\n", label, file);
    label = {};
  }
  label = "Deviations:";
  for (const dut::DeviationRow& deviation : dut::deviations()) {
    if (deviation.breaks != id) continue;
    fmt::print("{:<11} {}: {}\n", label, deviation.name, deviation.what);
    label = {};
  }
  return passed;
}

}  // namespace

void add_explain(CLI::App& app, int& exit_code) {
  auto id = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("explain", "Explain a requirement");
  command->add_option("id", *id, "For example GRP-CALL-03")->required()->type_name("ID");
  command->callback([id, &exit_code] { exit_code = explain(*id); });
}

}  // namespace sipharness::cli
