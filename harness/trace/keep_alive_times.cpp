#include "harness/trace/keep_alive_times.hpp"

#include <algorithm>
#include <ranges>

namespace sipharness::trace {

void KeepAliveTimes::add(const Endpoint& source, CaptureTime at) {
  constexpr Duration kept_as_one = 10s;
  std::vector<Some>& known = by_source_[source];
  const bool is_near =
      !known.empty() && at >= known.back().last && at - known.back().first < kept_as_one;
  if (is_near)
    known.back().last = at;
  else
    known.push_back({at, at});
}

std::optional<CaptureTime> KeepAliveTimes::last_before(const Endpoint& source,
                                                       CaptureTime at) const {
  const auto found = by_source_.find(source);
  if (found == by_source_.end()) return std::nullopt;
  for (const Some& some : found->second | std::views::reverse)
    if (some.first < at) return some.last < at ? some.last : some.first;
  return std::nullopt;
}

}  // namespace sipharness::trace
