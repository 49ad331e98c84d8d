// sipharness: the command line. One file per subcommand; here are the words they share, and the
// only place that turns errors into exit codes.

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/cli/command.hpp"

namespace sipharness::cli {

void reject(const Error& error) {
  throw InputError(error.text());
}

void reject(const std::vector<Error>& errors) {
  std::string text;
  for (const Error& error : errors) {
    if (!text.empty()) text += "\n";
    text += error.text();
  }
  throw InputError(text);
}

namespace {

int parse_and_run(int argc, char** argv) {
  CLI::App app{"Proves that SIP phones survive the loss of a server.", "sipharness"};
  app.set_version_flag("--version", "sipharness " SIPHARNESS_VERSION);
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::simple);
  int exit_code = passed;
  for (const auto add : {add_run, add_check, add_inspect, add_list, add_explain, add_validate,
                         add_selftest, add_serve, add_doctor})
    add(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version are "errors" of code 0 to CLI11.
    return app.exit(error) == 0 ? passed : wrong_input;
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
    throw SetupError(fmt::format("cannot write the output: {}", std::strerror(errno)));
  return exit_code;
}

}  // namespace
}  // namespace sipharness::cli

int main(int argc, char** argv) {
  using namespace sipharness;
  try {
    return cli::parse_and_run(argc, argv);
  } catch (const cli::InputError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return cli::wrong_input;
  } catch (const SetupError& error) {
    fmt::print(stderr, "sipharness: {}\n", error.what());
    return cli::cannot_run;
  } catch (const std::exception& error) {
    fmt::print(stderr, "sipharness: {}\n", error.what());
    return cli::cannot_run;
  }
}
