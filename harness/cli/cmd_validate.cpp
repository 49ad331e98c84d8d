// sipharness validate: read scenarios and profiles, tell every error, run nothing.

#include <memory>

#include <fmt/format.h>

#include "harness/check/checks.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/console.hpp"
#include "harness/cli/shipped.hpp"
#include "harness/files/files.hpp"

namespace sipharness::cli {
namespace {

/// The errors of one file, none if it is right.
std::vector<Error> errors_of(const std::string& path) {
  const auto text = files::read_file(path);
  if (!text) return {text.error()};
  if (is_profile(*text, path)) {
    const auto profile = scenario::read_profile(*text, path);
    return profile ? std::vector<Error>{} : std::vector<Error>{profile.error()};
  }
  const auto scenarios = scenario::read_scenarios(*text, path, check::requirement_ids);
  return scenarios ? std::vector<Error>{} : scenarios.error();
}

int validate(const std::vector<std::string>& paths) {
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
  std::size_t wrong = 0;
  for (const std::string& file : files) {
    const auto errors = errors_of(file);
    for (const Error& error : errors) tell_all(lines_of(error));
    wrong += errors.empty() ? 0U : 1U;
  }
  print("{} of {} files are right\n", files.size() - wrong, files.size());
  return wrong == 0 ? passed : wrong_input;
}

}  // namespace

void add_validate(CLI::App& app, int& exit_code) {
  auto paths = std::make_shared<std::vector<std::string>>();
  CLI::App* command =
      app.add_subcommand("validate", "Read scenarios and profiles, report every error");
  command->add_option("file", *paths, "Files, or folders of scenarios")
      ->required()
      ->type_name("FILE");
  command->callback([paths, &exit_code] { exit_code = validate(*paths); });
}

}  // namespace sipharness::cli
