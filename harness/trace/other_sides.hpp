#pragma once
// Captures that hold a datagram twice, before and behind a NAT (an SBC, two VLANs on one SPAN
// port): the same bytes between another pair of addresses within milliseconds, or a request with
// its Via and Contact rewritten, or an INVITE to the phone and its responses. No device sends that,
// since a new try needs a new branch or number, and a server that forks gives each phone a branch.
// Of such a pair of ways one is kept, that whose addresses the messages name; the other is marked
// (Flow::is_other_side).
// @source RFC 3261 §8.1.1.7, §16.6 step 8; RFC 3263 §4.3

#include "harness/trace/message_list.hpp"

namespace sipharness::trace {

void mark_other_sides(MessageList& messages);

}  // namespace sipharness::trace
