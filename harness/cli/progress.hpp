#pragma once
// Progress of a run in real time: at a terminal a few lines that are drawn again in their place, a
// line every ten seconds elsewhere. It tells how long this run and those after it still take, what
// is awaited and until when, what each server is in and what passed there, and verdicts so far.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/stage/options.hpp"

namespace sipharness::cli {

class Progress {
 public:
  /// @param after what comes behind this run takes so long
  Progress(std::string title, Duration after);
  /// @param verdict so far; empty: there is none yet
  void show(const stage::RunOptions::Progress& now, std::string_view verdict);

 private:
  std::string clock(const stage::RunOptions::Progress& now) const;
  std::vector<std::string> view(const stage::RunOptions::Progress& now,
                                std::string_view verdict) const;

  std::string title_;
  Duration after_;
  bool rewrites_;
  Duration last_line_{};
};

}  // namespace sipharness::cli
