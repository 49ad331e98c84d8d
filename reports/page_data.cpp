#include "reports/page_data.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "reports/fleet.hpp"
#include "reports/ladder.hpp"
#include "reports/page.hpp"
#include "reports/spans.hpp"
#include "reports/summary.hpp"
#include "reports/text.hpp"

namespace reports {
namespace {

using nlohmann::ordered_json;
using namespace sipharness;
using verdict::Finding;
using verdict::Instance;
using verdict::Verdict;

/// policy: occurrences drawn of one finding; all are counted.
constexpr std::size_t most_occurrences = 60;

bool is_shown_in_full(Verdict verdict) {
  return verdict::is_violation(verdict) || verdict == Verdict::inconclusive;
}

ordered_json drawn_window(const verdict::Window& window) {
  ordered_json out = ordered_json::object();
  if (window.min) out["min"] = to_seconds(*window.min);
  if (window.max) out["max"] = to_seconds(*window.max);
  return out;
}

ordered_json drawn_instance(const Instance& instance) {
  ordered_json out = {{"verdict", to_string(instance.verdict)}, {"message", instance.message}};
  if (const auto& told = instance.measured) {
    out["window"] = drawn_window(told->window);
    out["measured"] = to_seconds(told->interval);
    if (told->margin) out["margin"] = to_seconds(*told->margin);
  }
  if (instance.reason && *instance.reason != instance.message) out["reason"] = *instance.reason;
  if (instance.blame) out["blame"] = to_string(*instance.blame);
  if (is_shown_in_full(instance.verdict)) out["frames"] = instance.frames;
  return out;
}

/// Of what passed only what has a time, for the charts.
bool is_drawn(const Instance& instance) {
  return is_shown_in_full(instance.verdict) || instance.measured != nullptr;
}

ordered_json drawn_finding(const Finding& finding) {
  ordered_json occurrences = ordered_json::array({drawn_instance(finding.worst())});
  for (std::size_t i = 1; i < std::min(finding.instances.size(), most_occurrences); ++i)
    if (is_drawn(finding.instances[i])) occurrences.push_back(drawn_instance(finding.instances[i]));
  ordered_json out = {{"row", finding.requirement->id},
                      {"device", finding.device},
                      {"verdict", to_string(finding.verdict())},
                      {"count", finding.instances.total()},
                      {"occurrences", std::move(occurrences)}};
  if (!finding.follows_from.empty()) out["follows_from"] = finding.follows_from;
  return out;
}

/// What was not exercised is the same for most of many devices: it stands there once.
ordered_json drawn_findings(const verdict::Result& result) {
  ordered_json out = ordered_json::array();
  std::map<std::tuple<std::string_view, Verdict, std::string_view>, std::size_t> known;
  for (const Finding& finding : result.findings) {
    if (!is_shown_in_full(finding.verdict())) {
      const auto [place, is_new] = known.try_emplace(
          {finding.requirement->id, finding.verdict(), finding.worst().message}, out.size());
      if (!is_new) {
        ordered_json& first = out[place->second];
        first["devices"] = first.value("devices", 1) + 1;
        continue;
      }
    }
    out.push_back(drawn_finding(finding));
  }
  return out;
}

/// The sentence of each row, and of those that are shown in full how a capture shows it.
ordered_json drawn_rows(const verdict::Result& result) {
  ordered_json rows = ordered_json::object();
  for (const Finding& finding : result.findings) {
    const verdict::Requirement& requirement = *finding.requirement;
    ordered_json& row = rows[std::string(requirement.id)];
    row["sentence"] = requirement.sentence;
    row["clause"] = requirement.clause;
    if (!is_shown_in_full(finding.verdict())) continue;
    row["observed"] = requirement.observed;
    row["tolerance"] = requirement.tolerance;
  }
  return rows;
}

using Names = std::set<std::string>;

ordered_json drawn_devices(const verdict::Result& result, const Names& told) {
  ordered_json out = ordered_json::array();
  for (const verdict::DeviceInfo& device : result.devices)
    if (told.contains(device.name))
      out.push_back(
          {{"name", device.name}, {"user_agent", device.user_agent}, {"account", device.account}});
  return out;
}

ordered_json drawn_roles(const verdict::Result& result, const Names& told) {
  ordered_json out = ordered_json::array();
  for (const verdict::RoleInfo& role : result.roles)
    if (!result.fleet || role.device.empty() || told.contains(role.device))
      out.push_back({{"role", role.role},
                     {"endpoint", role.endpoint},
                     {"account", role.account},
                     {"user_agent", role.user_agent},
                     {"known_from", role.known_from},
                     {"why", role.why}});
  return out;
}

/// What a fleet came to: how many devices have which verdict of each requirement, and the load.
ordered_json drawn_fleet(const verdict::Fleet& fleet) {
  ordered_json rows = ordered_json::object();
  for (const verdict::FleetRow& row : fleet.rows) {
    ordered_json& devices = rows[std::string(row.requirement->id)];
    for (std::size_t i = 0; i < row.devices.size(); ++i)
      if (row.devices[i] > 0)
        devices[std::string(to_string(static_cast<Verdict>(i)))] = row.devices[i];
  }
  ordered_json storms = ordered_json::array();
  for (const verdict::Storm& storm : fleet.storms) {
    ordered_json outage = nullptr;
    if (storm.down_at && storm.up_at)
      outage = {to_seconds(*storm.down_at), to_seconds(*storm.up_at)};
    storms.push_back(
        {{"server", storm.server}, {"registers", storm.registers}, {"outage", std::move(outage)}});
  }
  return {{"devices", fleet.devices},
          {"lines", describe_fleet(fleet)},
          {"rows", std::move(rows)},
          {"storms", std::move(storms)}};
}

ordered_json drawn_capture(const HtmlReport& report) {
  const verdict::CaptureInfo& capture = report.result.capture;
  const story::Overview& overview = report.story.overview;
  ordered_json left_out = ordered_json::array();
  for (const auto& some : report.result.messages.left_out)
    left_out.push_back({{"count", some.count}, {"why", some.why}});
  return {{"file", capture.file},
          {"frames", capture.frames},
          {"messages", capture.sip_messages},
          {"health", capture.health},
          {"vantage", capture.vantage},
          {"source", capture.source},
          {"faults", capture.faults},
          {"remarks", capture.remarks},
          {"guesses", overview.guesses},
          {"left_out", std::move(left_out)},
          {"zero", date_and_time(overview.zero)},
          {"span", to_seconds(overview.last - overview.first)}};
}

}  // namespace

ordered_json page_data(const HtmlReport& report) {
  const verdict::Result& result = report.result;
  ordered_json counts = ordered_json::object();
  for (std::size_t i = 0; i < verdict::counts(result).size(); ++i)
    counts[std::string(to_string(static_cast<Verdict>(i)))] = verdict::counts(result)[i];
  const Finding* told = chief(result);
  const Names told_of = verdict::devices_told(result);
  LadderLimits limits = report.is_so_far ? ladder_so_far() : LadderLimits();
  if (result.fleet) limits.devices = told_of;
  ordered_json phones = ordered_json::array();
  for (const story::Phone& phone : report.story.phones)
    phones.push_back(phone_spans(report.story.overview, phone));
  return {{"format", "sipharness-page/1"},
          {"verdict", to_string(verdict::overall(result))},
          {"name", name_of(result)},
          {"title", result.title},
          {"why", report.scenario == nullptr ? std::string() : report.scenario->why},
          {"summary", summary(result)},
          {"chief", told == nullptr
                        ? ordered_json(nullptr)
                        : ordered_json({{"row", told->requirement->id}, {"device", told->device}})},
          {"clock", result.clock},
          {"seed", result.seed},
          {"stopped", result.stopped},
          {"notes", result.notes},
          {"nothing_judged", result.nothing_judged},
          {"counts", std::move(counts)},
          {"devices", drawn_devices(result, told_of)},
          {"roles", drawn_roles(result, told_of)},
          {"fleet", result.fleet ? drawn_fleet(*result.fleet) : ordered_json(nullptr)},
          {"capture", drawn_capture(report)},
          {"findings", drawn_findings(result)},
          {"rows", drawn_rows(result)},
          {"phones", std::move(phones)},
          {"faults", fault_spans(report.trace, report.story)},
          {"so_far", report.is_so_far},
          {"ladder", ladder_json(ladder_of(report.trace, limits), limits.text)}};
}

}  // namespace reports
