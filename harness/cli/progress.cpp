#include "harness/cli/progress.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "harness/cli/console.hpp"
#include "harness/cli/workload.hpp"
#include "harness/host/terminal.hpp"

namespace sipharness::cli {
namespace {

using Now = stage::RunOptions::Progress;

constexpr Duration line_period = 10s;

/// Both names as wide as the widest of them: counts stand below each other.
std::string server_line(const Now::Server& server, const Now& now) {
  std::size_t name = 0;
  std::size_t state = 0;
  for (const Now::Server& one : now.servers) {
    name = std::max(name, one.name.size());
    state = std::max(state, one.state.size());
  }
  const auto& [registered, refused, calls, answered] = server.counts;
  std::string line = fmt::format("  {:<{}}  {:<{}}  registered {}", server.name, name, server.state,
                                 state, times(registered));
  if (refused > 0) line += fmt::format(", refused {}", times(refused));
  if (calls > 0) line += fmt::format("; {}, {} answered", counted(calls, "call"), answered);
  return line;
}

}  // namespace

Progress::Progress(std::string title, Duration after)
    : title_(std::move(title)), after_(after), rewrites_(host::can_rewrite_lines(stderr)) {}

void Progress::show(const Now& now, std::string_view verdict) {
  if (rewrites_) return draw_in_place(view(now, verdict));
  if (now.now - last_line_ < line_period) return;
  last_line_ = now.now;
  tell(fmt::format("{}  {}{}awaiting {}", clock(now), verdict, verdict.empty() ? "" : "  ",
                   now.awaiting));
}

std::string Progress::clock(const Now& now) const {
  const Duration left = std::max(Duration::zero(), now.duration - now.now) + after_;
  return fmt::format("{}  {} of {}, {} left", title_, format_seconds(now.now, 1),
                     format_duration(now.duration), forecast(left));
}

std::vector<std::string> Progress::view(const Now& now, std::string_view verdict) const {
  const Duration to_go = std::max(Duration::zero(), now.until - now.now);
  std::vector<std::string> lines{
      clock(now), fmt::format("  awaiting {} (until {}, {} to go)", now.awaiting,
                              format_seconds(now.until, 1), format_seconds(to_go, 1))};
  for (const Now::Server& server : now.servers) lines.push_back(server_line(server, now));
  if (!verdict.empty()) lines.push_back(fmt::format("  {}", verdict));
  return lines;
}

}  // namespace sipharness::cli
