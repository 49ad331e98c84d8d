#pragma once
// Ranks among durations.

#include <algorithm>
#include <cstddef>
#include <span>

#include "harness/base/time.hpp"

namespace sipharness {

/// The value that so many percent of `ascending` do not exceed (nearest rank); 0: the smallest.
/// There is at least one.
inline Duration percentile(std::span<const Duration> ascending, std::size_t percent) {
  const std::size_t rank = (ascending.size() * percent + 99) / 100;
  return ascending[std::max<std::size_t>(rank, 1) - 1];
}

}  // namespace sipharness
