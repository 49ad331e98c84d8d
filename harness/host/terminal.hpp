#pragma once
// The terminal a person sits at: lines typed there, text shown there. Nothing here ever waits.
//  1. It is there only if both descriptors are a terminal and this process is in its foreground: a
//     job in the background that read would be stopped by the kernel.
//  2. Whole lines come, without their end, at most longest_line bytes each; what is no printable
//     ASCII is left out. After the end of input (Ctrl-D, hang-up) nothing comes, and it is gone.

#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "harness/host/real_world.hpp"

namespace sipharness::host {

class Terminal {
 public:
  static constexpr std::size_t longest_line = 1'024;

  using Line = std::function<void(const std::string&)>;
  /// Listens from now on. The descriptors stay the caller's.
  Terminal(RealWorld& world, Line on_line, int input = 0, int output = 2);
  ~Terminal();

  bool is_there() const;
  /// One line, in place of whatever is drawn there; nothing if nobody is there.
  void show(std::string_view text);
  /// Back to the line that was typed last, which what is drawn there then covers.
  void take_back_line();
  /// Forgets what was typed and not yet read.
  void flush_input();

 private:
  void on_readable();
  void write(std::string_view bytes);

  Line on_line_;
  int input_;
  int output_;
  bool at_end_ = false;
  std::string pending_;
  std::unique_ptr<world::Timer::Pending> watch_;
};

/// Whether somebody sits at this process: its input and its error output are such a terminal.
bool has_person();

bool is_terminal(std::FILE* stream);
/// Whether it is one that obeys "\r" and escape sequences (TERM is not dumb).
bool can_rewrite_lines(std::FILE* stream);
/// The same, and nobody set NO_COLOR. @source no-color.org
bool shows_colours(std::FILE* stream);
struct TerminalSize {
  int columns = 80;
  int rows = 24;
};
/// What it is now; what the terminal does not say is as above.
TerminalSize terminal_size(std::FILE* stream);

}  // namespace sipharness::host
