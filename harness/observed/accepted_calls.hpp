#pragma once
// INVITEs of servers that a phone accepted: the copies of its 2xx and what ended them, and copies
// of an INVITE or a 2xx that came when the call was up.
// @source RFC 3261 §13.3.1.4; RFC 6026 §7.1, §7.2, §8.7

#include <optional>
#include <vector>

#include "harness/observed/dialogs.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

/// An INVITE of a server that the device accepted, and what became of its 200.
struct Accepted {
  const Transaction* invite = nullptr;
  std::vector<std::size_t> copies;
  std::optional<std::size_t> ack;
  std::optional<std::size_t> bye;        ///< of the device
  std::optional<std::size_t> other_bye;  ///< of the server
  CaptureTime answered;
  CaptureTime timeout;  ///< 64·T1 later
};

std::vector<Accepted> find_accepted(const Phone& phone);
/// By time. A copy of the INVITE may draw the 2xx too (RFC 3261 §17.2.1 left that to the UAS core):
/// those that were sent again after it are left out.
inline const std::vector<Accepted>& accepted_calls(const Phone& phone) {
  return phone.derived<find_accepted>();
}

/// Every copy of the 2xx.
Evidence evidence_of(const Phone& phone, const Accepted& accepted);

/// When the device had no reason left to repeat its 200.
CaptureTime repeats_may_end(const Phone& phone, const Accepted& accepted);

/// The device had to take the last copy of the INVITE for one: after Timer L it may be a new one.
bool is_absorbed(const Phone& phone, const Transaction& invite);

/// The 200 of a server to the device's INVITE, come again while the call was up.
std::optional<std::size_t> repeated_success(const Phone& phone, const Dialog& dialog);

/// The BYE that follows so soon follows from the repeated 200. Without a journal nobody knows that
/// the user did not hang up just then.
bool ends_by_itself(const Phone& phone, const Dialog& dialog, CaptureTime again);

}  // namespace sipharness::observed
