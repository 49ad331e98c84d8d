#pragma once
// Questions on client transactions that the timer rows share: when they were to end, and whether
// the device had a reason of its own to leave them.
// @source RFC 3261 §17.1.1.2 (Timers A, B), §17.1.2.2 (Timers E, F)

#include <cstddef>
#include <optional>
#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

/// Bytes of a request that may still go by UDP. @source RFC 3261 §18.1.1 (path MTU unknown)
inline constexpr std::size_t largest_datagram = 1300;

std::vector<const Transaction*> find_client_transactions(const Phone& phone);
/// The device's, by time.
inline const std::vector<const Transaction*>& client_transactions(const Phone& phone) {
  return phone.derived<find_client_transactions>();
}

std::vector<const Transaction*> find_udp_invites(const Phone& phone);
/// The INVITEs among them that went over UDP.
inline const std::vector<const Transaction*>& udp_invites(const Phone& phone) {
  return phone.derived<find_udp_invites>();
}

std::vector<const Transaction*> find_udp_non_invites(const Phone& phone);
/// The other requests over UDP.
inline const std::vector<const Transaction*>& udp_non_invites(const Phone& phone) {
  return phone.derived<find_udp_non_invites>();
}

/// The client transactions with the method and the Call-ID of this one, itself among them; by time.
const std::vector<const Transaction*>& client_transactions_like(const Phone& phone,
                                                                const Transaction& transaction);

CaptureTime start_of(const Phone& phone, const Transaction& transaction);
/// Timer B or F: 64·T1 after the start.
CaptureTime timeout_of(const Phone& phone, const Transaction& transaction);

bool is_ours(const Transaction& transaction);
/// Runs over UDP, where retransmission is the transaction's work.
bool is_unreliable(const Phone& phone, const Transaction& transaction);

/// Over UDP a request drew nothing for so long, and nothing else than the device kept it from being
/// sent again: who found no retransmission of it finds the device's doing.
bool has_silent_invite(const Phone& phone, Duration silence);
bool has_silent_non_invite(const Phone& phone, Duration silence);

/// The device had a reason to stop before its timeout: ICMP, hang-up, restart, the next server.
bool was_left_early(const Phone& phone, const Transaction& transaction);

/// The request, or one before it with its Call-ID, is too large for a datagram.
bool is_large_or_follows(const Phone& phone, const Message& request);

/// The first ICMP error for an unanswered UDP transaction of the device.
std::optional<CaptureTime> icmp_error_for(const Phone& phone, const Transaction& transaction);

/// When the repetitions were over: the final response, Timer F, or the end of what was seen.
CaptureTime end_of_repetitions(const Phone& phone, const Transaction& transaction);

/// Transmissions before anything came back.
std::vector<std::size_t> unanswered_sends(const Phone& phone, const Transaction& transaction);

/// The capture goes on long enough to see that `response` did not come before the timeout.
bool went_without(const Phone& phone, const Transaction& transaction,
                  std::optional<std::size_t> response);

/// It is a call that its user may have hung up: only a journal tells, unless the call went on at
/// the other server.
bool may_be_hung_up(const Phone& phone, const Transaction& transaction);

/// Its timer ran out and the capture shows what followed: Timer B is off once a provisional
/// response came, Timer F goes on without a final one.
bool runs_into_its_timeout(const Phone& phone, const Transaction& transaction);

}  // namespace sipharness::observed
