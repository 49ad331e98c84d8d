#pragma once
// Every number that no RFC and no guide gives: what it is and which rows use it.

#include "harness/base/time.hpp"

namespace sipharness::policy {

/// An action must show on the wire within this (GRP-AUTH-01; catalogue §0.2, rule i).
inline constexpr Duration action_grace = 10s;
/// A shorter span says nothing of bindings that stay (GRP-REG-02).
inline constexpr Duration least_span = 1s;
/// How soon after the user's command an INVITE must leave (GRP-CALL-04, GRP-CALL-09).
inline constexpr Duration prompt_start = 2s;
/// How long after the second 200 both bindings must be alive (GRP-REG-02).
inline constexpr Duration settling_time = 5s;
/// How soon after each other two reachable servers must see their first REGISTER (AMB-1;
/// GRP-REG-01, GRP-REG-03, AUTH-10).
inline constexpr Duration side_by_side = 10s;
/// The journal may stamp a dial so much after the SYN or INVITE that it caused (ALG-CALL).
inline constexpr Duration stamp_slack = 50ms;
/// How soon a call must be heard (GRP-CALL-06, GRP-CALL-07).
inline constexpr Duration time_to_ring = 4s;
/// How soon after the second registration both servers must be subscribed (GRP-SUB-01).
inline constexpr Duration time_to_subscribe = 30s;

}  // namespace sipharness::policy
