#pragma once
// The INVITE transactions of the device: which call each belongs to, what was still to be expected
// of it at an instant, and what a request that borrows its branch must repeat of it.
// @source RFC 3261 §9.1, §17.1.1.2, §17.1.1.3; RFC 6026 §7.2

#include <optional>
#include <string>
#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

using policy::round_trip_slack;
using policy::time_to_react;

std::vector<const Transaction*> find_device_invites(const Phone& phone);
/// The device's, in dialogs too, by time.
inline const std::vector<const Transaction*>& device_invites(const Phone& phone) {
  return phone.derived<find_device_invites>();
}

/// The transaction was there to take a response at `at`: it had drawn a provisional one, or Timer B
/// had not fired, and the call had not gone on elsewhere before.
bool awaits_answer(const Phone& phone, const Transaction& invite, CaptureTime at);

/// The responses with the status and the To tag of `first`, those that stand apart by more than a
/// round trip, in [at(first), until].
std::vector<std::size_t> copies_of(const Phone& phone, const Transaction& invite, std::size_t first,
                                   CaptureTime until);

/// What CANCEL and the ACK to a non-2xx must repeat of their INVITE and do not; `to` is the message
/// whose To header the request must carry.
std::optional<std::string> departs_from(const Message& invite, const Message& request,
                                        const Message& to);

}  // namespace sipharness::observed
