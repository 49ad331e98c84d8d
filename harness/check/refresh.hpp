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

/// When the guide wants the refresh at the latest, counted from the 200: E − R, or E when R is not
/// used or larger than E.
Duration latest_refresh(const Context& context, Duration granted);

/// GRP-REG-05 for one refresh.
void judge_refresh_period(const Context& context, Judge& judge, const Refresh& refresh);

}  // namespace sipharness::check
