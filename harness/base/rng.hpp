#pragma once
// The only source of chance: seeded, portable, the same everywhere (no std distribution, which
// differs by library). Each actor forks a stream of its own by name, so that one actor drawing more
// numbers does not change another's.

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/base/time.hpp"

namespace sipharness {

/// SplitMix64 (Steele, Lea, Flood 2014): 64 bits of state, 64 bits out.
class Rng {
 public:
  explicit Rng(std::uint64_t seed) : seed_(seed), state_(seed) {}

  /// A stream that depends on this one's seed and `name` only, not on what was drawn from it.
  Rng fork(std::string_view name) const;

  std::uint64_t next();
  /// In [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound);
  /// In [low, high); low itself when the interval is empty.
  Duration between(Duration low, Duration high);
  /// True with the given probability, 0 to 1.
  bool chance(double probability);
  /// `digits` lower-case hexadecimal digits: tags, branches, Call-IDs.
  std::string hex(int digits);

 private:
  std::uint64_t seed_;
  std::uint64_t state_;
};

/// FNV-1a, 64 bit: names datagrams in the journal, forks random streams. Not for security.
std::uint64_t fnv1a(std::string_view bytes);

}  // namespace sipharness
