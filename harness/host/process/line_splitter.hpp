#pragma once
// Bytes in, lines out, with bounds that hold whatever the bytes are: a program may print anything.
//  1. LF and CR end a line; empty lines are left out.
//  2. Of an endless line the first `longest_line` bytes are given, the rest is dropped.

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace sipharness::host {

class LineSplitter {
 public:
  static constexpr std::size_t longest_line = 16384;

  /// `on_line` gets each line without its end, valid during the call only. It may not destroy the
  /// splitter.
  explicit LineSplitter(std::function<void(std::string_view)> on_line);
  void feed(std::string_view bytes);
  /// What was printed last without a line end.
  void finish();

 private:
  std::function<void(std::string_view)> on_line_;
  std::string line_;
};

}  // namespace sipharness::host
