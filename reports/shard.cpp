#include "reports/shard.hpp"

#include <nlohmann/json.hpp>

#include "reports/text.hpp"

namespace reports {

using nlohmann::ordered_json;

std::string json(const sipharness::campaign::Shard& shard) {
  ordered_json plan = ordered_json::array();
  std::vector<const sipharness::campaign::PlannedRun*> own;
  for (const auto& run : shard.plan) {
    plan.push_back({{"name", run.name}, {"request", run.request}, {"shard", run.shard}});
    if (run.shard == shard.shard.number) own.push_back(&run);
  }
  ordered_json runs = ordered_json::array();
  for (std::size_t index = 0; index < shard.runs.size(); ++index) {
    const auto& [folder, not_run] = shard.runs[index];
    ordered_json run = {{"name", own[index]->name},
                        {"folder", folder.empty() ? ordered_json(nullptr) : ordered_json(folder)}};
    run["why"] = not_run ? ordered_json(not_run->why) : ordered_json(nullptr);
    run["kind"] = not_run ? ordered_json(to_string(not_run->kind)) : ordered_json(nullptr);
    runs.push_back(std::move(run));
  }
  const ordered_json document = {{"format", "sipharness-shard/1"}, {"harness", shard.harness},
                                 {"shard", shard.shard.number},    {"of", shard.shard.of},
                                 {"strict", shard.strict},         {"only", shard.only},
                                 {"plan", std::move(plan)},        {"runs", std::move(runs)}};
  return printable_json(document.dump(2, ' ', false, ordered_json::error_handler_t::replace)) +
         "\n";
}

}  // namespace reports
