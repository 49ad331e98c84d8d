#pragma once
// Numbers of ours, which no RFC and no guide gives. The catalogue's prose cites them as "policy:
// ...".

#include <cstddef>

#include "harness/base/time.hpp"

namespace sipharness::policy {

/// An action must show on the wire within this (DUT-ALIVE; catalogue §0.2, rule i).
inline constexpr Duration action_grace = 10s;
/// How many failed attempts it takes to judge their spacing (FO-HERD-01, FO-HERD-02).
inline constexpr std::size_t enough_attempts = 5;
/// A return later than this many times the limit is no longer a question of quality (FO-BACK-02,
/// FO-BOTH-02).
inline constexpr int hopelessly_late = 2;
/// The least wait between failed attempts (FO-HERD-01).
inline constexpr Duration least_wait = 5s;
/// The journal may stamp a dial so much after the SYN or INVITE that it caused (ALG-CALL).
inline constexpr Duration stamp_slack = 50ms;
/// How soon the other server must be called after a refresh timed out (FO-DET-REG).
inline constexpr Duration time_to_avoid_lost_server = 2s;
/// How soon a CANCEL that became possible or necessary is sent (FO-NOPAR, FO-LATE-1XX, CANCEL-02).
inline constexpr Duration time_to_cancel = 500ms;
/// How soon a dialog that nobody wants must be ended (FO-LATE-200).
inline constexpr Duration time_to_clean_up = 2s;
/// What the device does so soon after the primary's return is done because of it (FO-BACK-03).
inline constexpr Duration time_to_disturb = 5s;
/// How long after the 200 of the returned primary calls must use it (AMB-13; GRP-CALL-08,
/// FO-BACK-01).
inline constexpr Duration time_to_return = 2s;

}  // namespace sipharness::policy
