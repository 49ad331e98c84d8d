#pragma once
// Numbers of ours, which no RFC and no guide gives. The catalogue's prose cites them as "policy:
// ...".

#include <cstddef>

#include "harness/base/time.hpp"

namespace sipharness::policy {

/// How soon a new request that follows a repeated response counts as a reaction to it (TIMER-K).
inline constexpr Duration reaction_to_repeated_response = 1s;
/// What the device does within so long of a message may have crossed it: one round trip (CANCEL-05,
/// TIMER-A-STOP, TIMER-D, TIMER-I, RFC3581-01, FO-USERCANCEL).
inline constexpr Duration round_trip_slack = 50ms;
/// 32 random bits do not fit into fewer characters than this, in any alphabet (GEN-06).
inline constexpr std::size_t shortest_tag = 4;
/// What had to follow at once and has not followed by then is missing (CANCEL-05, CANCEL-06,
/// ACK-NON2XX).
inline constexpr Duration time_to_react = 2s;
/// How soon a repeated request is answered again (TIMER-J).
inline constexpr Duration time_to_repeat_response = 500ms;

}  // namespace sipharness::policy
