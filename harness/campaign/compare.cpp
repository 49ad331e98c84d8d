#include "harness/campaign/compare.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "harness/campaign/device_rows.hpp"
#include "harness/campaign/reason.hpp"
#include "harness/verdict/run_name.hpp"

namespace sipharness::campaign {
namespace {

using namespace verdict;

/// A requirement of one device in one scenario (device_rows.hpp).
struct RowKey {
  std::string scenario, device;
  std::string_view requirement;
  auto operator<=>(const RowKey&) const = default;
};

/// All that the runs of one side say of it.
using Row = std::vector<const Finding*>;
using Rows = std::map<RowKey, Row>;

Rows rows_of(const Batch& batch) {
  Rows rows;
  for (const Result& result : batch.results)
    for (const DeviceRow& row : device_rows(result))
      rows[{name_of(result), row.device, row.finding->requirement->id}].push_back(row.finding);
  return rows;
}

bool is_judged(Verdict verdict) {
  return verdict == Verdict::pass || is_violation(verdict) || verdict == Verdict::inconclusive;
}

Side side_of(const Row& row) {
  Side side;
  for (const Finding* finding : row) {
    if (is_judged(finding->verdict())) ++side.runs;
    if (is_violation(finding->verdict())) ++side.violated;
  }
  const auto weight = [](const Finding* finding) {
    return weight_beside_others(finding->verdict());
  };
  const auto worst = std::ranges::max_element(row, {}, weight);
  if (worst == row.end()) return side;
  side.verdict = (*worst)->verdict();
  side.message = (*worst)->worst().message;
  side.frames = (*worst)->worst().frames;
  return side;
}

/// What one row measured against one window: its retransmissions each have their own.
struct Interval {
  Window window;
  std::vector<Duration> all;
  Duration tolerance{};
};
using Intervals = std::map<std::pair<std::optional<Duration>, std::optional<Duration>>, Interval>;

Intervals intervals_of(const Row& row) {
  Intervals intervals;
  for (const Finding* finding : row) {
    for (const Instance& instance : finding->instances) {
      const auto& told = instance.measured;
      if (!told || !told->tolerance) continue;
      Interval& one = intervals[{told->window.min, told->window.max}];
      one.window = told->window;
      one.all.push_back(told->interval);
      one.tolerance = std::max(one.tolerance, told->tolerance->value);
    }
  }
  return intervals;
}

Duration median_of(std::vector<Duration> all) {
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
  std::ranges::nth_element(all, middle);
  return *middle;
}

/// The interval that moved most, as told of both sides.
bool note_move(const Row& before, const Row& after, Change& change) {
  const Intervals earlier = intervals_of(before);
  Duration most{};
  for (const auto& [ends, interval] : intervals_of(after)) {
    const auto same = earlier.find(ends);
    if (same == earlier.end()) continue;
    const Duration then = median_of(same->second.all);
    const Duration now = median_of(interval.all);
    const Duration tolerance = std::max(interval.tolerance, same->second.tolerance);
    const Duration moved = std::chrono::abs(now - then);
    if (moved <= tolerance || moved <= most) continue;
    most = moved;
    change.before.measured = then;
    change.after.measured = now;
    change.window = interval.window;
    change.tolerance = tolerance;
  }
  return most > Duration::zero();
}

std::optional<ChangeKind> kind_of(const Side& before, const Side& after) {
  const Verdict was = before.verdict;
  const Verdict is = after.verdict;
  if (is_violation(is) && (!is_violation(was) || is > was)) return ChangeKind::newly_failing;
  if (is_judged(was) && !is_judged(is)) return ChangeKind::no_longer_exercised;
  if (is_violation(was) && is == Verdict::pass) return ChangeKind::newly_passing;
  if (is_violation(was) && is_violation(is) && is < was) return ChangeKind::milder;
  if (was != is && is_judged(was) && is == Verdict::inconclusive) return ChangeKind::undecided;
  if (was == Verdict::inconclusive && is == Verdict::pass) return ChangeKind::decided;
  if (!is_judged(was) && is_judged(is)) return ChangeKind::newly_exercised;
  return std::nullopt;
}

bool has_another_reason(const Side& before, const Side& after) {
  return before.verdict == after.verdict && before.verdict != Verdict::pass &&
         is_judged(before.verdict) && reason_of(before.message) != reason_of(after.message);
}

std::set<std::string> scenarios_of(const Batch& batch) {
  std::set<std::string> names;
  for (const Result& result : batch.results) names.insert(name_of(result));
  return names;
}

std::set<std::uint64_t> seeds_of(const Batch& batch) {
  std::set<std::uint64_t> seeds;
  for (const Result& result : batch.results) seeds.insert(result.seed);
  return seeds;
}

std::set<std::string> clocks_of(const Batch& batch) {
  std::set<std::string> clocks;
  for (const Result& result : batch.results) clocks.insert(result.clock);
  return clocks;
}

std::vector<std::string> cautions_of(const Comparison& found, const Batch& before,
                                     const Batch& after) {
  std::vector<std::string> cautions;
  const auto say = [&](bool is_other, std::string_view what) {
    if (is_other) cautions.push_back(fmt::format("the two sides differ in {}", what));
  };
  say(found.before.harnesses != found.after.harnesses,
      "the version of the harness that judged: judge both with `check` of one version");
  say(found.before.profiles != found.after.profiles, "the profile, and so perhaps in tolerances");
  say(seeds_of(before) != seeds_of(after), "the seed: what is left to chance was another");
  say(clocks_of(before) != clocks_of(after), "the clock, virtual or real");
  return cautions;
}

class Comparer {
 public:
  Comparer(const Batch& before, const Batch& after)
      : earlier_(rows_of(before)), later_(rows_of(after)) {
    found_.before = firmware_of(before);
    found_.after = firmware_of(after);
    scenarios_before_ = scenarios_of(before);
    scenarios_after_ = scenarios_of(after);
    std::ranges::set_difference(scenarios_before_, scenarios_after_,
                                std::back_inserter(found_.only_before));
    std::ranges::set_difference(scenarios_after_, scenarios_before_,
                                std::back_inserter(found_.only_after));
    found_.cautions = cautions_of(found_, before, after);
  }

  Comparison compare() && {
    static const Row none;
    for (const auto& [key, row] : earlier_) {
      const auto later = later_.find(key);
      look_at(key, row, later == later_.end() ? none : later->second);
    }
    for (const auto& [key, row] : later_)
      if (!earlier_.contains(key)) look_at(key, none, row);
    std::ranges::stable_sort(found_.changes, {}, [](const Change& change) {
      return std::tie(change.kind, change.scenario, change.requirement->id, change.device);
    });
    return std::move(found_);
  }

 private:
  void look_at(const RowKey& key, const Row& before, const Row& after) {
    if (!scenarios_before_.contains(key.scenario) || !scenarios_after_.contains(key.scenario))
      return;
    Change change{.scenario = key.scenario,
                  .device = key.device,
                  .requirement = (after.empty() ? before : after).front()->requirement,
                  .before = side_of(before),
                  .after = side_of(after)};
    const bool has_moved = note_move(before, after, change);
    if (const auto kind = kind_of(change.before, change.after))
      change.kind = *kind;
    else if (has_another_reason(change.before, change.after))
      change.kind = ChangeKind::changed_reason;
    else if (has_moved)
      change.kind = ChangeKind::moved;
    else {
      if (change.after.verdict == Verdict::inconclusive)
        ++found_.still_undecided;
      else if (is_judged(change.after.verdict))
        ++found_.unchanged;
      return;
    }
    found_.changes.push_back(std::move(change));
  }

  Rows earlier_, later_;
  std::set<std::string> scenarios_before_, scenarios_after_;
  Comparison found_;
};

}  // namespace

std::string_view to_string(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::newly_failing:
      return "newly failing";
    case ChangeKind::undecided:
      return "no longer decided";
    case ChangeKind::no_longer_exercised:
      return "no longer exercised";
    case ChangeKind::moved:
      return "interval moved";
    case ChangeKind::changed_reason:
      return "changed reason";
    case ChangeKind::milder:
      return "milder";
    case ChangeKind::newly_passing:
      return "newly passing";
    case ChangeKind::decided:
      return "decided now";
    case ChangeKind::newly_exercised:
      return "newly exercised";
  }
  return {};
}

Firmware firmware_of(const Batch& batch) {
  Firmware firmware{.runs = batch.results.size()};
  const auto keep = [](std::set<std::string>& names, const std::string& name) {
    if (!name.empty()) names.insert(name);
  };
  for (const Result& result : batch.results) {
    keep(firmware.harnesses, result.harness);
    if (result.started) {
      firmware.first = std::min(firmware.first.value_or(*result.started), *result.started);
      firmware.last = std::max(firmware.last.value_or(*result.started), *result.started);
    }
    for (const DeviceInfo& device : result.devices) {
      keep(firmware.user_agents, device.user_agent);
      keep(firmware.macs, device.mac);
      keep(firmware.profiles, device.profile);
      keep(firmware.kinds, device.kind);
    }
  }
  return firmware;
}

Comparison compare(const Batch& before, const Batch& after) {
  return Comparer(before, after).compare();
}

Verdict overall(const Comparison& comparison) {
  const auto has = [&](ChangeKind kind) {
    return std::ranges::find(comparison.changes, kind, &Change::kind) != comparison.changes.end();
  };
  if (has(ChangeKind::newly_failing)) return Verdict::fail;
  const auto is_decided = [](const Change& change) { return is_settled(change.after.verdict); };
  const bool is_open =
      comparison.unchanged == 0 && std::ranges::none_of(comparison.changes, is_decided);
  if (is_open || has(ChangeKind::undecided) || has(ChangeKind::no_longer_exercised) ||
      !comparison.only_before.empty())
    return Verdict::inconclusive;
  return Verdict::pass;
}

}  // namespace sipharness::campaign
