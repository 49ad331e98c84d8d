#include "harness/cli/progress.hpp"

#include <fmt/format.h>

#include "harness/cli/console.hpp"

namespace sipharness::cli {
namespace {

constexpr Duration line_period = 10s;

}  // namespace

void Progress::show(const stage::RunOptions::Progress& now) {
  const std::string line =
      fmt::format("{}  {} of {}  awaiting {}", name_, format_seconds(now.now, 1),
                  format_duration(now.duration), now.awaiting);
  if (terminal_) {
    write_status("\r\x1b[K" + printable(line));
    shown_ = true;
  } else if (now.now - last_line_ >= line_period) {
    last_line_ = now.now;
    tell(line);
  }
}

void Progress::clear() {
  if (shown_) write_status("\r\x1b[K");
  shown_ = false;
}

}  // namespace sipharness::cli
