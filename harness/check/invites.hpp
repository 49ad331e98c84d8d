#pragma once
// The INVITE transactions of the device: which call each belongs to, what was still to be expected
// of it at an instant, and what a request that borrows its branch must repeat of it.
// @source RFC 3261 §9.1, §17.1.1.2, §17.1.1.3; RFC 6026 §7.2

#include <optional>
#include <string>
#include <vector>

#include "harness/check/judge.hpp"

namespace sipharness::check {

/// policy: what the device does within so long of a message may have crossed it (one round trip).
inline constexpr Duration round_trip_slack = 50ms;
/// policy: what had to follow at once and has not followed by then is missing.
inline constexpr Duration time_to_react = 2s;

/// The device's, in dialogs too, by time.
std::vector<const trace::Transaction*> device_invites(const Context& context);

/// The transaction was there to take a response at `at`: it had drawn a provisional one, or Timer B
/// had not fired, and the call had not gone on elsewhere before.
bool awaits_answer(const Context& context, const trace::Transaction& invite, CaptureTime at);

/// The responses with the status and the To tag of `first`, those that stand apart by more than a
/// round trip, in [at(first), until].
std::vector<std::size_t> copies_of(const Context& context, const trace::Transaction& invite,
                                   std::size_t first, CaptureTime until);

/// `violated`, if the capture shows what the device received; elsewhere the message that it should
/// have heeded, or its reaction, may have been lost on the way.
void violated_unless_lost(const Context& context, Judge& judge, const Evidence& evidence,
                          const std::string& message);

/// Judges that nothing of `invite` was sent again after `response`, a provisional one. Nothing, if
/// no further transmission was due while it stood.
void judge_rest(const Context& context, Judge& judge, const trace::Transaction& invite,
                std::size_t response);

/// What CANCEL and the ACK to a non-2xx must repeat of their INVITE and do not; `to` is the message
/// whose To header the request must carry.
std::optional<std::string> departs_from(const trace::Message& invite, const trace::Message& request,
                                        const trace::Message& to);

}  // namespace sipharness::check
