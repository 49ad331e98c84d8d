#include "harness/cli/console.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <string>
#include <unistd.h>
#include <utility>

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
/// Whether lines stand at the cursor and below it.
bool is_drawn = false;

/// From the cursor on, which stands at the beginning of what was drawn.
constexpr const char* erase_below = "\r\x1b[J";

void write_to_error(std::string_view text) {
  [[maybe_unused]] const int lost = files::write_all(STDERR_FILENO, text);
}

/// As many as the terminal shows, whatever it is at this moment.
std::vector<std::string> fitted(const std::vector<std::string>& lines) {
  const host::TerminalSize size = host::terminal_size(stderr);
  std::string text;
  for (const std::string& line : lines)
    text += reports::folded(printable(line), static_cast<std::size_t>(size.columns) - 1);
  std::vector<std::string> rows;
  const auto most = static_cast<std::size_t>(size.rows) - 1;
  for (std::size_t at = 0; at < text.size() && rows.size() < most;) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    rows.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return rows;
}

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
  if (!pending.empty()) take_back_drawn();
  if (output_error == 0) output_error = files::write_all(STDOUT_FILENO, pending);
  pending.clear();
  return output_error == 0;
}

bool colours_output() {
  return host::shows_colours(stdout);
}

int output_width() {
  return host::is_terminal(stdout) ? host::terminal_size(stdout).columns : 0;
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
  take_back_drawn();
  write_to_error(text);
}

void draw_in_place(const std::vector<std::string>& lines) {
  flush_output();
  // The cursor goes back to the first of them: how many rows they take once the terminal has become
  // another one does not matter. Without wrapping a line is one row also if it became narrower
  // just now.
  std::string drawn = "\x1b[?7l";
  const std::vector<std::string> rows = fitted(lines);
  for (const std::string& row : rows)
    fmt::format_to(std::back_inserter(drawn), "{}{}\x1b[K", &row == &rows.front() ? "\r" : "\r\n",
                   row);
  drawn += "\x1b[J\x1b[?7h";
  if (rows.size() > 1) drawn += fmt::format("\x1b[{}A", rows.size() - 1);
  write_to_error(drawn + "\r");
  is_drawn = true;
  host::write_when_ended(erase_below);
}

void take_back_drawn() {
  if (!std::exchange(is_drawn, false)) return;
  write_to_error(erase_below);
  host::write_when_ended(nullptr);
}

}  // namespace sipharness::cli
