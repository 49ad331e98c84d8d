#pragma once
// What the reference UA knows of one of its two servers besides the registration there: where it
// is, how to prove who we are, and until when it wants to be left alone.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/endpoint.hpp"
#include "harness/base/time.hpp"
#include "harness/dut/reference_ua/authenticator.hpp"
#include "harness/sip/message.hpp"

namespace sipharness::dut {

enum class ServerRole : std::uint8_t { primary, secondary };

struct Server {
  ServerRole role = ServerRole::primary;
  Endpoint endpoint;        ///< its address is nothing to go by until the name was looked up
  std::string host;         ///< the name we were given; empty: the address
  bool by_service = false;  ///< the name without a port
  bool is_located = true;
  std::vector<Endpoint> machines{};  ///< all that the name leads to, in the order they are tried
  Authenticator authenticator;
  std::string service_route{};  ///< Route of requests through it. @source RFC 3608 §6.1
  TimePoint quarantined_until;  ///< 503 with Retry-After. @source RFC 3261 §21.5.4, §20.33

  /// "sip:1001@p.test:5070": as we were given the server.
  std::string uri(std::string_view user) const;
  /// "p.test": the host part of our address of record there.
  std::string domain() const { return host.empty() ? endpoint.address.uri_text() : host; }
  /// Takes the places that a lookup gave; one that is in use and still among them is kept.
  void move_to(std::vector<Endpoint> found);
  /// The machines, that in use first.
  std::vector<Endpoint> machines_in_turn() const;
  bool is_primary() const { return role == ServerRole::primary; }
  /// Notes the Retry-After of a 503; without one nothing happens (§21.5.4: as 500).
  void take_retry_after(const sip::MessageView& response, TimePoint now);
};

/// A machine of a server, as the route of a call has it.
struct Stop {
  Server* server = nullptr;
  Endpoint machine;
};

}  // namespace sipharness::dut
