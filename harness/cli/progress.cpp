#include "harness/cli/progress.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/cli/console.hpp"
#include "harness/cli/workload.hpp"
#include "harness/host/terminal.hpp"

namespace sipharness::cli {
namespace {

constexpr Duration line_period = 10s;

}  // namespace

Progress::Progress(std::string title, Duration after)
    : title_(std::move(title)), after_(after), rewrites_(host::can_rewrite_lines(stderr)) {}

void Progress::show(const stage::RunOptions::Progress& now, std::string_view verdict) {
  const Duration left = std::max(Duration::zero(), now.duration - now.now) + after_;
  const std::string line =
      fmt::format("{}  {} of {}, {} left  {}{}awaiting {}", title_, format_seconds(now.now, 1),
                  format_duration(now.duration), forecast(left), verdict,
                  verdict.empty() ? "" : "  ", now.awaiting);
  if (rewrites_) {
    write_status("\r\x1b[K" + shortened_to_width(printable(line)));
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
