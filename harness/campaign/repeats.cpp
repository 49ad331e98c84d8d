#include "harness/campaign/repeats.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "harness/base/percentile.hpp"
#include "harness/campaign/device_rows.hpp"
#include "harness/verdict/run_name.hpp"

namespace sipharness::campaign {
namespace {

using namespace verdict;

/// All runs of one scenario.
class Gatherer {
 public:
  explicit Gatherer(std::string scenario) { repeats_.scenario = std::move(scenario); }

  void add(const Result& result) {
    ++repeats_.runs;
    const Verdict came_to = overall(result);
    repeats_.passed += came_to == Verdict::pass ? 1 : 0;
    repeats_.failed += came_to == Verdict::fail ? 1 : 0;
    for (const auto& [device, found] : device_rows(result)) {
      const Finding& finding = *found;
      auto& [passed, violated] = counts_[{finding.requirement->id, device}];
      passed += finding.verdict() == Verdict::pass ? 1 : 0;
      violated += is_violation(finding.verdict()) ? 1 : 0;
      for (const Instance& instance : finding.instances)
        if (const auto& told = instance.measured)
          spread(finding.requirement->id, told->window).push_back(told->interval);
    }
  }

  std::size_t runs() const { return repeats_.runs; }

  Repeats gathered() && {
    for (const auto& [row, count] : counts_)
      if (count.first > 0 && count.second > 0)
        repeats_.flaky.push_back({row.first, row.second, count.first, count.second});
    for (Spread& spread : repeats_.spreads) std::ranges::sort(spread.measured);
    return std::move(repeats_);
  }

 private:
  std::vector<Duration>& spread(std::string_view requirement, const Window& window) {
    const auto [at, is_new] =
        index_.try_emplace({requirement, window.min, window.max}, repeats_.spreads.size());
    if (is_new) repeats_.spreads.push_back({requirement, window, {}});
    return repeats_.spreads[at->second].measured;
  }

  Repeats repeats_;
  std::map<std::pair<std::string_view, std::string>, std::pair<std::size_t, std::size_t>> counts_;
  std::map<std::tuple<std::string_view, std::optional<Duration>, std::optional<Duration>>,
           std::size_t>
      index_;  ///< of spreads
};

}  // namespace

Duration Spread::percentile(std::size_t percent) const {
  return sipharness::percentile(measured, percent);
}

std::vector<Repeats> repeats_of(const Batch& batch) {
  std::vector<Gatherer> scenarios;
  std::map<std::string, std::size_t> index;
  for (const Result& result : batch.results) {
    const std::string name = full_name(result);
    if (name.empty()) continue;  // captures from elsewhere
    const auto [at, is_new] = index.try_emplace(name, scenarios.size());
    if (is_new) scenarios.emplace_back(name);
    scenarios[at->second].add(result);
  }
  std::vector<Repeats> all;
  for (Gatherer& scenario : scenarios)
    if (scenario.runs() > 1) all.push_back(std::move(scenario).gathered());
  return all;
}

}  // namespace sipharness::campaign
