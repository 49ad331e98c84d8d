#pragma once
// A page of text for a terminal: lines of at most so many columns.

#include <string>
#include <string_view>

#include "harness/base/time.hpp"

namespace reports {

/// UTC: "2024-01-01 00:03:30.000".
std::string date_and_time(sipharness::CaptureTime at);
/// UTC: "00:03:30.000".
std::string time_of_day(sipharness::CaptureTime at);

/// At most so many characters of what printable() makes of it, the last one "…" if it was longer.
std::string clipped(std::string_view text, std::size_t columns);

/// Lines of at most so many columns: what is longer goes on below, four further in. Escape
/// sequences take none.
std::string folded(std::string_view text, std::size_t columns);

class Page {
 public:
  explicit Page(std::size_t width) : width_(width) {}

  /// `label`, then `text`, which goes on under its own beginning where a line is full. Both are
  /// printable.
  void line(std::string_view label, std::string_view text);
  void gap() { text_ += '\n'; }
  std::size_t width() const { return width_; }
  std::string text() && { return std::move(text_); }

 private:
  std::size_t width_;
  std::string text_;
};

}  // namespace reports
