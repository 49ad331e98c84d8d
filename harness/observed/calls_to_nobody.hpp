#pragma once
// Calls that no server answers: for how long the phone tried, and whether it tried a server twice.
// @source RFC 3261 §17.1.1.2; requirements AMB-13

#include <optional>

#include "harness/observed/call.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// Both servers are out.
bool are_both_out(const Phone& phone, CaptureTime at);

/// Message: the last INVITE of a call with legs.
std::size_t last_invite(const Phone& phone, const CallGroup& call);

/// From its beginning to its last INVITE.
trace::Span time_tried(const Phone& phone, const CallGroup& call);

/// The longest time for which the device tried with one Call-ID: that was one call for sure.
trace::Span longest_with_one_call_id(const Phone& phone, const CallGroup& call);

/// Message: the INVITE by which a call asked a server once more that had not answered.
std::optional<std::size_t> second_try(const Phone& phone, const CallGroup& call);

/// Without a journal: the call was tried at both servers until Timer B, and drew nothing.
bool has_found_nobody(const Phone& phone, const CallGroup& call);

}  // namespace sipharness::observed
