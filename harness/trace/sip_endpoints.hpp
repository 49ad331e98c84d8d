#pragma once
// Which endpoints speak SIP in a trace: what is missing, refused or unreadable elsewhere is no
// matter of SIP.

#include <unordered_map>
#include <unordered_set>

#include "harness/base/endpoint.hpp"
#include "harness/trace/message_list.hpp"

namespace sipharness::trace {

class Trace;

class SipEndpoints {
 public:
  /// Those of its messages, and its servers.
  explicit SipEndpoints(const Trace& trace);

  bool contains(const Endpoint& endpoint) const { return endpoints_.contains(endpoint); }
  bool has_host(const IpAddress& address) const { return endpoints_.contains({address, 0}); }
  /// One of them, or, of an endpoint whose port is not known, a host of one. Where there is no SIP,
  /// the well-known ports.
  bool may_be_end(const Endpoint& endpoint) const;
  /// The server that is one of the two, by endpoint or by host; none if neither is.
  ServerRole server_between(const Endpoint& a, const Endpoint& b) const;

 private:
  ServerRole server_at(const Endpoint& endpoint) const;

  /// With port 0, hosts.
  std::unordered_set<Endpoint, EndpointHash> endpoints_;
  std::unordered_map<Endpoint, ServerRole, EndpointHash> servers_;
};

/// Ports of a server's machine that said nothing, and of which ICMP said that nobody listens there.
std::unordered_set<Endpoint, EndpointHash> closed_server_ports(const Trace& trace);

}  // namespace sipharness::trace
