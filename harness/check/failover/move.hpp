#pragma once
// The measurement that most failover rules make: how long a call took to get to the secondary.

#include "harness/check/judge.hpp"
#include "harness/observed/call.hpp"

namespace sipharness::check {

/// From `start` to the first INVITE at the secondary, at most `limit`, which has fo_grace in it.
inline Measurement move_within(const Phone& phone, CaptureTime start, const Leg& secondary,
                               Duration limit) {
  return {.start = start,
          .end = reached_at(phone, secondary),
          .window = {.max = limit},
          .tolerance = failover_grace(phone)};
}

}  // namespace sipharness::check
