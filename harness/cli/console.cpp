#include "harness/cli/console.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <unistd.h>
#include <utility>

#include "harness/base/setup_error.hpp"
#include "harness/files/output.hpp"
#include "harness/host/process/signals.hpp"

namespace sipharness::cli {
namespace {

/// The first error of standard output; zero: there was none.
int output_error = 0;

void remember(bool went_well) {
  if (!went_well && output_error == 0) output_error = errno;
}

}  // namespace

void write_output(std::string_view text) {
  if (output_error == 0) remember(std::fwrite(text.data(), 1, text.size(), stdout) == text.size());
}

bool flush_output() {
  if (output_error == 0) remember(std::fflush(stdout) == 0);
  return output_error == 0;
}

void finish_output() {
  if (flush_output()) return;
  if (output_error == EPIPE) host::end_by_closed_pipe();
  throw SetupError(fmt::format("cannot write to standard output: {}", std::strerror(output_error)));
}

void tell(std::string_view line) {
  write_status(printable(line) + "\n");
}

void tell_all(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) tell(line);
}

void write_status(std::string_view text) {
  flush_output();
  [[maybe_unused]] const int lost = files::write_all(STDERR_FILENO, text);
}

}  // namespace sipharness::cli
