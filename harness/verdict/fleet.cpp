#include "harness/verdict/fleet.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "harness/base/percentile.hpp"

namespace sipharness::verdict {
namespace {

/// Findings of the same margin in the order in which they are.
using Weighed = std::pair<Duration, const Finding*>;

Weighed weighed(const Finding& finding) {
  return {finding.worst().margin().value_or(Duration::max()), &finding};
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
  std::array<std::vector<Weighed>, 6> by_verdict;
  for (auto first = all.begin(); first != all.end();) {
    const auto end = std::ranges::find_if(first, all.end(), [&](const Finding& finding) {
      return finding.requirement != first->requirement;
    });
    for (std::vector<Weighed>& alike : by_verdict) alike.clear();
    for (auto one = first; one != end; ++one)
      by_verdict.at(static_cast<std::size_t>(one->verdict())).push_back(weighed(*one));
    std::vector<const Finding*> told;
    for (std::vector<Weighed>& alike : by_verdict) {
      const auto worst = std::span(alike).first(std::min(alike.size(), kept));
      std::ranges::partial_sort(alike, alike.begin() + std::ssize(worst));
      std::ranges::transform(worst, std::back_inserter(told), &Weighed::second);
    }
    std::ranges::sort(told);
    for (const Finding* one : told) findings.push_back(*one);
    first = end;
  }
}

}  // namespace sipharness::verdict
