#pragma once
// TCP connections between the device and its servers: when they were tried, opened and refused, and
// what a call lost by it. A connection that never opened carried no INVITE, so such a failure is
// seen here and not in the legs of a call.
// @source RFC 3261 §8.1.3.1, §18.4; RFC 9293 §3.5

#include <optional>
#include <vector>

#include "harness/observed/call.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// One attempt of the device to open a connection to a server.
struct ConnectionAttempt {
  ServerRole server = ServerRole::none;
  Endpoint local;  ///< the device's end
  CaptureTime syn;
  std::uint32_t frame = 0;       ///< of the first SYN
  std::uint32_t last_frame = 0;  ///< of what ended it, or of the last SYN
  std::size_t copies = 0;        ///< SYNs after the first
  std::optional<CaptureTime> opened{};
  std::optional<CaptureTime> refused{};  ///< RST before it opened
  bool has_failed(CaptureTime at, Duration timeout) const {
    return !opened && ((refused && *refused <= at) || (!refused && syn + timeout <= at));
  }
};

std::vector<ConnectionAttempt> find_connection_attempts(const Phone& phone);
/// In the order of their SYNs.
inline const std::vector<ConnectionAttempt>& connection_attempts(const Phone& phone) {
  return phone.derived<find_connection_attempts>();
}

/// The attempt at the primary for which `call` had to begin at the secondary, or nowhere: refused,
/// or not opened. Null if there is none, or the call has a leg at the primary.
const ConnectionAttempt* failed_connection(const Phone& phone, const CallGroup& call);

/// A call that got no connection to the primary.
struct FailedConnection {
  const CallGroup* call = nullptr;
  const ConnectionAttempt* attempt = nullptr;
};

std::vector<FailedConnection> find_failed_connections(const Phone& phone);
/// In the order of the calls.
inline const std::vector<FailedConnection>& failed_connections(const Phone& phone) {
  return phone.derived<find_failed_connections>();
}

/// The device's last connection attempt at `server` before `at` failed, and the server has said
/// nothing since.
bool is_cut_off(const Phone& phone, ServerRole server, CaptureTime at);

Evidence evidence_of(const ConnectionAttempt& attempt);
Evidence evidence_of(const Phone& phone, const FailedConnection& failed);  ///< its attempt

}  // namespace sipharness::observed
