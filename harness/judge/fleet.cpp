#include "harness/judge/fleet.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

#include "harness/observed/failover.hpp"
#include "harness/observed/journal_facts.hpp"

namespace sipharness::judge {
namespace {

void count_registers(const std::vector<CaptureTime>& times, CaptureTime zero,
                     std::vector<std::uint64_t>& by_second) {
  for (const CaptureTime at : times) {
    if (at < zero) continue;
    const auto second = static_cast<std::size_t>((at - zero) / 1s);
    if (second >= by_second.size()) by_second.resize(second + 1);
    ++by_second[second];
  }
}

void add_outage(const std::vector<observed::Outage>& outages, CaptureTime zero,
                verdict::Storm& storm) {
  const auto ended =
      std::ranges::find_if(std::views::reverse(outages), &observed::Outage::recovered);
  if (ended == outages.rend()) return;
  storm.down_at = ended->from - zero;
  storm.up_at = ended->until - zero;
}

}  // namespace

bool is_fleet(const trace::Trace& trace) {
  const auto devices = std::ranges::count_if(trace.devices, &trace::Device::under_test);
  return std::cmp_greater(devices, verdict::most_listed_devices);
}

void FleetMeasure::add(const observed::Phone& phone) {
  Share& share = shares_[phone.device];
  std::ranges::transform(
      observed::both_servers, share.at_servers.begin(),
      [&](trace::ServerRole server) { return observed::storm_share(phone, server); });
  const auto& silent = observed::calls_to_silent_primary(phone);
  share.calls_to_silent_primary = silent.size();
  share.calls_moved = static_cast<std::size_t>(std::ranges::count_if(
      silent, [](const observed::SilentPrimary& call) { return call.secondary != nullptr; }));
}

verdict::Storm FleetMeasure::storm_at(std::size_t server, CaptureTime zero) const {
  verdict::Storm storm{.server = std::string(to_string(observed::both_servers[server])),
                       .registers = {},
                       .down_at = {},
                       .up_at = {},
                       .waits = {},
                       .back = {}};
  std::vector<Duration> waits;
  std::vector<Duration> back;
  for (const Share& share : shares_) {
    const observed::StormShare& here = share.at_servers[server];
    count_registers(here.registers, zero, storm.registers);
    waits.insert(waits.end(), here.waits.begin(), here.waits.end());
    if (here.back)
      back.push_back(*here.back);
    else if (here.is_due_back)
      ++storm.not_back;
    storm.lapsed += here.lapsed ? 1 : 0;
  }
  storm.waits = verdict::distribution_of(std::move(waits));
  storm.back = verdict::distribution_of(std::move(back));
  return storm;
}

void FleetMeasure::conclude(verdict::Result& result, const trace::Trace& trace,
                            std::vector<verdict::FleetRow> rows) const {
  verdict::Fleet fleet{.devices = result.devices.size(), .rows = std::move(rows), .storms = {}};
  for (const Share& share : shares_) {
    fleet.calls_to_silent_primary += share.calls_to_silent_primary;
    fleet.calls_moved += share.calls_moved;
  }
  const observed::JournalFacts journal(trace);
  for (std::size_t index = 0; index < observed::both_servers.size(); ++index) {
    const trace::ServerRole server = observed::both_servers[index];
    if (!trace.has_server(server)) continue;
    verdict::Storm& storm = fleet.storms.emplace_back(storm_at(index, trace.zero));
    add_outage(journal.outages(server), trace.zero, storm);
  }
  result.fleet = std::move(fleet);
}

}  // namespace sipharness::judge
