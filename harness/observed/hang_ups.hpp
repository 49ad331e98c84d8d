#pragma once
// Calls that their user gave up: what still had to be cancelled, what was answered all the same,
// and what rang after it. @source RFC 3261 §9.1, §13.2.2.4, §15

#include "harness/observed/call.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

/// Hung up before the leg had drawn anything, and its first answer is a provisional one that leaves
/// time to cancel it.
bool had_to_wait_with_cancel(const Phone& phone, const CallGroup& call, const Leg& leg);

/// The user hung up when the leg had its final response, and that had time to arrive.
bool was_hung_up_after_final(const Phone& phone, const Transaction& invite);

/// The first INVITE that the call sent anywhere later than `at`.
const Transaction* invite_after(const Phone& phone, const CallGroup& call, CaptureTime at);

/// Answered when its user had given it up, in time for its transaction.
bool crossed_the_hang_up(const Phone& phone, const CallGroup& call, const Leg& leg);

/// A leg was answered before the user hung up: what ended then was a conversation.
bool was_answered_before(const Phone& phone, const CallGroup& call, CaptureTime at);

}  // namespace sipharness::observed
