#pragma once
// Addresses that a phone writes of itself (Via, Contact) beside the one that its packets come from.
// A NAT between phone and capture changes that; a STUN server or an earlier response tells the
// phone what a NAT beyond the capture makes of it.
// @source RFC 3261 §18.1.1, §18.2.1; RFC 3581 §4

#include <cstdint>
#include <string_view>

#include "harness/base/endpoint.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {

enum class LeadsTo : std::uint8_t {
  phone,      ///< where the message came from, where a server sees or reaches it, or a name
  nobody,     ///< the unspecified address, or loopback as seen from another host
  a_nat,      ///< perhaps: a public address of a phone that has a private one, as may be configured
  elsewhere,  ///< as far as the capture shows
};

/// Where the host leads that the phone writes of itself into `message`.
LeadsTo where_leads(const Phone& phone, const Message& message, std::string_view host);

/// A response of the capture told the phone that it is seen under this endpoint.
bool is_seen_under(const Phone& phone, const Endpoint& endpoint);

/// The phone sends from this endpoint.
bool sends_from(const Phone& phone, const Endpoint& endpoint);

/// A request with several Vias: its packets come from a proxy. @source RFC 3261 §16.6, step 8
bool came_through_a_proxy(const Message& request);

}  // namespace sipharness::observed
