#include "harness/verdict/fleet.hpp"

#include <algorithm>
#include <utility>

#include "harness/base/percentile.hpp"

namespace sipharness::verdict {
namespace {

/// How much a finding weighs: its verdict, then how far it is outside of what was expected.
bool weighs_more(const Finding& a, const Finding& b) {
  if (a.verdict() != b.verdict()) return a.verdict() > b.verdict();
  const auto margin = [](const Finding& finding) {
    return finding.worst().margin.value_or(Duration::max());
  };
  return margin(a) < margin(b);
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
    std::vector<const Finding*> heaviest;
    for (auto one = first; one != end; ++one) heaviest.push_back(&*one);
    std::ranges::stable_sort(heaviest, [](auto* a, auto* b) { return weighs_more(*a, *b); });
    heaviest.resize(std::min(heaviest.size(), kept));
    std::ranges::sort(heaviest);
    for (const Finding* one : heaviest) findings.push_back(*one);
    first = end;
  }
}

}  // namespace sipharness::verdict
