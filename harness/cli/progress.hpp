#pragma once
// Progress of a run in real time: one line that rewrites itself at a terminal, a line every ten
// seconds elsewhere. It tells how long this run and those after it still take.

#include <string>
#include <string_view>
#include <utility>

#include "harness/stage/options.hpp"

namespace sipharness::cli {

class Progress {
 public:
  /// @param after what comes behind this run takes so long
  Progress(std::string title, Duration after);
  /// @param verdict so far; empty: there is none yet
  void show(const stage::RunOptions::Progress& now, std::string_view verdict);
  /// Before anything else is written.
  void clear();

 private:
  std::string title_;
  Duration after_;
  bool rewrites_;
  Duration last_line_{};
  bool shown_ = false;
};

}  // namespace sipharness::cli
