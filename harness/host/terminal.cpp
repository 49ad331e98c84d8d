#include "harness/host/terminal.hpp"

#include <array>
#include <cstdlib>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "harness/base/printable.hpp"

namespace sipharness::host {
namespace {

/// policy: what says less is no terminal that anybody reads at.
constexpr int narrowest = 40;
constexpr int lowest = 2;

bool obeys_escapes() {
  const char* const terminal = std::getenv("TERM");
  return terminal != nullptr && std::string_view(terminal) != "dumb";
}

bool is_printable(char byte) {
  return byte >= ' ' && byte <= '~';
}

/// A terminal that is not ours to control says nothing of jobs: it may be read.
bool is_in_foreground(int terminal) {
  const pid_t group = ::tcgetpgrp(terminal);
  return group == -1 || group == ::getpgrp();
}

bool is_terminal_of_a_person(int input, int output) {
  return ::isatty(input) == 1 && ::isatty(output) == 1 && is_in_foreground(input);
}

}  // namespace

Terminal::Terminal(RealWorld& world, Line on_line, int input, int output)
    : on_line_(std::move(on_line)), input_(input), output_(output) {
  if (is_there()) watch_ = world.watch(input_, [this] { on_readable(); });
}

Terminal::~Terminal() = default;

bool Terminal::is_there() const {
  return !at_end_ && is_terminal_of_a_person(input_, output_);
}

bool has_person() {
  return is_terminal_of_a_person(STDIN_FILENO, STDERR_FILENO);
}

bool is_terminal(std::FILE* stream) {
  return isatty(fileno(stream)) == 1;
}

bool can_rewrite_lines(std::FILE* stream) {
  return is_terminal(stream) && obeys_escapes();
}

bool shows_colours(std::FILE* stream) {
  const char* const refused = std::getenv("NO_COLOR");
  return can_rewrite_lines(stream) && (refused == nullptr || *refused == '\0');
}

TerminalSize terminal_size(std::FILE* stream) {
  TerminalSize size;
  winsize said{};
  if (ioctl(fileno(stream), TIOCGWINSZ, &said) != 0) return size;
  if (said.ws_col >= narrowest) size.columns = said.ws_col;
  if (said.ws_row >= lowest) size.rows = said.ws_row;
  return size;
}

void Terminal::show(std::string_view text) {
  if (!is_there()) return;
  write(fmt::format("{}{}\n", obeys_escapes() ? "\r\x1b[J" : "", printable(text)));
}

void Terminal::take_back_line() {
  if (is_there() && obeys_escapes()) write("\x1b[A");
}

void Terminal::write(std::string_view bytes) {
  // A terminal that takes no more (Ctrl-S) shows less; nobody waits for it.
  [[maybe_unused]] const auto written = ::write(output_, bytes.data(), bytes.size());
}

void Terminal::flush_input() {
  pending_.clear();
  if (is_there()) ::tcflush(input_, TCIFLUSH);
}

void Terminal::on_readable() {
  // In the background a read would stop the whole process.
  if (!is_in_foreground(input_)) return;
  std::array<char, 256> bytes{};
  const auto count = ::read(input_, bytes.data(), bytes.size());
  if (count <= 0) {
    at_end_ = true;
    watch_.reset();
    return;
  }
  for (const char byte : std::string_view(bytes.data(), static_cast<std::size_t>(count))) {
    if (byte == '\n') {
      // The line may end the terminal's owner; nothing of ours is touched after the last one.
      const std::string line = std::exchange(pending_, {});
      on_line_(line);
    } else if (is_printable(byte) && pending_.size() < longest_line) {
      pending_ += byte;
    }
  }
}

}  // namespace sipharness::host
