#include "harness/stage/healthy_run.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <iterator>
#include <utility>
#include <variant>

namespace sipharness::stage {
namespace {

using scenario::DeviceStep;
using scenario::DeviceVerb;
using scenario::ServerStep;
using scenario::ServerVerb;
using scenario::Step;

constexpr std::array faults{ServerVerb::phase,           ServerVerb::close_port,
                            ServerVerb::swallow_syns,    ServerVerb::unplug,
                            ServerVerb::forget_bindings, ServerVerb::close_connections};

bool is_fault(const Step& step) {
  const auto* server = std::get_if<ServerStep>(&step.what);
  return server != nullptr && std::ranges::find(faults, server->verb) != faults.end();
}

bool is_device_step(const Step& step, DeviceVerb verb) {
  const auto* device = std::get_if<DeviceStep>(&step.what);
  return device != nullptr && device->verb == verb;
}

bool is_server_step(const Step& step, ServerVerb verb) {
  const auto* server = std::get_if<ServerStep>(&step.what);
  return server != nullptr && server->verb == verb;
}

bool has_dials(const scenario::Scenario& scenario) {
  return std::ranges::any_of(scenario.timeline,
                             [](const Step& s) { return is_device_step(s, DeviceVerb::dial); });
}

bool has_incoming_calls(const scenario::Scenario& scenario) {
  return std::ranges::any_of(scenario.timeline,
                             [](const Step& s) { return is_server_step(s, ServerVerb::call); });
}

/// A server that asks for credentials, in no phase of its own and of everybody alike, is healthy.
bool is_healthy_challenge(const scenario::Rule& rule) {
  const auto* challenge = std::get_if<scenario::ChallengeWith>(&rule.verb);
  return challenge != nullptr && !rule.phase && challenge->admits && !challenge->challenge.stale;
}

/// What the healthy server grants.
std::optional<Duration> grant_of(const scenario::Server& healthy) {
  for (const scenario::Rule& rule : healthy.rules)
    if (const auto* accept = std::get_if<scenario::Accept>(&rule.verb)) return accept->expires;
  return std::nullopt;
}

/// The challenges of the one before the rules of the other: who is admitted meets none of these.
std::vector<scenario::Rule> healthy_rules(const scenario::Server& main,
                                          const scenario::Server& healthy) {
  std::vector<scenario::Rule> rules;
  std::ranges::copy_if(main.rules, std::back_inserter(rules), is_healthy_challenge);
  for (scenario::Rule& rule : rules) {
    std::get<scenario::ChallengeWith>(rule.verb).expires = grant_of(healthy);
    rule.repeat.clear();
    rule.foreign_sent_by.reset();
    rule.rewrite.reset();
    rule.close.reset();
    rule.from_other_port = false;
  }
  for (const scenario::Rule& rule : healthy.rules) {
    const auto hides = [&rule](const scenario::Rule& earlier) {
      return is_hidden_by(rule, earlier);
    };
    if (std::ranges::none_of(rules, hides)) rules.push_back(rule);
  }
  return rules;
}

scenario::Server healthy_server(const scenario::Server& main, const scenario::Server& healthy) {
  scenario::Server server = main;
  server.far_end = healthy.far_end;
  server.links.clear();
  server.phases = healthy.phases;
  server.rules = healthy_rules(main, healthy);
  return server;
}

/// Every name as it leads where it should, at all times.
void heal(scenario::NameServer& dns) {
  std::erase_if(dns.records, [](const scenario::NameRecord& record) {
    return record.answer != scenario::NameAnswer::addresses;
  });
  for (scenario::NameRecord& record : dns.records) record.from = record.until = std::nullopt;
}

/// The phases of the healthy timeline, in its order.
enum class Phase : std::uint8_t { registering, calling, being_called };

std::vector<std::pair<Phase, Step>> phases_of(const scenario::Scenario& healthy) {
  std::vector<std::pair<Phase, Step>> phases;
  Phase phase = Phase::registering;
  for (const Step& step : healthy.timeline) {
    if (is_device_step(step, DeviceVerb::dial)) phase = Phase::calling;
    if (is_server_step(step, ServerVerb::call)) phase = Phase::being_called;
    phases.emplace_back(phase, step);
  }
  return phases;
}

/// Whether its driver, if it has one, knows these verbs.
bool can_do(const scenario::Profile& profile, std::initializer_list<DeviceVerb> verbs) {
  return !profile.drive || std::ranges::all_of(verbs, [&](DeviceVerb verb) {
    return profile.drive->verbs.contains(std::string(to_string(verb)));
  });
}

bool concerns_secondary(const Step& step) {
  const auto* server = std::get_if<ServerStep>(&step.what);
  return server != nullptr && server->server == "secondary";
}

}  // namespace

bool stages_fault(const scenario::Scenario& scenario) {
  const bool has_faulty_server =
      std::ranges::any_of(scenario.servers, [](const scenario::Server& server) {
        return !server.rules.empty() || !server.links.empty();
      });
  return has_faulty_server || std::ranges::any_of(scenario.timeline, is_fault);
}

scenario::Scenario healthy_run(const HealthyNeeds& needs) {
  scenario::Scenario run = needs.healthy;
  run.ipv6 = needs.main.ipv6;
  run.devices = needs.main.devices;
  run.configure = needs.main.configure;
  for (scenario::Server& server : run.servers)
    server = healthy_server(needs.main.server(server.name), server);
  run.dns = needs.main.dns;
  if (run.dns) heal(*run.dns);

  const scenario::Profile& profile = needs.profile;
  const bool can_be_called =
      profile.registers_at_both && !profile.accept_incoming_from_proxy_only &&
      !profile.check_sip_user_id && can_do(profile, {DeviceVerb::answer, DeviceVerb::hang_up});
  const bool dials = needs.can_be_driven && has_dials(needs.main) &&
                     can_do(profile, {DeviceVerb::dial, DeviceVerb::hang_up});
  const bool is_called = needs.can_be_driven && can_be_called && has_incoming_calls(needs.main);
  run.timeline.clear();
  for (auto& [phase, step] : phases_of(needs.healthy)) {
    if (phase == Phase::calling && !dials) continue;
    if (phase == Phase::being_called && !is_called) continue;
    if (phase == Phase::registering && !profile.registers_at_both && concerns_secondary(step))
      continue;
    // Without a call before it the incoming one follows the registrations.
    const bool waits_for_end =
        step.when.after && step.when.after->kind == scenario::AnchorKind::ended;
    if (waits_for_end && !dials)
      step.when.after = scenario::Anchor{scenario::AnchorKind::registered, "primary"};
    run.timeline.push_back(step);
  }
  return run;
}

}  // namespace sipharness::stage
