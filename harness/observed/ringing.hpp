#pragma once
// How long a phone rings for a call, and what it says meanwhile. @source RFC 3261 §13.3.1.1

#include <vector>

#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/message.hpp"

namespace sipharness::observed {

/// It is acknowledged by itself and need not come again every minute. @source RFC 3262 §3
bool is_reliable(const sip::MessageView& response);

/// The provisional responses of the phone to a call but 100, before its final one.
std::vector<std::size_t> ringings(const Phone& phone, const Transaction& invite);

/// When the caller gave up, or the device answered or was switched off; else the capture's end.
CaptureTime ringing_ends(const Phone& phone, const Transaction& invite);

}  // namespace sipharness::observed
