#pragma once
// The measurement that most failover rules make: how long a call took to get to the secondary.

#include "harness/check/judge.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/failover.hpp"

namespace sipharness::check {

/// From `start` to the first INVITE at the secondary, at most `limit`, which has fo_grace in it.
inline Measurement move_within(const Phone& phone, CaptureTime start, const Leg& secondary,
                               Duration limit) {
  return {.start = start,
          .end = reached_at(phone, secondary),
          .window = {.max = limit},
          .tolerance = failover_grace(phone)};
}

/// The INVITE at the secondary may be the user's next try, as far as is known: then nothing can be
/// said of the time between. True if so.
inline bool may_be_next_try(const Phone& phone, const FailureSignal& signal, Occurrence& it) {
  if (signal.primary == nullptr || signal.secondary == nullptr ||
      !may_be_dialled_anew(phone, *signal.primary, *signal.secondary, signal.at))
    return false;
  it.inconclusive(Blame::user,
                  "INVITE with another Call-ID at the secondary {} after {}: dialled anew? With "
                  "--journal the dials would tell",
                  format_seconds(reached_at(phone, *signal.secondary) - signal.at), signal.kind);
  return true;
}

}  // namespace sipharness::check
