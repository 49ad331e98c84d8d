#pragma once
// Numbers of ours, which no RFC and no guide gives. The catalogue's prose cites them as "policy:
// ...".

#include <cstddef>

#include "harness/base/time.hpp"

namespace sipharness::policy {

/// An action must show on the wire within this (GRP-AUTH-01; catalogue §0.2, rule i).
inline constexpr Duration action_grace = 10s;
/// How many failed attempts it takes to judge their spacing (FO-HERD-01, FO-HERD-02).
inline constexpr std::size_t enough_attempts = 5;
/// A transmission that is missing in so many series, always the same, was never sent.
inline constexpr std::size_t enough_for_a_habit = 3;
/// A return later than this many times the limit is no longer a question of quality (FO-BACK-02,
/// FO-BOTH-02).
inline constexpr int hopelessly_late = 2;
/// A shorter span says nothing of bindings that stay (GRP-REG-02).
inline constexpr Duration least_span = 1s;
/// An INVITE is answered within this, or its proxy gives it up. @source RFC 3261 §16.6 (timer C)
inline constexpr Duration longest_ringing = 3min;
/// The least wait between failed attempts (FO-HERD-01, REG-11, FO-EXPSHORT, AUTH-06).
inline constexpr Duration least_wait = 5s;
/// The account was refused: only a person can mend that (REG-15).
inline constexpr Duration least_wait_after_refusal = 30s;
/// At most so many registration attempts at one server in a minute (FO-HERD-01, FO-FLAP).
inline constexpr std::size_t most_attempts_a_minute = 12;
/// A wait shorter than this is none (REG-11).
inline constexpr Duration no_wait = 1s;
/// How soon after the user's command an INVITE must leave (GRP-CALL-04, GRP-CALL-09).
inline constexpr Duration prompt_start = 2s;
/// What follows a repeated 200 this soon follows from it (RFC6026-01).
inline constexpr Duration reaction_to_repeated_200 = 2s;
/// How soon a new request that follows a repeated response counts as a reaction to it (TIMER-K).
inline constexpr Duration reaction_to_repeated_response = 1s;
/// What the device does within so long of a message may have crossed it: one round trip (CANCEL-05,
/// TIMER-A-STOP, TIMER-D, TIMER-I, RFC3581-01, FO-USERCANCEL, UAS-2XX, RFC6026-01).
inline constexpr Duration round_trip_slack = 50ms;
/// How long after the second 200 both bindings must be alive (GRP-REG-02).
inline constexpr Duration settling_time = 5s;
/// An event this little before another may have crossed it in the device (CANCEL-02, CANCEL-04).
inline constexpr Duration race = 100ms;
/// 32 random bits do not fit into fewer characters than this, in any alphabet (GEN-06).
inline constexpr std::size_t shortest_tag = 4;
/// An interval is one of a series if it is off by no more than this share of it.
inline constexpr double series_tolerance = 0.05;
/// How soon after each other two reachable servers must see their first REGISTER (AMB-1;
/// GRP-REG-01, GRP-REG-03, AUTH-10).
inline constexpr Duration side_by_side = 10s;
/// The journal may stamp a dial so much after the SYN or INVITE that it caused (ALG-CALL).
inline constexpr Duration stamp_slack = 50ms;
/// A refresh that is answered this close to the lapse is remarked (REG-09).
inline constexpr Duration thin_margin = 1s;
/// How soon a device acts on what it has learned, such as with BYE after a lost dialog (DLG-01,
/// DLG-02, RFC4028-04, FO-MID-01, FO-MID-03).
inline constexpr Duration time_to_act = 2s;
/// How soon a challenge is answered (AUTH-01, AUTH-05).
inline constexpr Duration time_to_answer_challenge = 2s;
/// How soon the other server must be called after a refresh timed out (FO-DET-REG).
inline constexpr Duration time_to_avoid_lost_server = 2s;
/// An INVITE this soon after a REGISTER at its server is why that was sent (GRP-REG-05).
inline constexpr Duration time_to_call_after_register = 2s;
/// How soon a CANCEL that became possible or necessary is sent (FO-NOPAR, FO-LATE-1XX, CANCEL-02).
inline constexpr Duration time_to_cancel = 500ms;
/// How soon a dialog that nobody wants must be ended (FO-LATE-200).
inline constexpr Duration time_to_clean_up = 2s;
/// What the device does so soon after the primary's return is done because of it (FO-BACK-03).
inline constexpr Duration time_to_disturb = 5s;
/// What had to follow at once and has not followed by then is missing (CANCEL-05, CANCEL-06,
/// ACK-NON2XX).
inline constexpr Duration time_to_react = 2s;
/// How soon a repeated request is answered again (TIMER-J).
inline constexpr Duration time_to_repeat_response = 500ms;
/// An INVITE this soon after a 422 is its second try (RFC4028-03).
inline constexpr Duration time_to_retry_after_422 = 5s;
/// A REGISTER this soon after a 423 is its second try (REG-12).
inline constexpr Duration time_to_retry_after_423 = 5s;
/// How long after the 200 of the returned primary calls must use it (AMB-13; GRP-CALL-08,
/// FO-BACK-01).
inline constexpr Duration time_to_return = 2s;
/// No user hangs up sooner after the INVITE left (FO-INV503, FO-ICMP, GEN-10, RFC3263-01).
inline constexpr Duration time_to_hang_up = 2s;
/// How soon a call must be heard (GRP-CALL-06, GRP-CALL-07).
inline constexpr Duration time_to_ring = 4s;
/// How soon after the second registration both servers must be subscribed (GRP-SUB-01).
inline constexpr Duration time_to_subscribe = 30s;
/// Watched for so long, a device that does not subscribe again has shown that it will not
/// (RFC6665-04).
inline constexpr Duration time_to_subscribe_again = 30s;

}  // namespace sipharness::policy
