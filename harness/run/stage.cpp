#include "harness/run/stage.hpp"

#include <variant>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/dut/reference_ua/reference_ua.hpp"

namespace sipharness::run {
namespace {

Endpoint endpoint_of(const scenario::Scenario& scenario, std::string_view name) {
  const scenario::Server& server = scenario.server(name);
  return {*server.address, server.port};
}

dut::DeviationSet deviations_of(const RunOptions& options) {
  dut::DeviationSet set;
  for (const std::string& name : options.deviations) {
    const dut::DeviationRow* row = dut::find_deviation(name);
    if (row == nullptr) throw SetupError(fmt::format("no deviation is called \"{}\"", name));
    set.set(static_cast<std::size_t>(row->id));
  }
  return set;
}

std::vector<scenario::Account> accounts_of(const Production& production) {
  std::vector<scenario::Account> accounts;
  for (unsigned device = 0; device < production.devices.size(); ++device)
    accounts.push_back(account_of(production.profile.account, device));
  return accounts;
}

std::string password_of(const scenario::Profile& profile) {
  const auto password = scenario::resolve(profile.account.password);
  if (!password)
    throw SetupError(fmt::format("the password of account {} is not to be had: set {}",
                                 profile.account.user, profile.account.password.value));
  return *password;
}

/// The `device`-th of the run, counted from 0. Where there are several, each is called as the trace
/// calls it, by its AOR.
std::unique_ptr<dut::Device> make_reference_ua(world::World& world, const Production& production,
                                               unsigned device) {
  dut::ReferenceUaOptions options;
  options.profile = production.profile;
  options.profile.account = account_of(production.profile.account, device);
  if (production.devices.size() > 1)
    options.name = fmt::format("phone-{}", options.profile.account.user);
  options.local = production.devices[device];
  options.primary = endpoint_of(production.scenario, "primary");
  options.secondary = endpoint_of(production.scenario, "secondary");
  options.primary_host = production.scenario.server("primary").host;
  options.secondary_host = production.scenario.server("secondary").host;
  if (const auto& dns = production.scenario.dns) options.name_server = {*dns->address, dns->port};
  options.password = password_of(production.profile);
  options.deviations = deviations_of(production.options);
  const std::string stream = device == 0 ? "device" : fmt::format("device {}", device + 1);
  return std::make_unique<dut::ReferenceUa>(world, Rng(production.options.seed).fork(stream),
                                            std::move(options));
}

}  // namespace

Stage::Stage(world::World& world, const Production& production, const RunFolder& folder,
             bool real_time)
    : world_(world),
      production_(production),
      zero_(world.now()),
      journal_(folder.journal(), world, zero_, real_time),
      timeline_(world, zero_, production.scenario,
                {.perform = [this](const scenario::Step& step) { perform(step); },
                 .missed =
                     [this](std::size_t index, const scenario::Step& step) {
                       journal_.write(journal::Missed{
                           index, to_string(*step.when.after),
                           step.when.deadline.value_or(production_.scenario.duration)});
                     }}),
      watch_(world, production.scenario, production.profile.timers,
             [this](const scenario::Anchor& anchor) { timeline_.on_anchor(anchor); }) {
  const Rng rng(production.options.seed);
  for (const scenario::Server& server : production.scenario.servers) {
    fake_servers::FakeServerOptions options;
    options.server = server;
    options.accounts = accounts_of(production);
    options.domain = server.address->uri_text();
    options.zero = zero_;
    servers_[server.name] = std::make_unique<fake_servers::FakeServer>(
        world, journal_, rng.fork(server.name), std::move(options));
  }
  if (production.scenario.dns)
    name_server_ = std::make_unique<fake_servers::NameServer>(world, production.scenario, zero_);
  for (unsigned device = 0; device < production.devices.size(); ++device)
    devices_.push_back(make_reference_ua(world, production, device));
}

void Stage::perform(const scenario::Step& step) {
  std::visit([this](const auto& what) { perform(what); }, step.what);
}

void Stage::perform(const scenario::DeviceStep& step) {
  // The order comes before what the device sends because of it.
  const TimePoint ordered = world_.now();
  for (const auto& device : devices_) {
    const bool reported_ok = device->perform(step);
    journal_.write(journal::Action{device->name(), std::string(to_string(step.verb)), step.number,
                                   reported_ok},
                   ordered);
  }
}

void Stage::perform(const scenario::ServerStep& step) {
  fake_servers::FakeServer& target = server(step.server);
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
    case scenario::ServerVerb::call:
      return target.call_device(step.sending);
    case scenario::ServerVerb::hang_up:
      return target.hang_up(step.sending);
    case scenario::ServerVerb::options:
      return target.send_options(step.sending);
    case scenario::ServerVerb::stray_bye:
      return target.send_stray_bye(step.sending);
    case scenario::ServerVerb::notify:
      return target.notify_device(step.event, step.sending);
  }
}

void Stage::finish(const std::string& reason) {
  if (reason == "completed")
    for (const auto& [name, server] : servers_) server->note_unmatched_rules();
  journal_.write(journal::Ended{reason});
}

}  // namespace sipharness::run
