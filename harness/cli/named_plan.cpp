#include "harness/cli/named_plan.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "harness/cli/command.hpp"
#include "harness/cli/file_kind.hpp"
#include "harness/cli/shipped.hpp"
#include "harness/files/files.hpp"

namespace sipharness::cli {
namespace {

namespace fs = std::filesystem;

std::string plan_file(const std::string& name) {
  return fmt::format("{}/plans/{}.json", shipped_scenarios(), name);
}

std::vector<std::string> plan_names() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(shipped_scenarios() + "/plans"))
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem());
  std::ranges::sort(names);
  return names;
}

scenario::Plan plan_of(const std::string& file) {
  const std::string text = value_or_reject(files::read_file(file));
  require_kind(text, file, FileKind::plan);
  return value_or_reject(scenario::read_plan(text, file));
}

}  // namespace

std::vector<ShippedPlan> shipped_plans() {
  std::vector<ShippedPlan> plans;
  for (const std::string& name : plan_names()) plans.push_back({name, plan_of(plan_file(name))});
  return plans;
}

std::vector<scenario::Scenario> scenarios_of_plan(const std::string& name_or_path) {
  const bool is_path =
      name_or_path.ends_with(".json") || name_or_path.find('/') != std::string::npos;
  if (!is_path) {
    const std::vector<std::string> names = plan_names();
    reject_unknown("plan", name_or_path, {names.begin(), names.end()});
  }
  const std::string file = is_path ? name_or_path : plan_file(name_or_path);
  return read_scenarios(plan_of(file).scenarios);
}

bool is_in_smoke_plan(const scenario::Scenario& scenario) {
  static const std::vector<scenario::Scenario> smoke = scenarios_of_plan("smoke");
  return std::ranges::find(smoke, scenario.full_name(), &scenario::Scenario::full_name) !=
         smoke.end();
}

}  // namespace sipharness::cli
