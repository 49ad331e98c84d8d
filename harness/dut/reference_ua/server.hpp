#pragma once
// What the reference UA knows of one of its two servers besides the registration there: where it
// is, how to prove who we are, and until when it wants to be left alone.

#include <cstdint>
#include <string>

#include "harness/base/endpoint.hpp"
#include "harness/base/time.hpp"
#include "harness/dut/reference_ua/authenticator.hpp"
#include "harness/sip/message.hpp"

namespace sipharness::dut {

enum class ServerRole : std::uint8_t { primary, secondary };

struct Server {
  ServerRole role = ServerRole::primary;
  Endpoint endpoint;
  Authenticator authenticator;
  TimePoint quarantined_until;  ///< 503 with Retry-After. @source RFC 3261 §21.5.4, §20.33

  bool is_primary() const { return role == ServerRole::primary; }
  /// Notes the Retry-After of a 503; without one nothing happens (§21.5.4: as 500).
  void take_retry_after(const sip::MessageView& response, TimePoint now);
};

}  // namespace sipharness::dut
