#include "harness/verdict/fleet.hpp"

#include <algorithm>
#include <utility>

#include "harness/base/percentile.hpp"

namespace sipharness::verdict {
namespace {

Duration margin_of(const Finding* finding) {
  return finding->worst().margin.value_or(Duration::max());
}

}  // namespace

Distribution distribution_of(std::vector<Duration> durations) {
  if (durations.empty()) return {};
  std::ranges::sort(durations);
  return {durations.size(), durations.front(), percentile(durations, 50), percentile(durations, 95),
          durations.back()};
}

std::vector<FleetRow> count_rows(const std::vector<Finding>& findings) {
  std::vector<FleetRow> rows;
  for (const Finding& finding : findings) {
    if (rows.empty() || rows.back().requirement != finding.requirement)
      rows.push_back({finding.requirement});
    ++rows.back().devices.at(static_cast<std::size_t>(finding.verdict()));
  }
  return rows;
}

void keep_worst(std::vector<Finding>& findings, std::size_t kept) {
  std::vector<Finding> all = std::exchange(findings, {});
  for (auto first = all.begin(); first != all.end();) {
    const auto end = std::ranges::find_if(first, all.end(), [&](const Finding& finding) {
      return finding.requirement != first->requirement;
    });
    std::array<std::vector<const Finding*>, 6> by_verdict;
    for (auto one = first; one != end; ++one)
      by_verdict.at(static_cast<std::size_t>(one->verdict())).push_back(&*one);
    std::vector<const Finding*> told;
    for (std::vector<const Finding*>& alike : by_verdict) {
      std::ranges::stable_sort(alike, {}, margin_of);
      alike.resize(std::min(alike.size(), kept));
      told.insert(told.end(), alike.begin(), alike.end());
    }
    std::ranges::sort(told);
    for (const Finding* one : told) findings.push_back(*one);
    first = end;
  }
}

}  // namespace sipharness::verdict
