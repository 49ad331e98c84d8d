#pragma once
// The INVITEs of a phone that were answered with a 2xx, and the ACKs that it sent for that.
// @source RFC 3261 §13.2.2.4

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/observed/dialogs.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

struct AnsweredInvite {
  const Dialog* dialog = nullptr;
  const Transaction* invite = nullptr;
  std::size_t answer = 0;  ///< message: the first 2xx with the dialog's tags
  /// ACKs in the dialog that come after the answer and have its CSeq number, or one that no INVITE
  /// of the dialog has.
  std::vector<std::size_t> acks;
};

std::vector<AnsweredInvite> find_answered_invites(const Phone& phone);
/// By dialog, then by time. Left out are those without an ACK whose answer came when the
/// transaction was over: the device may ignore it (§18.1.2).
inline const std::vector<AnsweredInvite>& answered_invites(const Phone& phone) {
  return phone.derived<find_answered_invites>();
}

/// The first transmission of the INVITE, and the answer.
Evidence evidence_of(const Phone& phone, const AnsweredInvite& answered);

/// What is wrong with one of its ACKs: CSeq number, branch, credentials (§22.1), Request-URI, Route
/// or destination.
std::optional<Misaddressed> wrong_with_ack(const Phone& phone, const AnsweredInvite& answered,
                                           const Message& ack);

/// Until when a repeated 2xx must be acknowledged: while its transaction lives, and the call.
CaptureTime end_of_duty(const Phone& phone, const AnsweredInvite& answered);

}  // namespace sipharness::observed
