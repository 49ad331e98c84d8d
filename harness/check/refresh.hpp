#pragma once
// Refreshes of a registration and the window the guide gives them: granted expiry E minus
// Reregister before Expiration R. @source guide.txt, "Configuration" (Optional); RFC 3261 §10.2.4

#include <vector>

#include "harness/check/judge.hpp"

namespace sipharness::check {

/// A registration that was accepted and the next attempt at the same server, with no restart
/// of the device in between.
struct Refresh {
  const trace::RegisterAttempt* previous = nullptr;  ///< has ok and granted
  const trace::RegisterAttempt* next = nullptr;
  Duration granted{};  ///< E
};

std::vector<Refresh> find_refreshes(const Context& context, trace::ServerRole server);

/// A 423 of that server made the device ask for longer than it is configured to.
bool was_told_min_expires(const Context& context, const trace::RegisterAttempt& attempt);

/// policy: at most so many registration attempts at one server in a minute (FO-HERD-01).
inline constexpr std::size_t most_attempts_a_minute = 12;
/// The most attempts in any minute at `server`.
std::size_t most_in_a_minute(const Context& context, trace::ServerRole server);

/// When the guide wants the refresh at the latest, counted from the 200: E − R, or E when R is not
/// used or larger than E.
Duration latest_refresh(const Context& context, Duration granted);

/// GRP-REG-05 for one refresh.
void judge_refresh_period(const Context& context, Judge& judge, const Refresh& refresh);

}  // namespace sipharness::check
