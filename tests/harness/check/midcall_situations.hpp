#pragma once
// Calls that are up, for the cases on what happens within them.

#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {

using Offsets = std::vector<Duration>;

inline const Offsets timer_e = {500ms,   1500ms,  3500ms,  7500ms,  11500ms,
                                15500ms, 19500ms, 23500ms, 27500ms, 31500ms};

/// Booted; a call over the primary is up from 8 s on. Gives its INVITE.
MessageId call_up(Setting s, bool incoming, const Fields& answer = {});
/// A re-INVITE of the device in that call.
MessageId reinvite(Setting s, MessageId call, Duration at, const Fields& fields = {});
/// A call that is up is hung up at 40 s, and its BYE is answered.
void hung_up_in_peace(Setting s);
/// The primary dies at 30 s in a call; BYE at 40 s, again at these offsets. Gives the INVITE.
MessageId hung_up(Setting s, const Offsets& copies);
std::function<void(Setting)> into_silence(const Offsets& copies);

}  // namespace sipharness::check_tests
