#include "reports/live_page.hpp"

#include <nlohmann/json.hpp>

#include "reports/html_assets.hpp"
#include "reports/self_contained.hpp"
#include "reports/text.hpp"

namespace reports {
namespace {

using nlohmann::ordered_json;

double in_seconds(sipharness::Duration time) {
  return std::chrono::duration<double>(time).count();
}

std::string one_line(const ordered_json& document) {
  return printable_json(document.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
}

}  // namespace

std::string live_page(std::string_view key) {
  return self_contained(assets::live_sections, assets::live_script, {{"key", key}},
                        " connect-src 'self';");
}

std::string live_state(const LiveState& state) {
  ordered_json document;
  document["phase"] = state.phase;
  document["run"] = printable(state.run);
  document["now"] = in_seconds(state.now);
  document["duration"] = in_seconds(state.duration);
  document["awaiting"] = printable(state.awaiting);
  document["report"] = state.report;
  for (const std::string& line : state.log) document["log"].push_back(printable(line));
  if (state.prompt != 0)
    document["prompt"] = {
        {"id", state.prompt}, {"task", printable(state.task)}, {"left", in_seconds(state.left)}};
  return one_line(document);
}

std::string past_runs(const std::vector<PastRun>& runs) {
  ordered_json document = ordered_json::array();
  for (const PastRun& run : runs)
    document.push_back(
        {{"name", run.name}, {"text", printable(run.name)}, {"report", run.has_report}});
  return one_line(document);
}

}  // namespace reports
