#include "harness/cli/progress.hpp"

#include <cstdio>

#include <fmt/format.h>

namespace sipharness::cli {
namespace {

constexpr Duration line_period = 10s;

}  // namespace

void Progress::show(const stage::RunOptions::Progress& now) {
  const std::string line =
      fmt::format("{}  {} of {}  awaiting {}", name_, format_seconds(now.now, 1),
                  format_duration(now.duration), now.awaiting);
  if (terminal_) {
    fmt::print(stderr, "\r\x1b[K{}", line);
    shown_ = true;
  } else if (now.now - last_line_ >= line_period) {
    last_line_ = now.now;
    fmt::print(stderr, "{}\n", line);
  }
  std::fflush(stderr);
}

void Progress::clear() {
  if (shown_) fmt::print(stderr, "\r\x1b[K");
  shown_ = false;
}

}  // namespace sipharness::cli
