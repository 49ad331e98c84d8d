#include "harness/cli/console.hpp"

#include <cerrno>
#include <cstring>
#include <string>
#include <unistd.h>

#include "harness/base/setup_error.hpp"
#include "harness/files/output.hpp"
#include "harness/host/process/signals.hpp"
#include "harness/host/terminal.hpp"
#include "reports/page.hpp"

namespace sipharness::cli {
namespace {

constexpr std::size_t most_pending = 1U << 16U;

std::string pending;
/// The first error of standard output; zero: there was none.
int output_error = 0;

}  // namespace

void write_output(std::string_view text) {
  pending += text;
  if (pending.size() >= most_pending) flush_output();
}

void write_text(const std::string& text) {
  const auto width = static_cast<std::size_t>(output_width());
  const bool is_too_wide = width > 0 && text.size() > width && text.ends_with('\n');
  write_output(is_too_wide ? reports::folded(text, width) : text);
}

bool flush_output() {
  if (output_error == 0) output_error = files::write_all(STDOUT_FILENO, pending);
  pending.clear();
  return output_error == 0;
}

bool colours_output() {
  return host::shows_colours(stdout);
}

int output_width() {
  return host::is_terminal(stdout) ? host::terminal_width(stdout) : 0;
}

std::string shortened_to_width(const std::string& line) {
  return reports::clipped(line, static_cast<std::size_t>(host::terminal_width(stderr)) - 1);
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
