#include "harness/trace/sip_endpoints.hpp"

#include "harness/trace/flow_evidence.hpp"
#include "harness/trace/trace.hpp"

namespace sipharness::trace {

SipEndpoints::SipEndpoints(const Trace& trace) {
  const auto add = [this](const Endpoint& endpoint) {
    endpoints_.insert(endpoint);
    endpoints_.insert(host_of(endpoint));
  };
  for (const Flow& flow : trace.messages.flows()) {
    add(flow.source);
    add(flow.destination);
  }
  for (const Server& server : trace.servers) {
    add(server.endpoint);
    servers_.emplace(server.endpoint, server.role);
    const auto [host, is_new] = servers_.emplace(host_of(server.endpoint), server.role);
    if (!is_new) host->second = ServerRole::none;  // a host of both
  }
}

bool SipEndpoints::may_be_end(const Endpoint& endpoint) const {
  constexpr std::uint16_t sip = 5060;
  constexpr std::uint16_t sips = 5061;
  if (endpoints_.empty()) return endpoint.port == sip || endpoint.port == sips;
  return contains(endpoint);
}

ServerRole SipEndpoints::server_at(const Endpoint& endpoint) const {
  if (const auto found = servers_.find(endpoint); found != servers_.end()) return found->second;
  const auto host = servers_.find(host_of(endpoint));
  return host == servers_.end() ? ServerRole::none : host->second;
}

ServerRole SipEndpoints::server_between(const Endpoint& a, const Endpoint& b) const {
  const ServerRole first = server_at(a);
  return first != ServerRole::none ? first : server_at(b);
}

std::unordered_set<Endpoint, EndpointHash> closed_server_ports(const Trace& trace) {
  std::unordered_set<Endpoint, EndpointHash> hosts;
  for (const Server& server : trace.servers) hosts.insert(host_of(server.endpoint));
  std::unordered_set<Endpoint, EndpointHash> closed;
  for (const TransportFailure& failure : trace.transport_failures)
    if (failure.transport == Transport::udp && hosts.contains(host_of(failure.destination)))
      closed.insert(failure.destination);
  for (const Server& server : trace.servers) closed.erase(server.endpoint);
  for (const Flow& flow : trace.messages.flows()) closed.erase(flow.source);
  return closed;
}

}  // namespace sipharness::trace
