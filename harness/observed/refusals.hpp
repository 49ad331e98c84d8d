#pragma once
// INVITEs that were refused: the device's by a server, and those of servers by the device.
// @source RFC 3261 §17.1.1.3, §17.2.1 (Timers G, H, I)

#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

/// An INVITE of the device whose first final response was no 2xx and came while its transaction was
/// there to take it.
struct RefusedInvite {
  const Transaction* invite = nullptr;
  std::size_t response = 0;
  /// What the device sent within Timer D to acknowledge it: on the branch of the INVITE, or at
  /// least with its Call-ID and CSeq number and the To tag of the response, or to the same server.
  std::vector<std::size_t> acks{};
};

std::vector<RefusedInvite> find_refused_invites(const Phone& phone);
/// By time of the INVITEs.
inline const std::vector<RefusedInvite>& refused_invites(const Phone& phone) {
  return phone.derived<find_refused_invites>();
}

/// The first transmission and the response.
Evidence evidence_of(const Phone& phone, const RefusedInvite& refused);

std::vector<const Transaction*> find_invites_refused_by_device(const Phone& phone);
/// INVITEs of servers that the device refused over UDP and that were not sent again afterwards:
/// only its timers make it repeat the response.
inline const std::vector<const Transaction*>& invites_refused_by_device(const Phone& phone) {
  return phone.derived<find_invites_refused_by_device>();
}

/// A status code that nobody registered.
bool is_unknown_code(const Phone& phone, std::size_t response);

/// The device acknowledged a refusal with a code that is registered.
bool acknowledges_known_codes(const Phone& phone);

}  // namespace sipharness::observed
