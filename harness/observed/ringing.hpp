#pragma once
// How long a phone rings for a call, and what it says meanwhile. @source RFC 3261 §13.3.1.1

#include <cstddef>
#include <optional>
#include <vector>

#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/message.hpp"

namespace sipharness::observed {

/// It is acknowledged by itself and need not come again every minute. @source RFC 3262 §3
bool is_reliable(const sip::MessageView& response);

/// The provisional responses of the phone to a call but 100, before its final one.
std::vector<std::size_t> ringings(const Phone& phone, const Transaction& invite);

/// What a final response of the phone to a call must have come before, be that in the capture or
/// not: an ACK to it, or a BYE of the phone. Nothing of an INVITE in a dialog.
std::optional<std::size_t> sign_of_answer(const Phone& phone, const Transaction& invite);

/// When the caller gave up, or the device answered or was switched off; else the capture's end.
CaptureTime ringing_ends(const Phone& phone, const Transaction& invite);

}  // namespace sipharness::observed
