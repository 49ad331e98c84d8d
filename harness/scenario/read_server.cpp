// A server of a scenario: its address, who answers behind it, its rules.

#include <algorithm>

#include <fmt/format.h>

#include "harness/scenario/draft.hpp"
#include "harness/scenario/words.hpp"
#include "harness/sip/method.hpp"

namespace sipharness::scenario {
namespace {

void read_delay(const Fields& fields, std::string_view key, std::optional<Duration>& into) {
  const json::Value* const value = fields.find(key);
  if (value == nullptr) return;
  if (value->kind != json::Kind::string)
    fields.problems().add_wrong(*value, "a duration such as \"3s\", or \"never\"");
  else if (value->string == words::never)
    into.reset();
  else
    fields.read(key, into);
}

SessionTimer read_session_timer(const json::Value& value, Problems& problems) {
  SessionTimer timer;
  const Fields fields(value, keys::session_timer, problems);
  fields.require({"expires"});
  fields.read("expires", timer.expires);
  fields.read("min", timer.min);
  check_whole_seconds(fields, "expires");
  check_whole_seconds(fields, "min");
  fields.read("refresher", timer.device_refreshes, words::refreshers);
  fields.read("refreshes", timer.refreshes);
  if (fields.find("refreshes") != nullptr && timer.device_refreshes)
    problems.add(*fields.find("refreshes"), "\"refreshes\" belongs to \"refresher\": \"far_end\"");
  if (timer.expires < timer.min)
    problems.add(value, fmt::format("\"expires\" {} is less than \"min\" {}",
                                    format_duration(timer.expires), format_duration(timer.min)));
  return timer;
}

FarEnd read_far_end(const json::Value& value, Problems& problems) {
  FarEnd far_end;
  const Fields fields(value, keys::far_end, problems);
  read_delay(fields, "ring", far_end.ring);
  read_delay(fields, "answer", far_end.answer);
  read_delay(fields, "hang_up", far_end.hang_up);
  if (const json::Value* const timer = fields.find("session_timer"))
    far_end.session_timer = read_session_timer(*timer, problems);
  return far_end;
}

Link read_link(const json::Value& value, Problems& problems) {
  Link link;
  const Fields fields(value, keys::link, problems);
  fields.read_number("lose_to_server", {0, 1}, link.lose_to_server);
  fields.read_number("lose_to_device", {0, 1}, link.lose_to_device);
  fields.read_number("duplicate_to_device", {0, 1}, link.duplicate_to_device);
  return link;
}

std::vector<Choice<sip::Method>> known_methods() {
  std::vector<Choice<sip::Method>> choices;
  const auto last = static_cast<int>(sip::Method::refer);
  for (int i = static_cast<int>(sip::Method::unknown) + 1; i <= last; ++i) {
    const auto method = static_cast<sip::Method>(i);
    choices.push_back({sip::to_string(method), method});
  }
  return choices;
}

std::vector<sip::Method> read_methods(const json::Value& value, Problems& problems) {
  std::vector<sip::Method> methods;
  const std::vector<Choice<sip::Method>> choices = known_methods();
  const auto read_one = [&](const json::Value& name) {
    sip::Method method{};
    if (read_choice<sip::Method>(name, problems, choices, method)) methods.push_back(method);
  };
  if (value.kind == json::Kind::array)
    std::for_each(value.items.begin(), value.items.end(), read_one);
  else
    read_one(value);
  return methods;
}

void read_nth(const json::Value& value, Problems& problems, Rule& rule) {
  constexpr Range count{1, 1'000'000};
  if (value.kind != json::Kind::object) {
    if (const auto number = read_integer(value, problems, count))
      rule.nth_to = rule.nth_from = static_cast<std::uint32_t>(*number);
    return;
  }
  const Fields fields(value, keys::nth, problems);
  fields.read_integer("from", count, rule.nth_from);
  std::uint32_t to = 0;
  fields.read_integer("to", count, to);
  if (to != 0) rule.nth_to = to;
  if (to != 0 && to < rule.nth_from)
    problems.add(value, fmt::format("\"to\" {} comes before \"from\" {}", to, rule.nth_from));
}

bool is_phase_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), allowed);
}

void read_phase(const Fields& fields, Rule& rule) {
  const json::Value* const value = fields.find("phase");
  std::string phase;
  if (value == nullptr || !read_value(*value, fields.problems(), phase)) return;
  if (phase == words::default_phase)
    fields.problems().add(*value,
                          "a rule cannot be for the default phase only; leave \"phase\" "
                          "out and put the rules of other phases before it");
  else if (!is_phase_name(phase))
    fields.problems().add_wrong(*value, "a name of lower-case letters, digits and _");
  else
    rule.phase = phase;
}

std::vector<Duration> read_durations(const json::Value& value, Problems& problems) {
  std::vector<Duration> durations;
  for (const json::Value& item : items_of(value, problems))
    read_value(item, problems, durations.emplace_back());
  return durations;
}

/// How the responses of a matched request are meddled with on their way out.
void read_response_settings(const Fields& fields, Rule& rule) {
  if (const json::Value* const repeat = fields.find("repeat"))
    rule.repeat = read_durations(*repeat, fields.problems());
  fields.read("foreign_sent_by", rule.foreign_sent_by);
  const bool answers =
      !std::holds_alternative<Drop>(rule.verb) && !std::holds_alternative<Mute>(rule.verb);
  if (answers) return;
  for (const std::string_view key : {"repeat", "foreign_sent_by"})
    if (const json::Value* const value = fields.find(key))
      fields.problems().add(*value, "this rule lets no response out that it could be done to");
}

void note_phases(Server& server) {
  for (const Rule& rule : server.rules) {
    const bool known =
        std::find(server.phases.begin(), server.phases.end(), rule.phase) != server.phases.end();
    if (!rule.phase.empty() && !known) server.phases.push_back(rule.phase);
  }
}

}  // namespace

Rule read_rule(const json::Value& value, Problems& problems) {
  Rule rule;
  const Fields fields(value, keys::rule, problems);
  rule.place = json::place(problems.file(), value);
  fields.read("name", rule.name);
  read_phase(fields, rule);
  if (const json::Value* const methods = fields.find("method"))
    rule.methods = read_methods(*methods, problems);
  if (const json::Value* const nth = fields.find("nth")) read_nth(*nth, problems, rule);
  fields.read("in_dialog", rule.in_dialog);
  fields.read("event", rule.event);
  fields.read("from", rule.from);
  fields.read("until", rule.until);
  if (rule.until && *rule.until <= rule.from.value_or(Duration::zero()))
    problems.add(*fields.find("until"), "the rule's time ends before it begins");
  fields.read_number("probability", {0, 1}, rule.probability);
  rule.verb = read_verb(value, problems);
  read_response_settings(fields, rule);
  return rule;
}

ServerDraft read_server(const std::string& name, const json::Value& value, Problems& problems) {
  ServerDraft draft;
  draft.place = &value;
  draft.server.name = name;
  const Fields fields(value, keys::server, problems);
  fields.read("address", draft.server.address);
  if (const json::Value* const host = fields.find("host"))
    read_host_name(*host, problems, draft.server.host);
  fields.read_integer("port", {1, 65535}, draft.server.port);
  if (fields.find("sent_by_port") != nullptr)
    fields.read_integer("sent_by_port", {1, 65535}, draft.server.sent_by_port.emplace());
  if (const json::Value* const far_end = fields.find("far_end"))
    draft.server.far_end = read_far_end(*far_end, problems);
  if (const json::Value* const link = fields.find("link"))
    draft.server.link = read_link(*link, problems);
  const json::Value* const rules = fields.find("rules");
  if (rules == nullptr) return draft;
  for (const json::Value& item : items_of(*rules, problems)) {
    Rule rule = read_rule(item, problems);
    if (rule.name.empty())
      rule.name = fmt::format("{}/{}/{}", name, rule.phase.empty() ? "always" : rule.phase,
                              draft.rules.size());
    draft.server.rules.push_back(std::move(rule));
    draft.rules.push_back(&item);
  }
  note_phases(draft.server);
  return draft;
}

}  // namespace sipharness::scenario
