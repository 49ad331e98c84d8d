#include "harness/stage/servers.hpp"

#include <vector>

#include "harness/stage/place/targets.hpp"

namespace sipharness::stage {
namespace {

std::vector<scenario::Account> accounts_of(const Production& production) {
  std::vector<scenario::Account> accounts;
  for (unsigned device = 0; device < production.devices.size(); ++device)
    accounts.push_back(account_of(production.profile.account, device));
  return accounts;
}

}  // namespace

Servers::Servers(world::World& world, journal::Writer& journal, const Production& production,
                 std::optional<TimePoint> zero) {
  const Rng rng(production.options.seed);
  const std::vector<AddressPrefix> targets = allowed_targets(production);
  for (const scenario::Server& server : production.scenario.servers) {
    fake_servers::FakeServerOptions options;
    options.server = server;
    options.accounts = accounts_of(production);
    options.domain = server.address->uri_text();
    options.zero = zero;
    options.media = production.options.device.is_foreign();
    options.allowed_targets = targets;
    for (const scenario::Server& any : production.scenario.servers)
      options.servers[any.name] = {*any.address, any.port};
    servers_[server.name] = std::make_unique<fake_servers::FakeServer>(
        world, journal, rng.fork(server.name), std::move(options));
  }
  if (production.scenario.dns)
    name_server_ = std::make_unique<fake_servers::NameServer>(world, production.scenario, zero);
}

void Servers::set_zero(TimePoint zero) {
  for (const auto& [name, server] : servers_) server->set_zero(zero);
  if (name_server_) name_server_->set_zero(zero);
}

void Servers::carry_out(const scenario::ServerStep& step) {
  note_state(step);
  fake_servers::FakeServer& target = *servers_.at(step.server);
  switch (step.verb) {
    case scenario::ServerVerb::phase:
      return target.enter_phase(step.phase);
    case scenario::ServerVerb::close_port:
      return target.close_port();
    case scenario::ServerVerb::open_port:
      return target.open_port();
    case scenario::ServerVerb::swallow_syns:
      return target.swallow_syns();
    case scenario::ServerVerb::unplug:
      return target.unplug();
    case scenario::ServerVerb::forget_bindings:
      return target.forget_bindings();
    case scenario::ServerVerb::close_connections:
      return target.close_connections(step.ending);
    case scenario::ServerVerb::call:
      return call(target, step);
    case scenario::ServerVerb::hang_up:
      return target.hang_up(step.sending);
    case scenario::ServerVerb::far_end_request:
      return target.request_in_calls(step.method);
    case scenario::ServerVerb::options:
      return target.send_options(step.sending);
    case scenario::ServerVerb::stray_bye:
      return target.send_stray_bye(step.sending);
    case scenario::ServerVerb::notify:
      return target.notify_device(step.event, step.sending);
    case scenario::ServerVerb::raw:
      return target.send_raw(step.raw, step.sending);
  }
}

void Servers::note_state(const scenario::ServerStep& step) {
  State& state = states_[step.server];
  switch (step.verb) {
    case scenario::ServerVerb::phase:
      state.phase = step.phase;
      return;
    case scenario::ServerVerb::close_port:
      state.outage = "port closed";
      return;
    case scenario::ServerVerb::swallow_syns:
      state.outage = "swallows SYNs";
      return;
    case scenario::ServerVerb::unplug:
      state.outage = "unplugged";
      return;
    case scenario::ServerVerb::open_port:
      state.outage.clear();
      return;
    default:
      return;
  }
}

std::string Servers::state_of(const std::string& name) const {
  const auto told = states_.find(name);
  if (told == states_.end()) return "serving";
  const auto& [phase, outage] = told->second;
  if (!outage.empty()) return outage;
  return phase.empty() ? "serving" : "phase " + phase;
}

void Servers::call(fake_servers::FakeServer& target, const scenario::ServerStep& step) {
  if (!step.sending.same_call) return target.call_device(step.sending);
  const std::string_view other = scenario::other_server(step.server);
  // A call that never was cannot come once more.
  if (const auto last = servers_.at(std::string(other))->last_call())
    target.call_device(step.sending, last);
}

void Servers::note_unmatched_rules() {
  for (const auto& [name, server] : servers_) server->note_unmatched_rules();
}

}  // namespace sipharness::stage
