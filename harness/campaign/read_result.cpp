#include "harness/campaign/read_result.hpp"

#include <fmt/format.h>

#include "harness/check/checks.hpp"

namespace sipharness::campaign {
namespace {

using namespace verdict;

constexpr Verdict verdicts[] = {Verdict::not_applicable, Verdict::info,         Verdict::pass,
                                Verdict::warn,           Verdict::inconclusive, Verdict::fail};
constexpr Severity severities[] = {Severity::must, Severity::should, Severity::vendor,
                                   Severity::quality, Severity::info};
constexpr Blame blames[] = {Blame::device, Blame::harness, Blame::host, Blame::network,
                            Blame::user};

std::optional<Blame> blame_of(const Fields& from) {
  if (!from.text_or_none("blame")) return std::nullopt;
  return from.one_of("blame", blames);
}

Window window_of(const Fields& from) {
  Window window;
  window.min = from.seconds_or_none("min_s");
  window.max = from.seconds_or_none("max_s");
  window.min_open = from.truth_or("min_open", false);
  window.max_open = from.truth_or("max_open", false);
  return window;
}

std::shared_ptr<const Measured> measured_of(const Fields& from) {
  const auto interval = from.seconds_or_none("measured_s");
  if (!interval) return nullptr;
  Measured measured{.interval = *interval, .margin = from.seconds_or_none("margin_s")};
  if (const auto window = from.object_or_none("window")) measured.window = window_of(*window);
  if (const auto tolerance = from.object_or_none("tolerance"))
    measured.tolerance = Tolerance{tolerance->seconds("value_s"), tolerance->text("source")};
  return shared(std::move(measured));
}

std::string_view server_of(const Fields& scope) {
  const std::string name = scope.text_or_empty("server");
  if (name.empty()) return {};
  const auto known = std::ranges::find(servers_in_scope, name);
  if (known != servers_in_scope.end()) return *known;
  scope.refuse("server", "is no value of it: \"" + name + "\"");
  return {};
}

Instance instance_of(const Fields& from) {
  Instance instance;
  instance.verdict = from.one_of("verdict", verdicts);
  instance.message = from.text("message");
  instance.measured = measured_of(from);
  instance.reason = from.text_or_none("reason");
  instance.blame = blame_of(from);
  if (const auto scope = from.object_or_none("scope"))
    instance.scope = {server_of(*scope), scope->text_or_empty("call_id")};
  for (const std::uint64_t frame : from.counts("frames"))
    instance.frames.push_back(static_cast<std::uint32_t>(frame));
  return instance;
}

/// The catalogue's row, or one of the file's own where another version wrote it.
const Requirement* requirement_of(const Fields& from, ForeignRows& rows) {
  const std::string id = from.text("requirement");
  if (const Requirement* known = check::find_requirement(id)) return known;
  if (const auto known = rows.by_id.find(id); known != rows.by_id.end()) return known->second;
  const std::string_view name = rows.texts.emplace_back(id);
  const std::string_view clause = rows.texts.emplace_back(from.text("clause"));
  const Requirement& row =
      rows.rows.emplace_back(Requirement{.id = name,
                                         .clause = clause,
                                         .severity = from.one_of("severity", severities),
                                         .sentence = {},
                                         .observed = {}});
  rows.by_id.emplace(name, &row);
  return &row;
}

Finding finding_of(const Fields& from, ForeignRows& rows, Reading& reading) {
  Finding finding;
  finding.requirement = requirement_of(from, rows);
  finding.device = from.text("device");
  if (const std::string leader = from.text_or_empty("follows_from"); !leader.empty())
    finding.follows_from = rows.texts.emplace_back(leader);
  std::vector<Instance> instances{instance_of(from)};
  for (const json::Value& other : from.items("other_instances"))
    instances.push_back(instance_of(Fields(other, reading)));
  finding.instances = Instances(std::move(instances));
  finding.instances.set_total(from.count("instances"));
  return finding;
}

DeviceInfo device_of(const Fields& from) {
  return {.name = from.text("name"),
          .kind = from.text("kind"),
          .profile = from.text("profile"),
          .user_agent = from.text("user_agent"),
          .account = from.text_or_empty("account"),
          .addresses = from.texts("addresses"),
          .mac = from.text_or_empty("mac"),
          .messages = from.count("messages")};
}

RoleInfo role_of(const Fields& from) {
  return {.role = from.text("role"),
          .endpoint = from.text_or_empty("endpoint"),
          .known_from = from.text("known_from"),
          .why = from.text_or_empty("why"),
          .device = from.text_or_empty("device"),
          .account = from.text_or_empty("account"),
          .user_agent = from.text_or_empty("user_agent")};
}

CaptureInfo capture_of(const Fields& from) {
  return {.file = from.text("file"),
          .frames = from.count("frames"),
          .sip_messages = from.count("sip_messages"),
          .health = from.text("health"),
          .vantage = from.text("vantage"),
          .note = from.text_or_empty("note"),
          .source = from.text("source"),
          .faults = from.texts("faults"),
          .remarks = from.texts("remarks"),
          .keep_alives = from.count("keep_alives")};
}

std::optional<ControlRun> control_run_of(const Fields& bracket, std::string_view side) {
  const auto from = bracket.object_or_none(side);
  if (!from) return std::nullopt;
  ControlRun control{.ok = from->truth("ok"), .reason = from->text_or_empty("reason")};
  control.blame = blame_of(*from).value_or(Blame::user);
  control.started_anew = from->truth("started_anew");
  return control;
}

MessageCounts messages_of(const Fields& from, Reading& reading) {
  MessageCounts messages{.seen = from.count("seen"), .judged = from.count("judged")};
  for (const json::Value& item : from.items("left_out")) {
    const Fields some(item, reading);
    messages.left_out.push_back({some.count("count"), some.text("why")});
  }
  return messages;
}

std::optional<CaptureTime> started_of(const Fields& from) {
  const auto text = from.text_or_none("started");
  if (!text) return std::nullopt;
  const auto at = parse_utc(*text);
  if (!at) from.refuse("started", "is no time such as 2024-01-01T00:00:00.000Z");
  return at;
}

void read_people(const Fields& from, Reading& reading, Result& result) {
  for (const json::Value& item : from.items("devices"))
    result.devices.push_back(device_of(Fields(item, reading)));
  for (const json::Value& item : from.items("roles"))
    result.roles.push_back(role_of(Fields(item, reading)));
}

Distribution distribution_of(const Fields& from, std::string_view key) {
  const auto all = from.object_or_none(key);
  if (!all) return {};
  return {.count = all->count("count"),
          .min = all->seconds("min_s"),
          .median = all->seconds("median_s"),
          .p95 = all->seconds("p95_s"),
          .max = all->seconds("max_s")};
}

Storm storm_of(const Fields& from) {
  return {.server = from.text("server"),
          .registers = from.counts("registers"),
          .down_at = from.seconds_or_none("down_at_s"),
          .up_at = from.seconds_or_none("up_at_s"),
          .waits = distribution_of(from, "waits"),
          .back = distribution_of(from, "back"),
          .not_back = from.count("not_back"),
          .lapsed = from.count("lapsed")};
}

/// Of a requirement that the findings before it have named.
FleetRow fleet_row_of(const Fields& from, const ForeignRows& rows) {
  const std::string id = from.text("requirement");
  FleetRow row{.requirement = check::find_requirement(id)};
  if (const auto known = rows.by_id.find(id); known != rows.by_id.end())
    row.requirement = known->second;
  if (row.requirement == nullptr) from.refuse("requirement", "has no finding");
  if (const auto devices = from.object_or_none("devices"))
    for (const Verdict verdict : verdicts)
      row.devices[static_cast<std::size_t>(verdict)] = devices->count(to_string(verdict));
  return row;
}

Fleet fleet_of(const Fields& from, const ForeignRows& rows, Reading& reading) {
  Fleet fleet{.devices = from.count("devices"),
              .rows = {},
              .storms = {},
              .calls_to_silent_primary = from.count("calls_to_silent_primary"),
              .calls_moved = from.count("calls_moved")};
  for (const json::Value& row : from.items("rows"))
    fleet.rows.push_back(fleet_row_of(Fields(row, reading), rows));
  for (const json::Value& storm : from.items("storms"))
    fleet.storms.push_back(storm_of(Fields(storm, reading)));
  return fleet;
}

void read_run(const Fields& from, Result& result) {
  result.harness = from.text("harness");
  result.scenario = from.text_or_empty("scenario");
  result.variant = from.text_or_empty("variant");
  result.title = from.text_or_empty("title");
  result.clock = from.text_or_empty("clock");
  result.seed = from.count("seed");
  result.started = started_of(from);
  result.length = from.seconds("length_s");
  result.strict = from.truth("strict");
  result.interrupted = from.truth("interrupted");
  result.stopped = from.text_or_empty("stopped");
  result.notes = from.texts("notes");
  result.nothing_judged = from.text_or_empty("nothing_judged");
  if (const auto bracket = from.object_or_none("bracket")) {
    result.before = control_run_of(*bracket, "before");
    result.after = control_run_of(*bracket, "after");
  }
  if (const auto lag = from.object_or_none("lag"))
    result.lag = HostLag{lag->seconds("worst_s"), lag->seconds("at_s")};
}

}  // namespace

Result read_result(const json::Value& value, Reading& reading, ForeignRows& rows) {
  const Fields from(value, reading);
  if (from.text("format") != "sipharness-result/1")
    from.refuse("format", "must be sipharness-result/1");
  Result result;
  read_run(from, result);
  read_people(from, reading, result);
  if (const auto messages = from.object_or_none("messages"))
    result.messages = messages_of(*messages, reading);
  if (const auto capture = from.object_or_none("capture")) result.capture = capture_of(*capture);
  for (const json::Value& item : from.items("findings"))
    result.findings.push_back(finding_of(Fields(item, reading), rows, reading));
  if (const auto fleet = from.object_or_none("fleet"))
    result.fleet = fleet_of(*fleet, rows, reading);
  if (!reading.error && from.text("verdict") != to_string(overall(result)))
    from.refuse("verdict",
                fmt::format("is not what its findings come to, {}", to_string(overall(result))));
  return result;
}

}  // namespace sipharness::campaign
