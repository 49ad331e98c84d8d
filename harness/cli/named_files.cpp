#include "harness/cli/named_files.hpp"

#include <algorithm>
#include <filesystem>

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

[[noreturn]] void refuse(const std::string& word) {
  std::vector<std::string> names;
  for (const std::string& file : scenario_files(shipped_scenarios())) {
    names.push_back(shipped_name(file));
    names.push_back(fs::path(file).stem());
  }
  const std::string meant = looks_like_path(word) ? fs::path(word).stem().string() : word;
  const std::string hint = scenario::did_you_mean(meant, {names.begin(), names.end()});
  throw InputError(fmt::format("{}: no such file, and no shipped scenario has this name{}", word,
                               hint.empty() ? "; see sipharness list scenarios" : hint));
}

std::vector<NamedScenario> scenarios_named(const std::string& word) {
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
  const std::vector<std::string> names = shipped_profile_names();
  reject_unknown("profile", word, {names.begin(), names.end()});
  return fmt::format("{}/profiles/{}.json", shipped_scenarios(), word);
}

std::vector<std::string> files_named(const std::vector<std::string>& words) {
  std::vector<std::string> files;
  for (const std::string& word : words) {
    const auto in = [&word](const char* folder) {
      return fmt::format("{}/{}/{}.json", shipped_scenarios(), folder, word);
    };
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
