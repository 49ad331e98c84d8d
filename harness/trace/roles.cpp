#include "harness/trace/roles.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "harness/trace/device_roles.hpp"
#include "harness/trace/other_sides.hpp"
#include "harness/trace/other_voices.hpp"
#include "harness/trace/server_inference.hpp"
#include "harness/trace/sip_endpoints.hpp"

namespace sipharness::trace {
namespace {

/// Which endpoints are servers: by exact endpoint, and a server's other ports by an address that
/// only one server and no device has. Where nobody listens is no server's port.
class ServerTable {
 public:
  explicit ServerTable(const Trace& trace)
      : is_field_(!trace.has_journal()), closed_(closed_server_ports(trace)) {
    for (const Server& server : trace.servers) {
      roles_.emplace(server.endpoint, server.role);
      const auto [place, is_new] = hosts_.emplace(host_of(server.endpoint), server.role);
      if (!is_new) place->second = ServerRole::none;
    }
    add_other_ports(trace);
    for (const Flow& flow : trace.messages.flows()) {
      const bool is_local = flow.source.address == flow.destination.address;
      if (is_local && roles_.contains(flow.destination) && !roles_.contains(flow.source))
        hosts_.erase(host_of(flow.destination));
    }
    if (is_field_) add_other_voices(trace);
  }
  /// The servers of a run speak UDP from their own ports, and from those that the journal names.
  ServerRole role(const Endpoint& endpoint, Transport transport) const {
    if (const auto found = roles_.find(endpoint); found != roles_.end()) return found->second;
    if (transport == Transport::udp && (!is_field_ || closed_.contains(endpoint)))
      return ServerRole::none;
    const auto found = hosts_.find(host_of(endpoint));
    return found == hosts_.end() ? ServerRole::none : found->second;
  }
  const std::vector<std::pair<Endpoint, ServerRole>>& other_voices() const { return voices_; }

 private:
  void add_other_ports(const Trace& trace) {
    for (const journal::Entry& entry : trace.journal) {
      const auto* const sent = std::get_if<journal::Sent>(&entry.event);
      if (sent != nullptr && sent->packet.transport == Transport::udp)
        roles_.try_emplace(sent->packet.source, role_of(sent->server));
    }
  }

  void add_other_voices(const Trace& trace) {
    voices_ = find_other_voices(trace.messages, [this](const Endpoint& endpoint) {
      return role(endpoint, Transport::udp);
    });
    roles_.insert(voices_.begin(), voices_.end());
  }

  bool is_field_;
  EndpointSet closed_;
  std::unordered_map<Endpoint, ServerRole, EndpointHash> roles_;
  std::unordered_map<Endpoint, ServerRole, EndpointHash> hosts_;
  std::vector<std::pair<Endpoint, ServerRole>> voices_;
};

struct Route {
  Direction direction = Direction::elsewhere;
  ServerRole server = ServerRole::none;
};

Route route(const ServerTable& servers, const Endpoint& source, const Endpoint& destination,
            Transport transport) {
  const ServerRole from = servers.role(source, transport);
  const ServerRole to = servers.role(destination, transport);
  if (from == ServerRole::none && to != ServerRole::none) return {Direction::from_device, to};
  if (from != ServerRole::none && to == ServerRole::none) return {Direction::to_device, from};
  return {};
}

std::string_view why_left_out(const Flow& flow, const ServerTable& servers,
                              const Intermediaries& intermediaries) {
  if (flow.is_other_side) return "the same messages as on the other side of a NAT";
  for (const Endpoint& end : {flow.source, flow.destination}) {
    if (servers.role(end, flow.transport) != ServerRole::none) continue;
    if (intermediaries.upstream.contains(end)) return "what a server sends on upstream";
    if (intermediaries.proxies.contains(end)) return "what a proxy sends on";
  }
  return {};
}

void assign_directions(Trace& trace, const ServerTable& servers,
                       const Intermediaries& intermediaries) {
  for (Flow& flow : trace.messages.flows()) {
    flow.left_out = why_left_out(flow, servers, intermediaries);
    const Route way = flow.left_out.empty()
                          ? route(servers, flow.source, flow.destination, flow.transport)
                          : Route{};
    flow.direction = way.direction;
    flow.server = way.server;
  }
  for (Malformed& bytes : trace.malformed) {
    bytes.direction = route(servers, bytes.source, bytes.destination, bytes.transport).direction;
  }
}

void note_intermediaries(Trace& trace, const ServerTable& servers,
                         const Intermediaries& intermediaries) {
  const auto note = [&](const EndpointSet& endpoints, std::string_view part, std::string_view why) {
    std::vector<Endpoint> found;
    for (const Endpoint& endpoint : endpoints)
      if (servers.role(endpoint, Transport::tcp) == ServerRole::none) found.push_back(endpoint);
    std::ranges::sort(found);
    for (const Endpoint& endpoint : found)
      trace.bystanders.push_back({part, endpoint, std::string(why)});
  };
  for (const auto& [endpoint, role] : servers.other_voices())
    trace.bystanders.push_back(
        {"other address", endpoint, fmt::format("answers what the {} is asked", to_string(role))});
  note(intermediaries.proxies, "proxy", "its requests carry several Vias");
  note(intermediaries.upstream, "upstream server", "proxies and servers register others there");
}

void assign_transport_roles(Trace& trace, const ServerTable& servers) {
  for (StreamMark& mark : trace.stream_marks)
    mark.server = route(servers, mark.source, mark.destination, Transport::tcp).server;
  for (TransportFailure& failure : trace.transport_failures)
    failure.server = servers.role(failure.destination, failure.transport);
}

void assign_transport_events(Trace& trace, const ServerTable& servers) {
  for (const StreamMark& mark : trace.stream_marks) {
    const Route way = route(servers, mark.source, mark.destination, Transport::tcp);
    const bool is_reset = mark.event == capture::StreamEvent::reset;
    if (is_reset && way.direction == Direction::to_device) {
      trace.transport_failures.push_back(
          {mark.frame, mark.at, Transport::tcp, mark.destination, mark.source, way.server});
    }
  }
  assign_transport_roles(trace, servers);
  std::erase_if(trace.stream_marks,
                [](const StreamMark& mark) { return mark.server == ServerRole::none; });
  std::erase_if(trace.transport_failures, [&](const TransportFailure& failure) {
    return servers.role(failure.device, failure.transport) != ServerRole::none;
  });
  std::ranges::stable_sort(trace.transport_failures, {}, &TransportFailure::frame);
}

void assign_parts(Trace& trace, const ServerTable& servers, const Intermediaries& intermediaries,
                  const std::optional<Tested>& tested, bool has_device) {
  assign_directions(trace, servers, intermediaries);
  assign_devices(trace);
  if (trace.devices.empty() && has_device) trace.devices.emplace_back();
  if (!trace.has_journal()) mark_strangers(trace);
  if (tested) mark_tested(trace, *tested);
  if (trace.has_journal())
    for (Device& device : trace.devices) device.known = {.from = KnownFrom::journal};
  name_devices(trace);
}

/// Nobody passes anything on in a run.
Intermediaries intermediaries_in(const Trace& trace, const std::vector<FlowEvidence>& evidence) {
  return trace.has_journal() ? Intermediaries() : find_intermediaries(trace.messages, evidence);
}

}  // namespace

void assign_roles(Trace& trace, RoleSource source, const std::optional<Tested>& tested) {
  if (!trace.has_journal()) mark_other_sides(trace.messages);
  const std::vector<FlowEvidence> evidence = evidence_of_flows(trace.messages);
  const Intermediaries intermediaries = intermediaries_in(trace, evidence);
  if (source == RoleSource::traffic)
    infer_servers(trace, evidence, intermediaries,
                  tested ? tested->users : std::vector<std::string>());
  const ServerTable servers(trace);
  note_intermediaries(trace, servers, intermediaries);
  assign_parts(trace, servers, intermediaries, tested, source == RoleSource::scenario);
  assign_transport_events(trace, servers);
}

void change_servers(Trace& trace, const std::vector<Server>& servers,
                    const std::optional<Tested>& tested) {
  trace.servers = servers;
  const ServerTable table(trace);
  const Intermediaries intermediaries = intermediaries_in(trace, evidence_of_flows(trace.messages));
  assign_parts(trace, table, intermediaries, tested, false);
  assign_transport_roles(trace, table);
  trace.partition = Partition(trace);
}

}  // namespace sipharness::trace
