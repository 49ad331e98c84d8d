#include "harness/cli/shipped.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "harness/check/checks.hpp"
#include "harness/cli/command.hpp"
#include "harness/files/files.hpp"
#include "harness/host/machine/probes.hpp"
#include "harness/json/document.hpp"
#include "harness/verdict/selection.hpp"

namespace sipharness::cli {
namespace {

namespace fs = std::filesystem;

bool is_scenario_file(const fs::path& path) {
  return path.extension() == ".json" && !path.stem().string().ends_with(".schema") &&
         path.parent_path().filename() != "profiles";
}

std::vector<std::string> shipped_profile_names() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(shipped_scenarios() + "/profiles"))
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem());
  std::ranges::sort(names);
  return names;
}

}  // namespace

std::string shipped_scenarios() {
  const fs::path program = host::program_path();
  for (const fs::path& candidate : {fs::path("scenarios"), program.parent_path() / "../scenarios",
                                    program.parent_path() / "../share/sipharness/scenarios"})
    if (fs::exists(candidate / "scenario.schema.json"))
      return candidate.lexically_normal().string();
  throw InputError(
      "the shipped scenarios are not to be found: run from the source folder, or install");
}

bool is_profile(const std::string& text, const std::string& path) {
  const auto file = json::parse(text, path);
  const json::Value* const schema = file ? file->find("$schema") : nullptr;
  if (schema != nullptr) return schema->string.ends_with("profile.schema.json");
  if (file && file->find("kind") != nullptr) return true;
  return path.ends_with("profile.json") || fs::path(path).parent_path().filename() == "profiles";
}

std::vector<std::string> scenario_files(const std::string& folder) {
  std::vector<std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && is_scenario_file(entry.path())) files.push_back(entry.path());
  std::erase_if(files, [](const std::string& path) {
    const auto text = files::read_file(path);
    return text && is_profile(*text, path);
  });
  std::ranges::sort(files);
  return files;
}

std::vector<scenario::Scenario> read_scenarios(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (!files::is_folder(path)) {
      files.push_back(path);
      continue;
    }
    const auto inside = scenario_files(path);
    if (inside.empty()) throw InputError(fmt::format("{}: no scenario in this folder", path));
    files.insert(files.end(), inside.begin(), inside.end());
  }
  std::vector<scenario::Scenario> all;
  std::vector<Error> errors;
  for (const std::string& file : files) {
    const std::string text = value_or_reject(files::read_file(file));
    auto scenarios = scenario::read_scenarios(text, file, check::requirement_ids);
    if (scenarios)
      all.insert(all.end(), scenarios->begin(), scenarios->end());
    else
      errors.insert(errors.end(), scenarios.error().begin(), scenarios.error().end());
  }
  if (!errors.empty()) reject(errors);
  return all;
}

scenario::Profile read_profile(const std::string& name_or_path) {
  const bool is_path =
      name_or_path.find('/') != std::string::npos || name_or_path.ends_with(".json");
  if (!is_path) {
    const std::vector<std::string> names = shipped_profile_names();
    reject_unknown("profile", name_or_path, {names.begin(), names.end()});
  }
  const std::string file =
      is_path ? name_or_path
              : fmt::format("{}/profiles/{}.json", shipped_scenarios(), name_or_path);
  return value_or_reject(scenario::read_profile(value_or_reject(files::read_file(file)), file));
}

std::vector<scenario::Profile> shipped_profiles() {
  std::vector<scenario::Profile> profiles;
  for (const std::string& name : shipped_profile_names()) profiles.push_back(read_profile(name));
  return profiles;
}

void reject_unknown(std::string_view what, const std::string& word,
                    const std::vector<std::string_view>& known) {
  if (std::ranges::find(known, word) != known.end()) return;
  const std::string_view nearest = json::nearest(word, known);
  throw InputError(fmt::format("unknown {} \"{}\"{}", what, word,
                               nearest.empty() ? std::string("; see sipharness list")
                                               : fmt::format(", did you mean \"{}\"?", nearest)));
}

std::vector<std::string> requirements_named(const std::vector<std::string>& words) {
  std::vector<std::string> ids;
  for (const std::string& word : words) {
    const auto rows = verdict::select(word, check::requirements());
    if (rows.empty()) reject_unknown("requirement", word, check::requirement_ids());
    for (const verdict::Requirement* row : rows) ids.emplace_back(row->id);
  }
  return ids;
}

}  // namespace sipharness::cli
