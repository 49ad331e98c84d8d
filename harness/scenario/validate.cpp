// What no single value of a scenario shows: servers, rules, steps and expectations against each
// other.

#include <algorithm>

#include <fmt/format.h>

#include "harness/scenario/draft.hpp"
#include "harness/scenario/words.hpp"

namespace sipharness::scenario {
namespace {

// --- Servers -------------------------------------------------------------------------------------

void check_address_family(const Draft& draft, const Server& server, Problems& problems) {
  const std::optional<IpAddress>& address = server.address;
  if (!address) return;
  const json::Value& place = member_or(draft.place_of(server), "address");
  const bool unspecified = *address == IpAddress::v4({}) || *address == IpAddress::v6({});
  if (unspecified)
    problems.add(place, "found " + address->text() + "; a device cannot send to that");
  else if (address->is_v4() == draft.scenario.ipv6)
    problems.add(place, fmt::format("found {}; the scenario is for {}", address->text(),
                                    draft.scenario.ipv6 ? "IPv6 (\"ipv6\" is true)"
                                                        : "IPv4 (\"ipv6\" is not true)"));
}

// --- Rules and phases ----------------------------------------------------------------------------

void check_rules_reachable(const Draft& draft, const Server& server, Problems& problems) {
  const std::vector<Rule>& rules = server.rules;
  for (std::size_t i = 1; i < rules.size(); ++i) {
    const auto hides = [&rule = rules[i]](const Rule& earlier) {
      return is_hidden_by(rule, earlier);
    };
    const auto end = rules.begin() + static_cast<std::ptrdiff_t>(i);
    const auto hiding = std::find_if(rules.begin(), end, hides);
    if (hiding != end)
      problems.add(draft.place_of_rule(server, i),
                   fmt::format("this rule is never reached: \"{}\" before it takes "
                               "all that it matches",
                               hiding->name));
  }
}

const ServerStep* phase_step(const Step& step) {
  const auto* const server = std::get_if<ServerStep>(&step.what);
  return server != nullptr && server->verb == ServerVerb::phase ? server : nullptr;
}

void check_phase_is_known(const Draft& draft, std::size_t index, Problems& problems) {
  const ServerStep* const step = phase_step(draft.scenario.timeline[index]);
  if (step == nullptr || step->phase.empty()) return;
  const std::vector<Server>& servers = draft.scenario.servers;
  const auto server = std::ranges::find(servers, step->server, &Server::name);
  if (server == servers.end()) return;
  std::vector<std::string_view> known(server->phases.begin(), server->phases.end());
  if (!std::ranges::count(known, words::silent_phase)) known.push_back(words::silent_phase);
  known.push_back(words::default_phase);
  if (std::find(known.begin(), known.end(), step->phase) == known.end())
    problems.add_choice(member_or(draft.place_of_step(index), "phase"), known);
}

bool enters(const Draft& draft, std::string_view server, std::string_view phase) {
  const std::vector<Step>& timeline = draft.scenario.timeline;
  return std::any_of(timeline.begin(), timeline.end(), [&](const Step& step) {
    const ServerStep* const entered = phase_step(step);
    return entered != nullptr && entered->server == server && entered->phase == phase;
  });
}

/// A step whose server or phase could not be read may be the one that enters it: that is told of.
bool may_enter(const Draft& draft, const Server& server) {
  return std::ranges::any_of(draft.scenario.timeline, [&](const Step& step) {
    const ServerStep* const entered = phase_step(step);
    if (entered == nullptr) return false;
    const bool is_known = entered->phase.empty() || entered->phase == words::silent_phase ||
                          std::ranges::count(server.phases, entered->phase) > 0;
    return entered->server.empty() || (entered->server == server.name && !is_known);
  });
}

void check_phases_entered(const Draft& draft, const Server& server,
                          const std::vector<Draft>& drafts, Problems& problems) {
  for (std::size_t i = 0; i < server.rules.size(); ++i) {
    const std::optional<std::string>& phase = server.rules[i].phase;
    const auto entered = [&](const Draft& d) {
      return enters(d, server.name, *phase) || may_enter(d, server);
    };
    if (!phase || std::ranges::any_of(drafts, entered)) continue;
    problems.add(member_or(draft.place_of_rule(server, i), "phase"),
                 fmt::format("no step takes {} into the phase \"{}\"", server.name, *phase));
  }
}

// --- Timeline ------------------------------------------------------------------------------------

void check_times(const Draft& draft, Problems& problems) {
  const Duration end = draft.scenario.duration;
  Duration latest{};
  for (std::size_t i = 0; i < draft.scenario.timeline.size(); ++i) {
    const When& when = draft.scenario.timeline[i].when;
    const Duration time = when.after ? when.deadline.value_or(end) : when.at;
    const json::Value& place = member_or(draft.place_of_step(i), when.after ? "deadline" : "at");
    const std::string found = describe(place);
    if (end > Duration::zero() && (when.after ? time > end : time >= end))
      problems.add(place,
                   fmt::format("found {}; the scenario ends at {}", found, format_duration(end)));
    if (time < latest)
      problems.add(place, fmt::format("found {}; a step before it is at {}: steps stand in the "
                                      "order they are done",
                                      found, format_duration(latest)));
    if (!when.after) latest = std::max(latest, when.at);
  }
}

void check_boot(const Draft& draft, Problems& problems) {
  const json::Value* const timeline = draft.file.find("timeline");
  if (timeline == nullptr) return;
  for (std::size_t i = 0; i < draft.scenario.timeline.size(); ++i) {
    const auto* const step = std::get_if<DeviceStep>(&draft.scenario.timeline[i].what);
    if (step == nullptr) continue;
    if (step->verb != DeviceVerb::boot)
      problems.add(member_or(draft.place_of_step(i), "do"),
                   fmt::format("\"{}\" comes before the device's \"boot\"", to_string(step->verb)));
    return;
  }
  problems.add(*timeline, "the device never boots; the timeline needs a step \"boot\"");
}

bool is_call(const Step& step, std::string_view server) {
  const auto* const call = std::get_if<ServerStep>(&step.what);
  return call != nullptr && call->verb == ServerVerb::call && call->server == server;
}

void check_same_call(const Draft& draft, std::size_t index, Problems& problems) {
  const std::vector<Step>& timeline = draft.scenario.timeline;
  const auto* const call = std::get_if<ServerStep>(&timeline[index].what);
  if (call == nullptr || call->verb != ServerVerb::call || !call->sending.same_call) return;
  const auto end = timeline.begin() + static_cast<std::ptrdiff_t>(index);
  const std::string_view other = other_server(call->server);
  if (std::none_of(timeline.begin(), end, [&](const Step& one) { return is_call(one, other); }))
    problems.add(member_or(draft.place_of_step(index), "same_call"),
                 fmt::format("no call of the {} before it could be the same", other));
}

// --- Expectations --------------------------------------------------------------------------------

void check_expectations_differ(const Draft& draft, Problems& problems) {
  const std::vector<Expectation>& expect = draft.scenario.expect;
  for (std::size_t i = 0; i < expect.size(); ++i) {
    const auto same = [&id = expect[i].requirement](const Expectation& other) {
      return !id.empty() && other.requirement == id;
    };
    const auto end = expect.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::any_of(expect.begin(), end, same))
      problems.add(draft.place_of_expectation(i), expect[i].requirement + " is expected twice");
  }
}

}  // namespace

const json::Value& Draft::place_of(const Server& server) const {
  return *file.find("servers")->find(server.name);
}

const json::Value& Draft::place_of_rule(const Server& server, std::size_t index) const {
  return place_of(server).find("rules")->items.at(index);
}

const json::Value& Draft::place_of_step(std::size_t index) const {
  return file.find("timeline")->items.at(index);
}

const json::Value& Draft::place_of_expectation(std::size_t index) const {
  return file.find("expect")->items.at(index);
}

void validate(const Draft& draft, Problems& problems) {
  for (const Server& server : draft.scenario.servers) {
    check_address_family(draft, server, problems);
    check_rules_reachable(draft, server, problems);
  }
  for (std::size_t i = 0; i < draft.scenario.timeline.size(); ++i)
    check_phase_is_known(draft, i, problems);
  for (std::size_t i = 0; i < draft.scenario.timeline.size(); ++i)
    check_same_call(draft, i, problems);
  check_times(draft, problems);
  check_boot(draft, problems);
  check_expectations_differ(draft, problems);
}

void validate_phases_entered(const std::vector<Draft>& drafts, Problems& problems) {
  // The effective scenario of one variant keeps the rules that only its siblings enter.
  const bool is_lone_variant = drafts.size() == 1 && !drafts.front().scenario.variant.empty();
  if (is_lone_variant) return;
  for (const Draft& draft : drafts)
    for (const Server& server : draft.scenario.servers)
      check_phases_entered(draft, server, drafts, problems);
}

}  // namespace sipharness::scenario
