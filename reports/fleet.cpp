#include "reports/fleet.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/counted.hpp"

namespace reports {
namespace {

using namespace sipharness;
using namespace sipharness::verdict;

/// "20.000 s", or "18.002 s to 22.310 s, median 20.100 s, 95 % within 22.000 s".
std::string describe(const Distribution& all) {
  if (all.min == all.max) return format_seconds(all.min);
  return fmt::format("{} to {}, median {}, 95 % within {}", format_seconds(all.min),
                     format_seconds(all.max), format_seconds(all.median), format_seconds(all.p95));
}

std::string describe_load(const Storm& storm) {
  if (storm.registers.empty()) return fmt::format("{}: no REGISTER", storm.server);
  const auto busiest = std::ranges::max_element(storm.registers);
  return fmt::format("{}: at most {} in a second, {} s after the start", storm.server,
                     counted(*busiest, "REGISTER"), busiest - storm.registers.begin());
}

void describe(const Storm& storm, std::vector<std::string>& lines) {
  lines.push_back(describe_load(storm));
  if (storm.down_at && storm.up_at)
    lines.push_back(fmt::format("  down from {} to {}", format_seconds(*storm.down_at),
                                format_seconds(*storm.up_at)));
  if (storm.waits.count > 0)
    lines.push_back(fmt::format("  {} from a failure to the next REGISTER: {}",
                                counted(storm.waits.count, "wait"), describe(storm.waits)));
  if (storm.back.count > 0)
    lines.push_back(fmt::format("  {} back after its return: {}",
                                counted(storm.back.count, "device"), describe(storm.back)));
  if (storm.not_back > 0)
    lines.push_back(fmt::format("  {} not registered again", counted(storm.not_back, "device")));
  if (storm.lapsed > 0)
    lines.push_back(fmt::format("  {} whose registration lapsed", counted(storm.lapsed, "device")));
}

}  // namespace

std::vector<std::string> describe_fleet(const Fleet& fleet) {
  std::vector<std::string> lines{counted(fleet.devices, "device")};
  for (const Storm& storm : fleet.storms) describe(storm, lines);
  if (fleet.calls_to_silent_primary > 0)
    lines.push_back(fmt::format("{} of {} that the primary left unanswered reached the secondary",
                                fleet.calls_moved, counted(fleet.calls_to_silent_primary, "call")));
  return lines;
}

}  // namespace reports
