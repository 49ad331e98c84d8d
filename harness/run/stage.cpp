#include "harness/run/stage.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace sipharness::run {
namespace {

std::vector<scenario::Account> accounts_of(const Production& production) {
  std::vector<scenario::Account> accounts;
  for (unsigned device = 0; device < production.devices.size(); ++device)
    accounts.push_back(account_of(production.profile.account, device));
  return accounts;
}

bool is_boot(const scenario::Step& step) {
  const auto* device = std::get_if<scenario::DeviceStep>(&step.what);
  return device != nullptr && device->verb == scenario::DeviceVerb::boot;
}

}  // namespace

Stage::Stage(world::World& world, const Production& production, const RunFolder& folder,
             Surroundings surroundings)
    : world_(world),
      production_(production),
      surroundings_(std::move(surroundings)),
      zero_(world.now()),
      journal_(folder.journal(), world, zero_, surroundings_.is_real),
      timeline_(world, production.scenario,
                {.perform = [this](const scenario::Step& step) { perform(step); },
                 .missed =
                     [this](std::size_t index, const scenario::Step& step) {
                       journal_.write(journal::Missed{
                           index, to_string(*step.when.after),
                           step.when.deadline.value_or(production_.scenario.duration)});
                     }}),
      watch_(world, production.scenario, production.profile.timers,
             {.anchor = [this](const scenario::Anchor& anchor) { timeline_.on_anchor(anchor); },
              .first_register = [this](CaptureTime at) { return on_first_register(at); }}) {
  const Rng rng(production.options.seed);
  const bool is_foreign = production.options.device.is_foreign();
  const std::optional<TimePoint> zero = is_foreign ? std::nullopt : std::optional(zero_);
  for (const scenario::Server& server : production.scenario.servers) {
    fake_servers::FakeServerOptions options;
    options.server = server;
    options.accounts = accounts_of(production);
    options.domain = server.address->uri_text();
    options.zero = zero;
    options.media = is_foreign;
    servers_[server.name] = std::make_unique<fake_servers::FakeServer>(
        world, journal_, rng.fork(server.name), std::move(options));
  }
  if (production.scenario.dns)
    name_server_ = std::make_unique<fake_servers::NameServer>(world, production.scenario, zero);
  for (unsigned device = 0; device < production.devices.size(); ++device)
    devices_.push_back(surroundings_.make_device(journal_, device));
}

void Stage::begin() {
  if (production_.options.device.is_foreign())
    start_foreign_devices();
  else
    play_from(world_.now(), 0);
}

void Stage::play_from(TimePoint zero, std::size_t first) {
  zero_ = zero;
  end_ = world_.call_at(zero + production_.scenario.duration, [this] { is_over_ = true; });
  timeline_.start(zero, first);
}

void Stage::start_foreign_devices() {
  awaits_device_ = true;
  end_ = world_.call_after(production_.options.patience, [this] { give_up_on_device(); });
  const auto& steps = production_.scenario.timeline;
  const auto boot = std::ranges::find_if(steps, is_boot);
  if (boot == steps.end()) return;
  first_step_ = static_cast<std::size_t>(boot - steps.begin()) + 1;
  for (std::size_t i = 0; i < first_step_; ++i) perform(steps[i]);
}

bool Stage::on_first_register(CaptureTime at) {
  const auto is_up = [](const auto& device) { return device->is_up(); };
  if (!std::ranges::all_of(devices_, is_up)) return false;
  if (!std::exchange(awaits_device_, false)) return true;
  const TimePoint zero = world_.now() - surroundings_.age(at);
  journal_.write(journal::ScenarioZero{}, zero);
  for (const auto& [name, server] : servers_) server->set_zero(zero);
  if (name_server_) name_server_->set_zero(zero);
  play_from(zero, first_step_);
  return true;
}

void Stage::give_up_on_device() {
  journal_.write(journal::Missed{first_step_, "the first REGISTER of the device",
                                 production_.options.patience});
  is_over_ = true;
}

std::string Stage::awaiting() const {
  return awaits_device_ ? "the first REGISTER of the device" : timeline_.awaiting();
}

void Stage::stop_devices() {
  for (const auto& device : devices_) device->stop();
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

void Stage::finish(std::string_view cut_short) {
  if (!cut_short.empty()) return journal_.write(journal::Ended{std::string(cut_short)});
  if (awaits_device_) return journal_.write(journal::Ended{"no device"});
  for (const auto& [name, server] : servers_) server->note_unmatched_rules();
  journal_.write(journal::Ended{"completed"});
}

}  // namespace sipharness::run
