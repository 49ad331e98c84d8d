#include "reports/index_page.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/counted.hpp"
#include "harness/campaign/repeats.hpp"
#include "reports/html_assets.hpp"
#include "reports/page.hpp"
#include "reports/repeats_words.hpp"
#include "reports/self_contained.hpp"
#include "reports/summary.hpp"
#include "reports/text.hpp"

namespace reports {
namespace {

using nlohmann::ordered_json;
using namespace sipharness::verdict;
using sipharness::campaign::Flaky;
using sipharness::campaign::Repeats;
using sipharness::campaign::Spread;

std::string listed_device(const Result& result) {
  if (result.devices.empty()) return {};
  if (result.devices.size() > 1) return sipharness::counted(result.devices.size(), "device");
  const DeviceInfo& device = result.devices.front();
  return device.user_agent.empty() ? device.name : device.user_agent;
}

/// With the seed where that is what tells one run from another.
std::string listed_name(const Result& result, bool is_repeated) {
  const std::string name = name_of(result);
  return is_repeated ? fmt::format("{}, seed {}", name, result.seed) : name;
}

ordered_json listed_runs(const Batch& batch, const std::vector<std::string>& pages) {
  std::map<std::string, std::size_t> of_name;
  for (const Result& result : batch.results) ++of_name[full_name(result)];
  const bool any_exercised = !std::ranges::all_of(batch.results, is_not_exercised);
  ordered_json runs = ordered_json::array();
  for (std::size_t index = 0; index < batch.results.size(); ++index) {
    const Result& result = batch.results[index];
    const bool is_aside = any_exercised && is_not_exercised(result);
    runs.push_back({{"verdict", is_aside ? "not_exercised" : to_string(overall(result))},
                    {"name", listed_name(result, of_name[full_name(result)] > 1)},
                    {"title", result.title},
                    {"device", listed_device(result)},
                    {"what", summary(result)},
                    {"counts", count_line(result)},
                    {"page", pages[index]}});
  }
  for (const NotRun& one : batch.not_run)
    runs.push_back(
        {{"verdict", "did_not_run"}, {"name", one.scenario}, {"device", ""}, {"what", one.why}});
  return runs;
}

/// What is the same for all of them, and when they began.
ordered_json listed_facts(const Batch& batch) {
  ordered_json facts = ordered_json::array();
  if (batch.results.empty()) return facts;
  const Result& first = batch.results.front();
  if (!first.harness.empty()) facts.push_back("sipharness " + first.harness);
  const bool is_one_clock = std::ranges::all_of(
      batch.results, [&](const Result& result) { return result.clock == first.clock; });
  if (is_one_clock && !first.clock.empty()) facts.push_back(first.clock + " clock");
  if (first.started && first.clock != "virtual")
    facts.push_back("from " + date_and_time(*first.started) + " UTC");
  return facts;
}

/// policy: windows drawn of one scenario, and values of one window; all are counted.
constexpr std::size_t most_windows = 60;
constexpr std::size_t most_values = 200;

ordered_json drawn_values(const std::vector<sipharness::Duration>& ascending) {
  ordered_json values = ordered_json::array();
  const std::size_t count = std::min(ascending.size(), most_values);
  for (std::size_t index = 0; index < count; ++index)
    values.push_back(sipharness::to_seconds(
        ascending[count == 1 ? 0 : index * (ascending.size() - 1) / (count - 1)]));
  return values;
}

ordered_json drawn_spread(const Spread& spread) {
  ordered_json window = ordered_json::object();
  if (spread.window.min) window["min"] = sipharness::to_seconds(*spread.window.min);
  if (spread.window.max) window["max"] = sipharness::to_seconds(*spread.window.max);
  ordered_json figures = ordered_json::array();
  for (const std::size_t percent : {0U, 50U, 95U, 100U})
    figures.push_back(sipharness::to_seconds(spread.percentile(percent)));
  return {{"row", spread.requirement},
          {"window", std::move(window)},
          {"count", spread.measured.size()},
          {"figures", std::move(figures)},
          {"values", drawn_values(spread.measured)}};
}

ordered_json drawn_repeats(const Batch& batch) {
  ordered_json all = ordered_json::array();
  for (const Repeats& one : sipharness::campaign::repeats_of(batch)) {
    ordered_json flaky = ordered_json::array();
    for (const Flaky& row : one.flaky) flaky.push_back(told(row));
    const std::size_t drawn = std::min(one.spreads.size(), most_windows);
    ordered_json intervals = ordered_json::array();
    for (std::size_t index = 0; index < drawn; ++index)
      intervals.push_back(drawn_spread(one.spreads[index]));
    all.push_back({{"scenario", one.scenario},
                   {"runs", one.runs},
                   {"passed", one.passed},
                   {"flaky", std::move(flaky)},
                   {"intervals", std::move(intervals)},
                   {"more", one.spreads.size() - drawn}});
  }
  return all;
}

}  // namespace

std::string index_page(const Batch& batch, const std::vector<std::string>& pages) {
  return self_contained(assets::index_sections, assets::index_script,
                        {{"format", "sipharness-index/1"},
                         {"verdict", to_string(overall(batch))},
                         {"facts", listed_facts(batch)},
                         {"runs", listed_runs(batch, pages)},
                         {"repeats", drawn_repeats(batch)}});
}

}  // namespace reports
