#pragma once
// What subcommands share: how they are added, what they return, and how errors of input are told.

#include <string>
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
  using std::runtime_error::runtime_error;
};

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
void add_list(CLI::App& app, int& exit_code);
void add_explain(CLI::App& app, int& exit_code);
void add_validate(CLI::App& app, int& exit_code);
void add_selftest(CLI::App& app, int& exit_code);
void add_serve(CLI::App& app, int& exit_code);
void add_doctor(CLI::App& app, int& exit_code);

}  // namespace sipharness::cli
