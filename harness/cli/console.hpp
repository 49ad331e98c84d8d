#pragma once
// The only place that writes to the terminal, be it one or a file or a pipe.
//  1. What cannot be written to standard output is remembered, not thrown: a run goes on, and the
//     exit code tells in the end.
//  2. A line to standard error is one line of printable text, whatever bytes it speaks of; where
//     nobody reads it, nothing happens.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/base/printable.hpp"

namespace sipharness::cli {

/// To standard output, as it is.
void write_output(std::string_view text);

/// The same; where that is a terminal, no line of it is longer than it is wide.
void write_text(const std::string& text);

template <class... T>
void print(fmt::format_string<T...> format, T&&... values) {
  write_text(fmt::format(format, std::forward<T>(values)...));
}

/// Writes out what is buffered; false if anything could not be written since the start.
bool flush_output();

/// Whether standard output is a terminal that shows colours: not with NO_COLOR or TERM=dumb.
bool colours_output();

/// Columns of that terminal; 0: standard output is none, lines are as long as they are.
int output_width();

/// Flushes; throws SetupError if something could not be written. Where nobody reads it any more,
/// ends the process as that ends others.
void finish_output();

/// A line to standard error.
void tell(std::string_view line);

/// Several, each on a line of its own.
void tell_all(const std::vector<std::string>& lines);

/// To standard error, as it is.
void write_status(std::string_view text);

/// Lines in the place of those that were drawn before, folded to what the terminal at standard
/// error is wide now; what it is too low for is left out. Anything that is written takes them back.
void draw_in_place(const std::vector<std::string>& lines);

/// Leaves nothing of them.
void take_back_drawn();

}  // namespace sipharness::cli
