#include "harness/cli/named_files.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "harness/cli/command.hpp"
#include "harness/cli/shipped.hpp"
#include "harness/files/files.hpp"
#include "harness/scenario/problems.hpp"

namespace sipharness::cli {
namespace {

namespace fs = std::filesystem;

bool is_path(const std::string& word) {
  std::error_code ignored;
  return fs::exists(word, ignored);
}

/// policy: more names than that help nobody.
constexpr std::size_t most_hints = 6;

std::string shipped_file(std::string_view folder, const std::string& name) {
  return fmt::format("{}/{}/{}.json", shipped_scenarios(), folder, name);
}

/// policy: a word that looks like one is not looked up among the names.
bool looks_like_path(const std::string& word) {
  return word.ends_with(".json") || word.starts_with('.') || word.starts_with('/');
}

std::vector<std::string> files_below(const std::string& folder) {
  auto files = scenario_files(folder);
  if (files.empty()) throw InputError(fmt::format("{}: no scenario in this folder", folder));
  return files;
}

/// The shipped scenarios that a word without a variant names: one, a topic, or none.
std::vector<std::string> shipped_named(const std::string& word) {
  const std::string topic = shipped_scenarios() + "/" + word;
  if (files::is_folder(topic)) return scenario_files(topic);
  std::vector<std::string> found;
  for (const std::string& file : scenario_files(shipped_scenarios()))
    if (shipped_name(file) == word || fs::path(file).stem() == word) found.push_back(file);
  return found;
}

/// Names of shipped scenarios and of their topics, each once.
std::vector<std::string> shipped_names() {
  std::set<std::string> names;
  for (const std::string& file : scenario_files(shipped_scenarios())) {
    names.insert(shipped_name(file));
    names.insert(fs::path(file).stem());
    names.insert(fs::path(shipped_name(file)).parent_path());
  }
  names.erase("");
  return {names.begin(), names.end()};
}

/// `; did you mean "primary_down"?`, else the first names that begin so, or that the word is in.
std::string hint_at_names(const std::string& word) {
  const std::vector<std::string> names = shipped_names();
  std::string hint = scenario::did_you_mean(word, {names.begin(), names.end()});
  if (!hint.empty()) return hint;
  std::vector<std::string_view> alike;
  const auto gather = [&](bool at_front) {
    for (const std::string& name : names)
      if (const std::size_t at = name.find(word);
          name.find('/') == std::string::npos && at != std::string::npos && (at == 0) == at_front)
        alike.push_back(name);
  };
  gather(true);
  gather(false);
  alike.resize(std::min(alike.size(), most_hints));
  return alike.empty() ? "; see sipharness list scenarios"
                       : fmt::format("; did you mean {}?", scenario::enumerate(alike));
}

[[noreturn]] void refuse(const std::string& word) {
  if (is_path(shipped_file("profiles", word)))
    throw InputError(fmt::format(
        "{}: found a profile; a scenario is needed here (--device or --profile takes it)", word));
  if (is_path(shipped_file("plans", word)))
    throw InputError(fmt::format(
        "{}: found a plan; a scenario is needed here (sipharness run --plan {} plays it)", word,
        word));
  const std::string meant = looks_like_path(word) ? fs::path(word).stem().string() : word;
  throw InputError(fmt::format("{}: no such file, and no shipped scenario has this name{}", word,
                               hint_at_names(meant)));
}

std::vector<NamedScenario> scenarios_named(const std::string& word) {
  if (word.empty()) throw InputError("the name of a scenario is empty");
  std::vector<std::string> files;
  std::string variant;
  if (files::is_folder(word)) {
    files = files_below(word);
  } else if (is_path(word)) {
    files = {word};
  } else if (!looks_like_path(word)) {
    files = shipped_named(word);
    const std::size_t slash = word.rfind('/');
    if (files.empty() && slash != std::string::npos) {
      files = shipped_named(word.substr(0, slash));
      variant = word.substr(slash + 1);
    }
  }
  if (files.empty()) refuse(word);
  std::vector<NamedScenario> named;
  for (std::string& file : files) named.push_back({std::move(file), variant});
  return named;
}

}  // namespace

std::vector<NamedScenario> scenarios_named(const std::vector<std::string>& words) {
  std::vector<NamedScenario> all;
  for (const std::string& word : words) {
    auto named = scenarios_named(word);
    all.insert(all.end(), named.begin(), named.end());
  }
  return all;
}

std::string profile_named(const std::string& word) {
  if (is_path(word) || looks_like_path(word) || word.find('/') != std::string::npos) return word;
  if (!shipped_named(word).empty())
    throw InputError(fmt::format(
        "{}: found a scenario; a profile is needed here (sipharness run plays it)", word));
  const std::vector<std::string> names = shipped_profile_names();
  reject_unknown("profile", word, {names.begin(), names.end()});
  return shipped_file("profiles", word);
}

std::vector<std::string> files_named(const std::vector<std::string>& words) {
  std::vector<std::string> files;
  for (const std::string& word : words) {
    const auto in = [&word](const char* folder) { return shipped_file(folder, word); };
    if (is_path(word) || looks_like_path(word) ||
        (!is_path(in("profiles")) && !is_path(in("plans"))))
      for (const NamedScenario& named : scenarios_named(word)) files.push_back(named.file);
    else
      files.push_back(is_path(in("profiles")) ? in("profiles") : in("plans"));
  }
  return files;
}

std::string shipped_name(const std::string& file) {
  return fs::path(file).lexically_relative(shipped_scenarios()).replace_extension().string();
}

}  // namespace sipharness::cli
