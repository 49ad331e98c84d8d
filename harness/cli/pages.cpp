#include "harness/cli/pages.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "harness/check/checks.hpp"
#include "harness/check/unjudged_rows.hpp"
#include "harness/dut/reference_ua/deviation.hpp"
#include "harness/scenario/key_table.hpp"
#include "harness/verdict/requirement.hpp"

namespace sipharness::cli {
namespace {

using Names = std::vector<std::string>;

std::string cell(const Names& names) {
  return names.empty() ? "–" : fmt::format("{}", fmt::join(names, ", "));
}

Names scenarios_naming(std::string_view requirement,
                       const std::vector<scenario::Scenario>& scenarios) {
  Names names;
  for (const scenario::Scenario& scenario : scenarios)
    if (scenario.expects(requirement) && std::ranges::find(names, scenario.name) == names.end())
      names.push_back(scenario.name);
  return names;
}

Names deviations_breaking(std::string_view requirement) {
  Names names;
  for (const dut::DeviationRow& row : dut::deviations())
    if (row.breaks == requirement) names.emplace_back(row.name);
  return names;
}

std::string changes_besides(const selftest::DeviationOutcome& outcome) {
  Names names;
  for (const selftest::Change& change : outcome.changes)
    if (change.requirement != outcome.breaks)
      names.push_back(fmt::format("{} ({})", change.requirement, to_string(change.deviated)));
  return cell(names);
}

std::string verdict_of_broken(const selftest::DeviationOutcome& outcome) {
  const auto change =
      std::ranges::find(outcome.changes, outcome.breaks, &selftest::Change::requirement);
  return change == outcome.changes.end() ? "escaped" : std::string(to_string(change->deviated));
}

std::string value_of(const scenario::KeyRow& row) {
  std::string value = row.allowed;
  if (!row.object.empty()) value += fmt::format(" [{}](#{})", row.object, row.object);
  if (row.is_required) value += "; required";
  return value;
}

std::string section(const scenario::KeyTable& table, std::string_view whole) {
  std::string text = fmt::format(
      "\n{} {}\n\n{}\n\n| key | value | default | |\n|---|---|---|---|\n",
      table.name.empty() ? "##" : "###", table.name.empty() ? whole : table.name, table.what);
  for (const scenario::KeyRow& row : table.rows)
    text += fmt::format("| `{}` | {} | {} | {} |\n", row.key, value_of(row),
                        row.fallback.empty() ? "" : fmt::format("`{}`", row.fallback), row.what);
  return text;
}

}  // namespace

std::string coverage_page(const std::vector<scenario::Scenario>& scenarios) {
  std::string page =
      "# Coverage\n\n"
      "Made by `./dev docs`; do not edit. Every requirement, the scenarios that name it in "
      "`expect` (many more exercise it), and the deviations of the reference UA that break it. "
      "`sipharness explain ID` tells more of each.\n\n"
      "| requirement | severity | clause | scenarios | deviations |\n|---|---|---|---|---|\n";
  for (const verdict::Requirement* row : check::requirements())
    page +=
        fmt::format("| {} | {} | {} | {} | {} |\n", row->id, to_string(row->severity), row->clause,
                    cell(scenarios_naming(row->id, scenarios)), cell(deviations_breaking(row->id)));
  page += "\n## Not judged, and why\n\n| requirement | what it asks | why |\n|---|---|---|\n";
  for (const check::UnjudgedRow& row : check::unjudged_rows)
    page += fmt::format("| {} | {} | {} |\n", row.id, row.sentence, row.why);
  return page;
}

std::string keys_page() {
  std::string page =
      "# Keys of scenarios, profiles and plans\n\n"
      "Made by `./dev docs`; do not edit. Every key that `sipharness validate` accepts, object by "
      "object. [scenarios.md](scenarios.md) and [softphones.md](softphones.md) explain how they "
      "work together.\n";
  for (const scenario::KeyTable& table : scenario::scenario_key_tables())
    page += section(table, "Scenario");
  for (const scenario::KeyTable& table : scenario::profile_key_tables())
    page += section(table, "Profile");
  for (const scenario::KeyTable& table : scenario::plan_key_tables())
    page += section(table, "Plan");
  return page;
}

std::string selftest_page(const selftest::SelftestOutcome& outcome) {
  std::string page =
      "# Who catches what\n\n"
      "Made by `./dev docs` from `sipharness selftest`; do not edit. Each deviation of the "
      "reference UA is run in its scenario; the requirement it breaks must notice, and no verdict "
      "may differ from the healthy run's but those it declares.\n\n"
      "| deviation | scenario | breaks | verdict | verdicts that follow |\n|---|---|---|---|---|\n";
  for (const selftest::DeviationOutcome& deviation : outcome.deviations)
    page += fmt::format("| {} | {} | {} | {} | {} |\n", deviation.deviation, deviation.scenario,
                        deviation.breaks, verdict_of_broken(deviation), changes_besides(deviation));
  page +=
      "\n## What was shown of each requirement\n\n"
      "| requirement | passes in | violated by | inconclusive with a hole in the capture |\n"
      "|---|---|---|---|\n";
  for (const selftest::RequirementCoverage& requirement : outcome.coverage)
    page += fmt::format("| {} | {} | {} | {} |\n", requirement.requirement,
                        counted(requirement.passes.size(), "scenario"),
                        cell({requirement.violated.begin(), requirement.violated.end()}),
                        requirement.inconclusive ? "yes" : "no");
  return page;
}

}  // namespace sipharness::cli
