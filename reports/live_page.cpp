#include "reports/live_page.hpp"

#include <nlohmann/json.hpp>

#include "reports/html_assets.hpp"
#include "reports/self_contained.hpp"
#include "reports/text.hpp"

namespace reports {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t most_findings = 40;

double in_seconds(sipharness::Duration time) {
  return std::chrono::duration<double>(time).count();
}

std::string one_line(const ordered_json& document) {
  return printable_json(document.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
}

std::string text_of(const ordered_json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

int count_of(const ordered_json& counts, const char* key) {
  const auto found = counts.find(key);
  return found != counts.end() && found->is_number_integer() ? found->get<int>() : 0;
}

ordered_json verdicts_json(const LiveVerdicts& verdicts) {
  ordered_json document{{"findings", ordered_json::array()}};
  if (verdicts.is_there)
    document["counts"] = {{"pass", verdicts.pass},
                          {"fail", verdicts.fail},
                          {"warn", verdicts.warn},
                          {"inconclusive", verdicts.inconclusive}};
  for (const LiveVerdicts::Finding& finding : verdicts.findings)
    document["findings"].push_back({{"requirement", printable(finding.requirement)},
                                    {"verdict", printable(finding.verdict)},
                                    {"message", printable(finding.message)}});
  return document;
}

}  // namespace

std::string live_page(std::string_view key) {
  return self_contained(assets::live_sections, assets::live_script, {{"key", key}},
                        " connect-src 'self';");
}

std::string live_state(const LiveState& state) {
  ordered_json document = verdicts_json(state.verdicts);
  document["phase"] = state.phase;
  document["run"] = printable(state.run);
  document["now"] = in_seconds(state.now);
  document["duration"] = in_seconds(state.duration);
  document["awaiting"] = printable(state.awaiting);
  for (const std::string& line : state.log) document["log"].push_back(printable(line));
  if (state.prompt != 0)
    document["prompt"] = {
        {"id", state.prompt}, {"task", printable(state.task)}, {"left", in_seconds(state.left)}};
  return one_line(document);
}

LiveVerdicts verdicts_so_far(std::string_view result) {
  const ordered_json document = ordered_json::parse(result, nullptr, false);
  LiveVerdicts verdicts;
  if (!document.is_object() || !document.contains("counts")) return verdicts;
  const ordered_json& counts = document["counts"];
  verdicts.is_there = true;
  verdicts.pass = count_of(counts, "pass");
  verdicts.fail = count_of(counts, "fail");
  verdicts.warn = count_of(counts, "warn");
  verdicts.inconclusive = count_of(counts, "inconclusive");
  if (!document.contains("findings")) return verdicts;
  for (const ordered_json& finding : document["findings"]) {
    const std::string verdict = text_of(finding, "verdict");
    if ((verdict == "fail" || verdict == "warn") && verdicts.findings.size() < most_findings)
      verdicts.findings.push_back(
          {text_of(finding, "requirement"), verdict, text_of(finding, "message")});
  }
  return verdicts;
}

std::string past_runs(const std::vector<PastRun>& runs) {
  ordered_json document = ordered_json::array();
  for (const PastRun& run : runs)
    document.push_back(
        {{"name", run.name}, {"text", printable(run.name)}, {"report", run.has_report}});
  return one_line(document);
}

}  // namespace reports
