// sipharness validate: read scenarios and profiles, tell every error, run nothing.

#include <memory>

#include <fmt/format.h>

#include "harness/check/checks.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/console.hpp"
#include "harness/cli/file_kind.hpp"
#include "harness/cli/named_files.hpp"
#include "harness/cli/shipped.hpp"
#include "harness/files/files.hpp"
#include "harness/scenario/plan.hpp"

namespace sipharness::cli {
namespace {

/// Also of the scenarios that a plan names.
std::vector<Error> errors_of_plan(const std::string& text, const std::string& path) {
  const auto plan = scenario::read_plan(text, path);
  if (!plan) return {plan.error()};
  try {
    scenarios_named(plan->scenarios);
  } catch (const InputError& error) {
    return {Error{path, error.what()}};
  }
  return {};
}

template <class T>
std::vector<Error> errors_in(const Expected<T>& read) {
  return read ? std::vector<Error>{} : std::vector<Error>{read.error()};
}

/// The errors of one file, none if it is right.
std::vector<Error> errors_of(const std::string& path) {
  const auto text = files::read_file(path);
  if (!text) return {text.error()};
  switch (kind_of(*text, path)) {
    case FileKind::profile:
      return errors_in(scenario::read_profile(*text, path));
    case FileKind::plan:
      return errors_of_plan(*text, path);
    case FileKind::scenario:
      break;
  }
  const auto scenarios = scenario::read_scenarios(*text, path, check::requirement_ids);
  return scenarios ? std::vector<Error>{} : scenarios.error();
}

int validate(const std::vector<std::string>& words) {
  const std::vector<std::string> files = files_named(words);
  std::size_t wrong = 0;
  for (const std::string& file : files) {
    const auto errors = errors_of(file);
    for (const Error& error : errors) tell_all(lines_of(error));
    wrong += errors.empty() ? 0U : 1U;
  }
  print("{} of {} files are valid\n", files.size() - wrong, files.size());
  return wrong == 0 ? passed : wrong_input;
}

}  // namespace

void add_validate(CLI::App& app, int& exit_code) {
  auto paths = std::make_shared<std::vector<std::string>>();
  CLI::App* command =
      app.add_subcommand("validate", "Read scenarios, profiles and plans, report every error");
  command->add_option("file", *paths, "Files, folders of scenarios, or names of shipped ones")
      ->required()
      ->type_name("FILE");
  command->callback([paths, &exit_code] { exit_code = validate(*paths); });
}

}  // namespace sipharness::cli
