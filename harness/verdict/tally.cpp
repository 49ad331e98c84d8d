#include "harness/verdict/tally.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sipharness::verdict {

void Tally::add(std::size_t device, std::span<Finding> findings) {
  if (rows_.empty())
    for (const Finding& finding : findings) rows_.push_back({{finding.requirement}});
  for (std::size_t index = 0; index < findings.size(); ++index) {
    Finding& finding = findings[index];
    const auto verdict = static_cast<std::size_t>(finding.verdict());
    Row& row = rows_[index];
    ++row.counted.devices.at(verdict);
    keep(row.kept.at(verdict), {finding.worst().margin().value_or(Duration::max()), device},
         finding);
  }
}

void Tally::keep(std::vector<Kept>& kept, Rank rank, Finding& finding) const {
  const bool is_full = kept.size() == most_;
  if (is_full && kept.front().rank < rank) return;
  if (is_full) {
    std::ranges::pop_heap(kept, {}, &Kept::rank);
    kept.pop_back();
  }
  kept.push_back({rank, std::move(finding)});
  std::ranges::push_heap(kept, {}, &Kept::rank);
}

std::vector<FleetRow> Tally::rows() const {
  std::vector<FleetRow> rows;
  std::ranges::transform(rows_, std::back_inserter(rows), &Row::counted);
  return rows;
}

std::vector<Finding> Tally::findings() {
  std::vector<Finding> findings;
  for (Row& row : rows_) {
    std::vector<Kept> all;
    for (std::vector<Kept>& kept : row.kept) std::ranges::move(kept, std::back_inserter(all));
    std::ranges::sort(all, {}, [](const Kept& one) { return one.rank.device; });
    for (Kept& one : all) findings.push_back(std::move(one.finding));
  }
  return findings;
}

}  // namespace sipharness::verdict
