#include "harness/verdict/fleet.hpp"

#include <algorithm>

#include "harness/base/percentile.hpp"

namespace sipharness::verdict {

Distribution distribution_of(std::vector<Duration> durations) {
  if (durations.empty()) return {};
  std::ranges::sort(durations);
  return {durations.size(), durations.front(), percentile(durations, 50), percentile(durations, 95),
          durations.back()};
}

}  // namespace sipharness::verdict
