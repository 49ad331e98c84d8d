// sipharness: the command line. One file per subcommand; here are the words they share, and the
// only place that turns errors into exit codes.

#include <algorithm>
#include <exception>
#include <sstream>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/console.hpp"
#include "harness/cli/help.hpp"
#include "harness/cli/shortage.hpp"
#include "harness/cli/version_line.hpp"
#include "harness/cli/words.hpp"
#include "harness/host/machine/descriptors.hpp"
#include "harness/host/machine/large_pages.hpp"
#include "harness/host/process/signals.hpp"

namespace sipharness::cli {

std::vector<std::string> lines_of(const Error& error) {
  std::vector<std::string> lines;
  std::istringstream all(Error{printable(error.place), error.message}.text());
  for (std::string line; std::getline(all, line);) lines.push_back(line);
  return lines;
}

void reject(const Error& error) {
  throw InputError(lines_of(error));
}

void reject(const std::vector<Error>& errors) {
  std::vector<std::string> all;
  for (const Error& error : errors)
    for (std::string& line : lines_of(error)) all.push_back(std::move(line));
  throw InputError(all);
}

namespace {

constexpr const char* footer =
    "Exit codes: 0 passed; 1 failed; 2 wrong command line or input file;\n"
    "3 inconclusive or interrupted; 4 the harness or its host could not.\n\n"
    "Begin with: sipharness run primary_down    (a failover, in virtual time)\n"
    "            sipharness inspect CAPTURE     (what is in a capture)\n"
    "            sipharness list scenarios";

/// `help`, `help run`: what others call `--help`, `run --help`.
std::vector<std::string> words_of_help(std::vector<std::string> arguments) {
  if (arguments.empty() || arguments.front() != "help") return arguments;
  arguments.erase(arguments.begin());
  arguments.emplace_back("--help");
  return arguments;
}

int parse_and_run(int argc, char** argv) {
  CLI::App app{"Proves that SIP phones survive the loss of a server.", "sipharness"};
  app.set_version_flag("--version", version_line());
  app.formatter(help_formatter());
  app.require_subcommand(1);
  app.footer(footer);
  int exit_code = passed;
  for (const auto add :
       {add_run, add_check, add_inspect, add_compare, add_matrix, add_merge, add_baseline, add_list,
        add_explain, add_validate, add_selftest, add_serve, add_doctor, add_manual})
    add(app, exit_code);
  const std::vector<std::string> arguments = words_of_help({argv + std::min(argc, 1), argv + argc});
  check_subcommand(app, arguments);
  refuse_empty_words(arguments);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    // Help and version are "errors" of code 0 to CLI11.
    if (error.get_exit_code() != 0) throw InputError(words_of_parse_error(error, app, arguments));
    std::ostringstream help;
    app.exit(error, help);
    write_output(help.str());
  }
  finish_output();
  return exit_code;
}

/// Every error there is comes out here.
int run_safely(int argc, char** argv) {
  try {
    return parse_and_run(argc, argv);
  } catch (const InputError& error) {
    tell_all(error.lines());
    return wrong_input;
  } catch (const std::exception& error) {
    tell(fmt::format("sipharness: {}", words_of(error)));
    return cannot_run;
  }
}

}  // namespace
}  // namespace sipharness::cli

int main(int argc, char** argv) {
  using namespace sipharness;
  host::use_large_pages();
  cli::prepare_for_shortage();
  host::see_write_errors();
  host::end_at_unreadable_page();
  host::raise_descriptor_limit();
  return cli::run_safely(argc, argv);
}
