// result.json, format sipharness-result/1, and what holds several of them, sipharness-results/1:
// fields may be added, never renamed. scenarios/result.schema.json describes both.

#include <algorithm>
#include <cmath>
#include <string_view>

#include <nlohmann/json.hpp>

#include "harness/base/version.hpp"
#include "harness/campaign/repeats.hpp"
#include "reports/report.hpp"
#include "reports/text.hpp"

namespace reports {
namespace {

using nlohmann::ordered_json;
using sipharness::Duration;
using namespace sipharness::verdict;
using sipharness::campaign::Flaky;
using sipharness::campaign::Repeats;
using sipharness::campaign::Spread;

/// Seconds, exact to the nanosecond as far as a double goes.
double seconds(Duration d) {
  return sipharness::to_seconds(d);
}

ordered_json text_or_null(std::string_view text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

ordered_json window_json(const Window& window) {
  ordered_json out = ordered_json::object();
  if (window.min) out["min_s"] = seconds(*window.min);
  if (window.max) out["max_s"] = seconds(*window.max);
  if (window.min_open) out["min_open"] = true;
  if (window.max_open) out["max_open"] = true;
  return out;
}

ordered_json tolerance_json(const Tolerance& tolerance) {
  return {{"value_s", seconds(tolerance.value)}, {"source", tolerance.source}};
}

template <class T, class Convert>
ordered_json or_null(const std::optional<T>& value, Convert convert) {
  return value ? ordered_json(convert(*value)) : ordered_json(nullptr);
}

void add_measured(ordered_json& out, const Measured* measured) {
  if (measured == nullptr) {
    for (const char* key : {"window", "measured_s", "margin_s", "tolerance"}) out[key] = nullptr;
    return;
  }
  out["window"] = window_json(measured->window);
  out["measured_s"] = seconds(measured->interval);
  out["margin_s"] = or_null(measured->margin, seconds);
  out["tolerance"] = or_null(measured->tolerance, tolerance_json);
}

/// The evidence of one instance, added to `out`.
void add_instance(ordered_json& out, const Instance& instance) {
  out["verdict"] = to_string(instance.verdict);
  add_measured(out, instance.measured.get());
  out["reason"] = or_null(instance.reason, [](const std::string& text) { return text; });
  out["blame"] = or_null(instance.blame, [](Blame blame) { return to_string(blame); });
  out["scope"] = {{"server", text_or_null(instance.scope.server)},
                  {"call_id", text_or_null(instance.scope.call_id)}};
  out["frames"] = instance.frames;
}

ordered_json finding_json(const Finding& finding) {
  const Requirement& requirement = *finding.requirement;
  ordered_json out = {{"requirement", requirement.id},
                      {"device", finding.device},
                      {"clause", requirement.clause},
                      {"severity", to_string(requirement.severity)}};
  add_instance(out, finding.worst());
  out["instances"] = finding.instances.total();
  out["follows_from"] = text_or_null(finding.follows_from);
  out["message"] = finding.worst().message;
  if (finding.instances.size() < 2) return out;
  ordered_json rest = ordered_json::array();
  for (std::size_t i = 1; i < finding.instances.size(); ++i) {
    ordered_json other = ordered_json::object();
    add_instance(other, finding.instances[i]);
    other["message"] = finding.instances[i].message;
    rest.push_back(std::move(other));
  }
  out["other_instances"] = std::move(rest);
  return out;
}

/// Indexed by Verdict.
ordered_json counts_json(const std::array<std::size_t, 6>& all) {
  ordered_json out = ordered_json::object();
  for (const Verdict verdict : {Verdict::pass, Verdict::warn, Verdict::fail, Verdict::inconclusive,
                                Verdict::not_applicable, Verdict::info})
    out[std::string(to_string(verdict))] = all[static_cast<std::size_t>(verdict)];
  return out;
}

ordered_json capture_json(const CaptureInfo& capture) {
  return {{"file", capture.file},
          {"frames", capture.frames},
          {"sip_messages", capture.sip_messages},
          {"health", capture.health},
          {"vantage", capture.vantage},
          {"source", capture.source},
          {"note", text_or_null(capture.note)},
          {"faults", capture.faults},
          {"remarks", capture.remarks},
          {"keep_alives", capture.keep_alives}};
}

ordered_json messages_json(const MessageCounts& messages) {
  ordered_json left_out = ordered_json::array();
  for (const MessageCounts::LeftOut& some : messages.left_out)
    left_out.push_back({{"count", some.count}, {"why", some.why}});
  return {{"seen", messages.seen}, {"judged", messages.judged}, {"left_out", std::move(left_out)}};
}

ordered_json control_run_json(const ControlRun& control) {
  return {{"ok", control.ok},
          {"reason", text_or_null(control.reason)},
          {"blame", control.ok ? ordered_json(nullptr) : ordered_json(to_string(control.blame))},
          {"started_anew", control.started_anew}};
}

ordered_json control_runs_json(const Result& result) {
  if (!result.before && !result.after) return nullptr;
  return {{"before", or_null(result.before, control_run_json)},
          {"after", or_null(result.after, control_run_json)}};
}

ordered_json lag_json(const HostLag& lag) {
  return {{"worst_s", seconds(lag.worst)}, {"at_s", seconds(lag.at)}};
}

ordered_json role_json(const RoleInfo& role) {
  return {{"role", role.role},
          {"endpoint", text_or_null(role.endpoint)},
          {"device", text_or_null(role.device)},
          {"account", text_or_null(role.account)},
          {"user_agent", text_or_null(role.user_agent)},
          {"known_from", role.known_from},
          {"why", text_or_null(role.why)}};
}

ordered_json distribution_json(const Distribution& spread) {
  if (spread.count == 0) return nullptr;
  return {{"count", spread.count},
          {"min_s", seconds(spread.min)},
          {"median_s", seconds(spread.median)},
          {"p95_s", seconds(spread.p95)},
          {"max_s", seconds(spread.max)}};
}

ordered_json storm_json(const Storm& storm) {
  return {{"server", storm.server},
          {"registers", storm.registers},
          {"down_at_s", or_null(storm.down_at, seconds)},
          {"up_at_s", or_null(storm.up_at, seconds)},
          {"waits", distribution_json(storm.waits)},
          {"back", distribution_json(storm.back)},
          {"not_back", storm.not_back},
          {"lapsed", storm.lapsed}};
}

ordered_json fleet_json(const Fleet& fleet) {
  ordered_json rows = ordered_json::array();
  for (const FleetRow& row : fleet.rows)
    rows.push_back({{"requirement", row.requirement->id}, {"devices", counts_json(row.devices)}});
  ordered_json storms = ordered_json::array();
  for (const Storm& storm : fleet.storms) storms.push_back(storm_json(storm));
  return {{"devices", fleet.devices},
          {"rows", std::move(rows)},
          {"storms", std::move(storms)},
          {"calls_to_silent_primary", fleet.calls_to_silent_primary},
          {"calls_moved", fleet.calls_moved}};
}

ordered_json result_json(const Result& result) {
  ordered_json out = {{"format", "sipharness-result/1"},
                      {"harness", result.harness},
                      {"scenario", text_or_null(result.scenario)},
                      {"variant", text_or_null(result.variant)},
                      {"title", text_or_null(result.title)},
                      {"clock", text_or_null(result.clock)},
                      {"seed", result.seed},
                      {"started", or_null(result.started, sipharness::format_utc)},
                      {"length_s", seconds(result.length)},
                      {"strict", result.strict},
                      {"interrupted", result.interrupted},
                      {"stopped", text_or_null(result.stopped)},
                      {"notes", result.notes},
                      {"bracket", control_runs_json(result)},
                      {"lag", or_null(result.lag, lag_json)},
                      {"verdict", to_string(overall(result))},
                      {"nothing_judged", text_or_null(result.nothing_judged)},
                      {"counts", counts_json(counts(result))}};
  out["devices"] = ordered_json::array();
  for (const DeviceInfo& device : result.devices)
    out["devices"].push_back({{"name", device.name},
                              {"kind", device.kind},
                              {"profile", device.profile},
                              {"user_agent", device.user_agent},
                              {"mac", text_or_null(device.mac)},
                              {"messages", device.messages},
                              {"account", text_or_null(device.account)},
                              {"addresses", device.addresses}});
  out["roles"] = ordered_json::array();
  for (const RoleInfo& role : result.roles) out["roles"].push_back(role_json(role));
  out["messages"] = messages_json(result.messages);
  out["capture"] = capture_json(result.capture);
  if (result.fleet) out["fleet"] = fleet_json(*result.fleet);
  out["findings"] = ordered_json::array();
  for (const Finding& finding : result.findings) out["findings"].push_back(finding_json(finding));
  return out;
}

ordered_json spread_json(const Spread& spread) {
  return {{"requirement", spread.requirement},
          {"window", window_json(spread.window)},
          {"count", spread.measured.size()},
          {"min_s", seconds(spread.percentile(0))},
          {"median_s", seconds(spread.percentile(50))},
          {"p95_s", seconds(spread.percentile(95))},
          {"max_s", seconds(spread.percentile(100))}};
}

ordered_json repeats_json(const Repeats& repeats) {
  ordered_json flaky = ordered_json::array();
  for (const Flaky& row : repeats.flaky)
    flaky.push_back({{"requirement", row.requirement},
                     {"device", text_or_null(row.device)},
                     {"passed", row.passed},
                     {"violated", row.violated}});
  ordered_json intervals = ordered_json::array();
  for (const Spread& spread : repeats.spreads) intervals.push_back(spread_json(spread));
  return {{"scenario", repeats.scenario}, {"runs", repeats.runs},
          {"passed", repeats.passed},     {"failed", repeats.failed},
          {"flaky", std::move(flaky)},    {"intervals", std::move(intervals)}};
}

/// A device's bytes may be no UTF-8: what is broken is replaced, never thrown over.
std::string dump(const ordered_json& document) {
  return printable_json(document.dump(2, ' ', false, ordered_json::error_handler_t::replace)) +
         "\n";
}

/// What dump() made, further from the margin and without its last line's end.
void append_indented(std::string& out, std::string_view document, std::size_t indent) {
  document.remove_suffix(1);
  for (std::size_t begin = 0; begin < document.size();) {
    const std::size_t end = std::min(document.find('\n', begin), document.size() - 1) + 1;
    if (begin > 0) out.append(indent, ' ');
    out.append(document.substr(begin, end - begin));
    begin = end;
  }
}

}  // namespace

std::string json(const Result& result) {
  return dump(result_json(result));
}

std::string json(const Batch& batch) {
  ordered_json not_run = ordered_json::array();
  for (const NotRun& one : batch.not_run)
    not_run.push_back(
        {{"scenario", one.scenario}, {"kind", to_string(one.kind)}, {"why", one.why}});
  ordered_json repeats = ordered_json::array();
  for (const Repeats& one : sipharness::campaign::repeats_of(batch))
    repeats.push_back(repeats_json(one));
  std::string out = dump({{"format", "sipharness-results/1"},
                          {"harness", sipharness::version()},
                          {"verdict", to_string(overall(batch))},
                          {"not_run", std::move(not_run)},
                          {"repeats", std::move(repeats)},
                          {"results", ordered_json::array()}});
  if (batch.results.empty()) return out;
  // Result by result: a tree of thousands takes five times the memory of their text.
  constexpr std::string_view end = "]\n}\n";
  out.resize(out.size() - end.size());
  for (const Result& result : batch.results) {
    out += "\n    ";
    append_indented(out, dump(result_json(result)), 4);
    out += ',';
  }
  out.pop_back();
  return out.append("\n  ").append(end);
}

}  // namespace reports
