#pragma once
// Transaction timer values as data. @source RFC 3261 §17, Table 4; RFC 6026 §8 (L, M)

#include "harness/base/time.hpp"

namespace sipharness::sip {

struct Timers {
  Duration t1 = 500ms;
  Duration t2 = 4s;
  Duration t4 = 5s;

  /// Timers B, F, H, L, M, N and the life of an unacknowledged 2xx.
  Duration sixty_four_t1() const { return 64 * t1; }
  /// Timer D over UDP (at least 32 s); zero over streams.
  Duration d() const { return sixty_four_t1() > 32s ? sixty_four_t1() : Duration(32s); }
  bool operator==(const Timers&) const = default;
};

}  // namespace sipharness::sip
