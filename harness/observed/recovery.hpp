#pragma once
// Registrations after a server was lost: the attempts and connections that failed in a row, the
// bindings that a server forgot, and the first attempt after something happened.
// @source RFC 3261 §10.2.4, §10.2.7; RFC 5626 §4.5

#include <vector>

#include "harness/observed/connections.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"

namespace sipharness::observed {

/// The attempt by which the device was back at a server: begun, or at least answered, after `at`.
/// Null if there is none.
const RegisterAttempt* attempt_after(const Phone& phone, ServerRole server, CaptureTime at);

/// The last attempt that was granted an expiry before `at`; null if there is none.
const RegisterAttempt* last_granted(const Phone& phone, ServerRole server, CaptureTime at);

/// A binding that a server forgot while it was alive.
struct ForgottenBinding {
  ServerRole server = ServerRole::none;
  CaptureTime at;
  CaptureTime lapse;                      ///< of what the device believed to hold
  const RegisterAttempt* next = nullptr;  ///< attempt_after(at)
};

std::vector<ForgottenBinding> find_forgotten_bindings(const Phone& phone);
inline const std::vector<ForgottenBinding>& forgotten_bindings(const Phone& phone) {
  return phone.derived<find_forgotten_bindings>();
}

/// Its next attempt.
Evidence evidence_of(const Phone& phone, const ForgottenBinding& forgotten);

/// Failed attempts at one server in a row, policy::enough_attempts or more: what passed from each
/// failure to the next attempt, which may be the one that succeeds.
struct FailureRun {
  ServerRole server = ServerRole::none;
  std::vector<const RegisterAttempt*> failed{};
  std::vector<Duration> waits{};
  Duration least{};
  const RegisterAttempt* shortest = nullptr;  ///< the attempt after the first of the least waits
};

std::vector<FailureRun> find_failure_runs(const Phone& phone);
/// At the primary, then at the secondary.
inline const std::vector<FailureRun>& failure_runs(const Phone& phone) {
  return phone.derived<find_failure_runs>();
}

/// The attempt after the shortest wait.
Evidence evidence_of(const Phone& phone, const FailureRun& run);

/// The last connections to a server that were refused in a row and that no call asked for:
/// registrations that never left. In the order of their SYNs.
std::vector<const ConnectionAttempt*> refused_registrations(const Phone& phone, ServerRole server);

/// How close together attempts were.
struct AttemptPace {
  Duration least{};      ///< from the end of one to the next
  std::size_t most = 0;  ///< in any minute
};
/// Of connections that were refused.
AttemptPace pace_of(const std::vector<const ConnectionAttempt*>& refused);

/// The waits of a run: their mean and standard deviation in seconds, and whether they grow.
struct WaitStatistics {
  double mean = 0;
  double deviation = 0;
  bool grows = false;
};
WaitStatistics statistics_of(const std::vector<Duration>& waits);

}  // namespace sipharness::observed
