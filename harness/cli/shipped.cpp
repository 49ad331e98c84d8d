#include "harness/cli/shipped.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "harness/check/checks.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/file_kind.hpp"
#include "harness/cli/named_files.hpp"
#include "harness/files/files.hpp"
#include "harness/host/machine/probes.hpp"
#include "harness/scenario/problems.hpp"
#include "harness/verdict/selection.hpp"

namespace sipharness::cli {
namespace {

namespace fs = std::filesystem;

/// Only a run folder has it.
constexpr const char* run_mark = "run.json";

bool may_be_scenario(const fs::path& path) {
  if (path.extension() != ".json" || path.stem().string().ends_with(".schema")) return false;
  const auto text = files::read_file(path);
  return !text || kind_of(*text, path) == FileKind::scenario;
}

}  // namespace

std::string shipped_scenarios() {
  const fs::path program = host::program_path();
  for (const fs::path& candidate : {fs::path("scenarios"), program.parent_path() / "../scenarios",
                                    program.parent_path() / "../share/sipharness/scenarios"})
    if (fs::exists(candidate / "scenario.schema.json"))
      return candidate.lexically_normal().string();
  throw InputError("the shipped scenarios were not found: run from the source folder, or install");
}

std::vector<std::string> shipped_profile_names() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(shipped_scenarios() + "/profiles"))
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem());
  std::ranges::sort(names);
  return names;
}

std::vector<std::string> scenario_files(const std::string& folder) {
  if (fs::exists(fs::path(folder) / run_mark))
    throw InputError(
        fmt::format("{}: a run folder; sipharness check judges it, and the scenario in "
                    "it is {}/scenario.json",
                    folder, folder));
  std::vector<std::string> files;
  for (fs::recursive_directory_iterator at(folder); at != fs::end(at); ++at) {
    // What ran there is no scenario to run, though its folder has one.
    if (at->is_directory() && fs::exists(at->path() / run_mark)) at.disable_recursion_pending();
    if (at->is_regular_file() && may_be_scenario(at->path())) files.push_back(at->path());
  }
  std::ranges::sort(files);
  return files;
}

namespace {

/// Those of the variants that were asked for: the one of the name, else those in `variants`.
void keep_wanted(std::vector<scenario::Scenario>& scenarios, const std::string& variant) {
  if (variant.empty()) return;
  const std::vector<scenario::Scenario> all = std::exchange(scenarios, {});
  std::vector<std::string_view> known;
  for (const scenario::Scenario& one : all) {
    known.push_back(one.variant);
    if (one.variant == variant) scenarios.push_back(one);
  }
  if (!scenarios.empty()) return;
  if (std::ranges::all_of(known, &std::string_view::empty))
    throw InputError(
        fmt::format("there is no variant \"{}\": {} has none", variant, all.front().full_name()));
  throw InputError(fmt::format("there is no variant \"{}\" of {}; allowed is {}{}", variant,
                               all.front().name, scenario::enumerate(known),
                               scenario::did_you_mean(variant, known)));
}

}  // namespace

std::vector<scenario::Scenario> read_scenarios(const std::vector<std::string>& words,
                                               const std::string& variant) {
  std::vector<scenario::Scenario> all;
  std::vector<Error> errors;
  for (const NamedScenario& named : scenarios_named(words)) {
    const std::string text = value_or_reject(files::read_file(named.file));
    require_kind(text, named.file, FileKind::scenario);
    auto scenarios = scenario::read_scenarios(text, named.file, check::requirement_ids);
    if (scenarios) {
      keep_wanted(*scenarios, named.variant);
      all.insert(all.end(), scenarios->begin(), scenarios->end());
    } else {
      errors.insert(errors.end(), scenarios.error().begin(), scenarios.error().end());
    }
  }
  if (!errors.empty()) reject(errors);
  keep_wanted(all, variant);
  return all;
}

scenario::Profile read_profile(const std::string& name_or_path) {
  const std::string file = profile_named(name_or_path);
  const std::string text = value_or_reject(files::read_file(file));
  require_kind(text, file, FileKind::profile);
  return value_or_reject(scenario::read_profile(text, file));
}

std::vector<scenario::Profile> shipped_profiles() {
  std::vector<scenario::Profile> profiles;
  for (const std::string& name : shipped_profile_names()) profiles.push_back(read_profile(name));
  return profiles;
}

/// A profile is listed as the device that it describes.
std::string_view listed_as(std::string_view what) {
  return what == "profile" ? "device" : what;
}

void reject_unknown(std::string_view what, const std::string& word,
                    const std::vector<std::string_view>& known) {
  if (std::ranges::find(known, word) != known.end()) return;
  const std::string hint = scenario::did_you_mean(word, known);
  throw InputError(
      fmt::format("unknown {} \"{}\"{}", what, word,
                  hint.empty() ? fmt::format("; see sipharness list {}s", listed_as(what)) : hint));
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
