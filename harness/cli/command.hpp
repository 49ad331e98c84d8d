#pragma once
// What subcommands share: how they are added, what they return, and how errors of input are told.

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "harness/base/expected.hpp"

namespace sipharness::cli {

/// Exit codes; 130 is a second Ctrl-C.
enum ExitCode : int {
  passed = 0,
  failed = 1,
  wrong_input = 2,
  inconclusive = 3,
  cannot_run = 4,
};

/// A wrong command line or input file, already complete as text; main prints it and exits 2.
class InputError : public std::runtime_error {
 public:
  explicit InputError(const std::string& line) : InputError(std::vector{line}) {}
  explicit InputError(std::vector<std::string> lines)
      : std::runtime_error(lines.front()), lines_(std::move(lines)) {}
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
};

/// An error as it is told: a profile's has a line for each thing that is wrong with it.
std::vector<std::string> lines_of(const Error& error);

[[noreturn]] void reject(const Error& error);
[[noreturn]] void reject(const std::vector<Error>& errors);

/// The value, or the error as InputError.
template <class T>
T value_or_reject(Expected<T> expected) {
  if (!expected) reject(expected.error());
  return std::move(*expected);
}

/// Each adds its subcommand to `app`; when chosen it sets `exit_code`.
void add_run(CLI::App& app, int& exit_code);
void add_check(CLI::App& app, int& exit_code);
void add_inspect(CLI::App& app, int& exit_code);
void add_compare(CLI::App& app, int& exit_code);
void add_matrix(CLI::App& app, int& exit_code);
void add_merge(CLI::App& app, int& exit_code);
void add_baseline(CLI::App& app, int& exit_code);
void add_list(CLI::App& app, int& exit_code);
void add_explain(CLI::App& app, int& exit_code);
void add_validate(CLI::App& app, int& exit_code);
void add_selftest(CLI::App& app, int& exit_code);
void add_serve(CLI::App& app, int& exit_code);
void add_doctor(CLI::App& app, int& exit_code);
void add_manual(CLI::App& app, int& exit_code);

}  // namespace sipharness::cli
