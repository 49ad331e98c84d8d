#include "reports/index_page.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/counted.hpp"
#include "reports/html_assets.hpp"
#include "reports/page.hpp"
#include "reports/self_contained.hpp"
#include "reports/summary.hpp"
#include "reports/text.hpp"

namespace reports {
namespace {

using nlohmann::ordered_json;
using namespace sipharness::verdict;

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

}  // namespace

std::string index_page(const Batch& batch, const std::vector<std::string>& pages) {
  return self_contained(assets::index_sections, assets::index_script,
                        {{"format", "sipharness-index/1"},
                         {"verdict", to_string(overall(batch))},
                         {"facts", listed_facts(batch)},
                         {"runs", listed_runs(batch, pages)}});
}

}  // namespace reports
