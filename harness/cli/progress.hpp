#pragma once
// What a person sees while real time passes: the scenario's clock and what is awaited next. On a
// terminal one line that rewrites itself, elsewhere a line every ten seconds.

#include <string>

#include "harness/stage/options.hpp"

namespace sipharness::cli {

class Progress {
 public:
  Progress(std::string name, bool terminal) : name_(std::move(name)), terminal_(terminal) {}
  void show(const stage::RunOptions::Progress& now);
  /// Takes the line away again.
  void clear();

 private:
  std::string name_;
  bool terminal_;
  bool shown_ = false;
  Duration last_line_ = -1h;
};

}  // namespace sipharness::cli
