// A server of a scenario: its rules, who answers behind it, keys against each other.

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/scenario/key_names.hpp"
#include "harness/scenario/reader.hpp"

namespace sipharness::scenario {
namespace {

bool is_phase_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && std::ranges::all_of(name, allowed);
}

void check_verbs(const Fields& fields) {
  static const std::vector<std::string_view> verbs = keys_of<Rule>().alternatives;
  int found = 0;
  for (const std::string_view verb : verbs)
    if (const json::Value* const value = fields.find(verb); value != nullptr && ++found > 1)
      fields.problems().add(*value, "a rule does one thing; this one has a second verb");
  if (found == 0 && fields.object().kind == json::Kind::object)
    fields.problems().add(fields.object(), "the rule does nothing; it needs " + enumerate(verbs));
}

void name_rules(Server& server) {
  for (std::size_t i = 0; i < server.rules.size(); ++i) {
    Rule& rule = server.rules[i];
    if (rule.name.empty())
      rule.name = fmt::format("{}/{}/{}", server.name, rule.phase.value_or("always"), i);
  }
}

void note_phases(Server& server) {
  for (const Rule& rule : server.rules)
    if (rule.phase && std::ranges::find(server.phases, *rule.phase) == server.phases.end())
      server.phases.push_back(*rule.phase);
}

}  // namespace

bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::PhaseName) {
  std::string phase;
  if (!read_value(value, problems, phase, kind::text)) return false;
  const bool is_usable = phase != words::default_phase && is_phase_name(phase);
  if (is_usable)
    into = phase;
  else if (phase == words::default_phase)
    problems.add(value,
                 "a rule cannot be for the default phase only; leave \"phase\" "
                 "out and put the rules of other phases before it");
  else
    problems.add_wrong(value, "a name of lower-case letters, digits and _");
  return is_usable;
}

bool read_value(const json::Value& value, Problems& problems, Nth& into, kind::Object) {
  if (value.kind == json::Kind::object) return read_object(value, problems, into);
  if (!read_value(value, problems, into.from, nth_count)) return false;
  into.to = into.from;
  return true;
}

void check(const Fields& fields, Nth& nth) {
  if (nth.to && *nth.to < nth.from)
    fields.problems().add(fields.object(),
                          fmt::format("\"to\" {} comes before \"from\" {}", *nth.to, nth.from));
}

void check(const Fields& fields, ChallengeWith&) {
  const json::Value* const algorithm = fields.find("algorithm");
  if (algorithm != nullptr && algorithm->kind == json::Kind::array && algorithm->items.empty())
    fields.problems().add(*algorithm, "a challenge needs an algorithm");
}

void check(const Fields& fields, Rewrite& rewrite) {
  const bool is_whole = !rewrite.raw.lines.empty() || !rewrite.raw.bytes.empty();
  constexpr std::array<std::string_view, 5> parts{"headers", "without", "received", "rport",
                                                  "body"};
  if (is_whole)
    for (const std::string_view key : parts)
      fields.refuse(key, "\"lines\" and \"bytes\" stand for the whole response");
  if (!rewrite.raw.lines.empty())
    fields.refuse("bytes", "a response is either \"lines\" or \"bytes\"");
  if (rewrite.body.empty() && rewrite.content_type != Rewrite().content_type)
    fields.refuse("content_type", "\"content_type\" belongs to \"body\"");
  const auto is_there = [&fields](std::string_view key) { return fields.find(key) != nullptr; };
  if (!is_whole && std::ranges::none_of(parts, is_there) &&
      fields.object().kind == json::Kind::object)
    fields.problems().add(fields.object(), "this changes nothing of the response");
}

void check(const Fields& fields, Rule& rule) {
  rule.place = {json::place(fields.problems().file(), fields.object())};
  if (rule.event == "") rule.event.reset();
  check_verbs(fields);
  if (rule.until && *rule.until <= rule.from.value_or(Duration::zero()))
    fields.problems().add(*fields.find("until"), "the rule's time ends before it begins");
  if (!std::holds_alternative<Drop>(rule.verb) && !std::holds_alternative<Mute>(rule.verb)) return;
  constexpr std::string_view why = "this rule lets no response out that it could be done to";
  if (rule.from_other_port) fields.refuse("from_other_port", why);
  for (const std::string_view key : {"repeat", "foreign_sent_by", "rewrite"})
    fields.refuse(key, why);
}

void check(const Fields& fields, Link& link) {
  if (link.until && *link.until <= link.from.value_or(Duration::zero()))
    fields.problems().add(*fields.find("until"), "the link's time ends before it begins");
  if (link.reorder && link.jitter == Duration::zero())
    fields.refuse("reorder", "without \"jitter\" nothing overtakes");
}

void check(const Fields& fields, SessionTimer& timer) {
  if (timer.device_refreshes)
    fields.refuse("refreshes", "\"refreshes\" belongs to \"refresher\": \"far_end\"");
  if (timer.expires < timer.min)
    fields.problems().add(fields.object(),
                          fmt::format("\"expires\" {} is less than \"min\" {}",
                                      format_duration(timer.expires), format_duration(timer.min)));
}

NamedServers NamedServers::of(const std::vector<Server>& servers) {
  NamedServers named;
  for (const Server& server : servers) {
    const bool is_primary = server.name == words::servers[0].name;
    const bool is_secondary = server.name == words::servers[1].name;
    (is_primary ? named.primary : is_secondary ? named.secondary : named.spare) = server;
  }
  return named;
}

std::vector<Server> NamedServers::listed() const {
  std::vector<Server> servers;
  for (const std::optional<Server>& server : {primary, secondary, spare})
    if (server) servers.push_back(*server);
  return servers;
}

void check(const Fields& fields, NamedServers& servers) {
  const auto complete = [](std::string_view name, std::optional<Server>& server) {
    if (!server) return;
    server->name = name;
    name_rules(*server);
    note_phases(*server);
  };
  complete(words::servers[0].name, servers.primary);
  complete(words::servers[1].name, servers.secondary);
  complete(words::servers[2].name, servers.spare);
  const json::Value* const spare = fields.find(words::servers[2].name);
  if (spare == nullptr) return;
  if (const json::Value* const host = spare->find("host"))
    fields.problems().add(*host, "a device finds the spare by the name of the primary");
}

}  // namespace sipharness::scenario
