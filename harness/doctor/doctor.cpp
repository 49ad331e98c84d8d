#include "harness/doctor/doctor.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/files/files.hpp"
#include "harness/host/capture/live_capture.hpp"
#include "harness/host/machine/network_watch.hpp"
#include "harness/host/machine/port_holder.hpp"
#include "harness/host/machine/priority.hpp"
#include "harness/host/machine/probes.hpp"
#include "harness/host/net/socket.hpp"
#include "harness/stage/place/addresses.hpp"
#include "harness/stage/place/bind.hpp"

namespace sipharness::doctor {
namespace {

using Diagnoses = std::vector<Diagnosis>;

/// policy: what a run in real time may still lack before verdicts suffer.
constexpr Duration least_lag_to_warn_of = 10ms;
constexpr Duration coarsest_clock = 1ms;
constexpr Duration largest_step = 1ms;
constexpr std::uint64_t mebibyte = 1 << 20;
constexpr std::uint64_t least_space = 16 * mebibyte;
constexpr std::uint64_t little_space = 512 * mebibyte;

/// setcap replaces what a file had, so every remedy names all of them.
std::string allow_everything() {
  return fmt::format(
      "sudo setcap cap_net_raw,cap_net_admin,cap_net_bind_service,cap_sys_nice+ep {}",
      host::program_path());
}

stage::Addresses addresses_for(const Plan& plan, bool ipv6) {
  if (plan.bind.empty()) return stage::default_addresses(ipv6, false);
  return stage::bound_addresses(plan.bind, ipv6, host::local_addresses());
}

/// The scenarios as they would be staged, their servers on addresses. Where the servers are bound
/// to addresses of one IP version, scenarios of the other are not meant. Throws SetupError if none
/// is.
std::vector<scenario::Scenario> staged(const Plan& plan) {
  std::vector<scenario::Scenario> scenarios;
  std::string obstacle;
  for (const scenario::Scenario& scenario : plan.scenarios) {
    try {
      scenarios.push_back(stage::with_addresses(scenario, addresses_for(plan, scenario.ipv6)));
    } catch (const SetupError& error) {
      obstacle = error.what();
    }
  }
  if (scenarios.empty() && !obstacle.empty()) throw SetupError(obstacle);
  return scenarios;
}

std::set<IpAddress> addresses_needed(const Plan& plan) {
  std::set<IpAddress> addresses;
  for (const scenario::Scenario& scenario : staged(plan)) {
    for (const scenario::Server& server : scenario.servers) addresses.insert(*server.address);
    if (scenario.dns) addresses.insert(*scenario.dns->address);
  }
  return addresses;
}

std::set<std::string> interfaces_needed(const Plan& plan) {
  std::set<std::string> interfaces;
  for (const IpAddress& address : addresses_needed(plan))
    if (const auto interface = host::interface_of(address)) interfaces.insert(*interface);
  return interfaces;
}

std::set<std::pair<Endpoint, Transport>> ports_needed(const Plan& plan) {
  std::set<std::pair<Endpoint, Transport>> ports;
  for (const scenario::Scenario& scenario : staged(plan)) {
    for (const scenario::Server& server : scenario.servers)
      for (const Transport transport : {Transport::udp, Transport::tcp})
        ports.emplace(Endpoint{*server.address, server.port}, transport);
    if (scenario.dns)
      ports.emplace(Endpoint{*scenario.dns->address, scenario.dns->port}, Transport::udp);
  }
  return ports;
}

// --- Examinations --------------------------------------------------------------------------------

Diagnoses capture(const Plan& plan) {
  Diagnoses found;
  for (const std::string& interface : interfaces_needed(plan)) {
    const std::string what = fmt::format("live capture on {}", interface);
    if (const auto fault = host::network_fault(interface, {}))
      found.push_back({Health::missing, what, *fault, "sudo ip link set " + interface + " up"});
    else if (!host::may_capture())
      found.push_back({Health::warning, what,
                       "not permitted: frames of our own sockets are written instead",
                       allow_everything()});
    else if (const auto obstacle = host::live_capture_obstacle(interface))
      found.push_back({Health::warning, what, *obstacle});
    else
      found.push_back({Health::ok, what, "permitted"});
  }
  return found;
}

Diagnoses addresses(const Plan& plan) {
  Diagnoses found;
  for (const IpAddress& address : addresses_needed(plan)) {
    const std::string what = fmt::format("address {}", address.text());
    if (const auto interface = host::interface_of(address))
      found.push_back({Health::ok, what, "on " + *interface});
    else
      found.push_back({Health::missing, what, "no interface of this machine has it",
                       fmt::format("sudo ip address add {}/{} dev lo", address.text(),
                                   address.is_v4() ? 32 : 128)});
  }
  return found;
}

/// What keeps a port from being taken; empty if nothing does.
Diagnosis port(const Endpoint& endpoint, Transport transport) {
  Diagnosis diagnosis;
  diagnosis.what =
      fmt::format("port {} ({})", endpoint.text(), transport == Transport::udp ? "UDP" : "TCP");
  try {
    host::open_bound(transport, endpoint);
    diagnosis.found = "free";
  } catch (const SetupError& error) {
    diagnosis.health = Health::missing;
    diagnosis.found = error.what();
    const bool is_privileged = endpoint.port < 1024 && !host::holder_of(transport, endpoint);
    if (is_privileged) diagnosis.remedy = allow_everything();
  }
  return diagnosis;
}

Diagnoses ports(const Plan& plan) {
  Diagnoses found;
  const auto needed = ports_needed(plan);
  for (const auto& [endpoint, transport] : needed)
    if (auto diagnosis = port(endpoint, transport); diagnosis.health != Health::ok)
      found.push_back(std::move(diagnosis));
  const std::size_t free = needed.size() - found.size();
  found.insert(found.begin(),
               {Health::ok, "ports", fmt::format("{} of {} are free", free, needed.size())});
  return found;
}

Diagnoses clocks(const Plan&) {
  // As a run in real time does.
  const host::RaisedPriority raised;
  const host::Priority priority = raised.granted();
  const host::ClockReport report = host::watch_clocks();
  Diagnoses found;
  if (priority == host::Priority::real_time)
    found.push_back({Health::ok, "priority", "real-time scheduling"});
  else
    found.push_back({Health::warning, "priority",
                     priority == host::Priority::ordinary
                         ? "ordinary: other programs may delay the harness"
                         : "a better nice value, no real-time scheduling",
                     allow_everything()});
  const bool is_fine = report.resolution <= coarsest_clock;
  found.push_back({is_fine ? Health::ok : Health::warning, "clock",
                   fmt::format("ticks of {} ns", report.resolution.count()),
                   is_fine ? "" : "boot a kernel with high-resolution timers"});
  const bool is_steady = std::chrono::abs(report.step) <= largest_step;
  found.push_back({is_steady ? Health::ok : Health::warning, "time of day",
                   fmt::format("moved by {:.3f} ms against the monotonic clock in a second",
                               to_seconds(report.step) * 1000),
                   is_steady ? "" : "wait until NTP has settled: timedatectl timesync-status"});
  const bool is_punctual = report.lag < least_lag_to_warn_of;
  found.push_back(
      {is_punctual ? Health::ok : Health::warning, "lag",
       fmt::format("timers were up to {:.1f} ms late in a second", to_seconds(report.lag) * 1000),
       is_punctual ? ""
                   : "close other programs; verdicts on shorter intervals become inconclusive"});
  return found;
}

Diagnoses kernel_drops(const Plan&) {
  const std::string what = "capture of a burst";
  if (host::live_capture_obstacle("lo"))
    return {{Health::warning, what, "not tried: lo cannot be captured live"}};
  const host::RaisedPriority raised;
  const host::BurstReport burst = host::capture_burst();
  const std::string text = fmt::format("{} datagrams sent, {} captured, {} dropped", burst.sent,
                                       burst.captured, burst.dropped);
  if (burst.sent == burst.captured && burst.dropped == 0) return {{Health::ok, what, text}};
  return {{Health::warning, what, text,
           "close other programs; what a capture lacks becomes inconclusive"}};
}

Diagnoses half_open(const Plan&) {
  const std::string what = "TCP half-open";
  if (host::can_forget_connections()) return {{Health::ok, what, "permitted"}};
  return {{Health::warning, what,
           "not permitted: an unplugged server acknowledges the first segment, then sends RST",
           allow_everything()}};
}

Diagnoses receive_buffer(const Plan&) {
  const host::ReceiveBuffer buffer = host::udp_receive_buffer();
  const bool is_enough = buffer.granted >= buffer.wanted;
  return {{is_enough ? Health::ok : Health::warning, "receive buffer",
           fmt::format("{} KiB of {} KiB", buffer.granted / 1024, buffer.wanted / 1024),
           is_enough ? "" : fmt::format("sudo sysctl -w net.core.rmem_max={}", buffer.wanted)}};
}

Diagnoses disk(const Plan& plan) {
  const std::string what = "disk";
  const auto space = host::free_space(plan.out);
  if (!space)
    return {{Health::missing, what, space.error().text(), "name another folder with --out"}};
  const std::string text = fmt::format("{} MiB are free under {}", *space / mebibyte, plan.out);
  if (*space >= little_space) return {{Health::ok, what, text}};
  return {{*space < least_space ? Health::missing : Health::warning, what, text,
           "make room, or name another folder with --out"}};
}

Diagnoses softphones(const Plan& plan) {
  Diagnoses found;
  for (const scenario::Profile& profile : plan.profiles) {
    if (!profile.drive) continue;
    const std::string what = fmt::format("softphone {}", profile.name);
    const std::string& command = profile.drive->command.front();
    if (const auto program = host::find_program(command))
      found.push_back({Health::ok, what, *program});
    else
      found.push_back(
          {Health::warning, what, fmt::format("{} not found in PATH", command),
           profile.drive->package.empty()
               ? ""
               : "sudo apt-get install --no-install-recommends " + profile.drive->package});
  }
  return found;
}

Diagnoses tshark(const Plan&) {
  if (const auto program = host::find_program("tshark"))
    return {{Health::ok, "tshark", *program + " (optional: for a second look at captures)"}};
  return {{Health::ok, "tshark", "not found in PATH; optional", "sudo apt-get install tshark"}};
}

constexpr std::array<Examination, 10> all{{
    {"capture", capture},
    {"addresses", addresses},
    {"ports", ports},
    {"clocks", clocks},
    {"drops", kernel_drops},
    {"half-open", half_open},
    {"buffer", receive_buffer},
    {"disk", disk},
    {"softphones", softphones},
    {"tshark", tshark},
}};

}  // namespace

std::string_view to_string(Health health) {
  switch (health) {
    case Health::ok:
      return "ok";
    case Health::warning:
      return "warning";
    case Health::missing:
      return "missing";
  }
  return {};
}

std::span<const Examination> examinations() {
  return all;
}

}  // namespace sipharness::doctor
