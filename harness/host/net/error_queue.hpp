#pragma once
// The error queue of a UDP socket: which destination an ICMP error was about, and why. An
// unconnected socket learns it no other way.
// @source ip(7) IP_RECVERR, ipv6(7); RFC 792, RFC 1812 §5.2.7.1, RFC 4443 §3.1

#include <optional>
#include <string>

#include "harness/base/endpoint.hpp"
#include "harness/base/unreachable.hpp"
#include "harness/host/net/socket.hpp"

namespace sipharness::host {

struct QueuedError {
  Endpoint destination;               ///< where the datagram had been sent
  std::optional<Unreachable> reason;  ///< nothing if the error is not about reachability
  std::optional<IpAddress> reporter;  ///< who sent the ICMP error
  std::string payload;                ///< of the datagram, as far as the error quoted it
};

/// Asks for the error queue to be filled; before the first datagram is sent.
void enable_error_queue(const Descriptor& socket, const IpAddress& local);

/// Takes the oldest error; nothing if the queue is empty.
std::optional<QueuedError> next_error(const Descriptor& socket);

}  // namespace sipharness::host
