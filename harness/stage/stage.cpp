#include "harness/stage/stage.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "harness/judge/tested.hpp"
#include "harness/trace/undelivered_actions.hpp"

namespace sipharness::stage {
namespace {

/// policy: what the last step brings about comes within this.
constexpr Duration pause_after_timeline = 1500ms;

bool is_boot(const scenario::Step& step) {
  const auto* device = std::get_if<scenario::DeviceStep>(&step.what);
  return device != nullptr && device->verb == scenario::DeviceVerb::boot;
}

/// What the wire shows of an action first; nothing of those that have a deadline of their own.
std::optional<scenario::AnchorKind> sign_of(scenario::DeviceVerb verb) {
  switch (verb) {
    case scenario::DeviceVerb::dial:
      return scenario::AnchorKind::invite_at;
    case scenario::DeviceVerb::answer:
      return scenario::AnchorKind::answered;
    case scenario::DeviceVerb::hang_up:
      return scenario::AnchorKind::ended;
    default:
      return std::nullopt;
  }
}

}  // namespace

Stage::Stage(world::World& world, const Production& production, const judge::RunFolder& folder,
             StageHooks hooks)
    : world_(world),
      production_(production),
      hooks_(std::move(hooks)),
      zero_(world.now()),
      journal_(folder.journal(), world, zero_, hooks_.is_real),
      timeline_(world, production.scenario,
                {.perform = [this](const scenario::Step& step) { perform(step); },
                 .missed =
                     [this](std::size_t index, const scenario::Step& step) {
                       miss(index, to_string(*step.when.after),
                            step.when.deadline.value_or(production_.scenario.duration));
                     },
                 .is_held = hooks_.is_busy}),
      watch_(world, production.scenario, production.profile.timers,
             {.anchor = [this](const scenario::Anchor& anchor) { on_anchor(anchor); },
              .first_register = [this](CaptureTime at) { return on_first_register(at); },
              .seen = [this](const std::string& server,
                             const sip::MessageView& message) { tally_.take(server, message); },
              .refused = [this](int status) { on_refusal(status); }}),
      unexpected_(production.scenario),
      observers_(production.options.device.is_foreign()
                     ? std::vector<TrafficObserver*>{&watch_, &unexpected_}
                     : std::vector<TrafficObserver*>{&watch_}),
      servers_(world, journal_, production,
               production.options.device.is_foreign() ? std::nullopt : std::optional(zero_)) {
  if (production.options.device.is_foreign())
    watch_.watch_only(judge::tested_of(production.profile, production.scenario.devices));
  for (unsigned device = 0; device < production.devices.size(); ++device)
    devices_.push_back(hooks_.make_device(journal_, device));
}

void Stage::begin() {
  if (production_.options.device.is_foreign())
    start_foreign_devices();
  else
    play_from(world_.now(), 0);
}

void Stage::play_from(TimePoint zero, std::size_t first) {
  zero_ = zero;
  end_ = world_.call_at(zero + production_.scenario.duration, [this] {
    timeline_.end();
    is_over_ = true;
  });
  timeline_.start(zero, first);
}

void Stage::start_foreign_devices() {
  awaits_device_ = true;
  end_ = world_.call_after(production_.options.first_register_timeout,
                           [this] { give_up_on_device(); });
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
  const TimePoint zero = world_.now() - hooks_.age(at);
  journal_.write(journal::ScenarioZero{}, zero);
  servers_.set_zero(zero);
  play_from(zero, first_step_);
  return true;
}

void Stage::give_up_on_device() {
  miss(first_step_, "the first REGISTER of the device", production_.options.first_register_timeout);
  is_over_ = true;
}

void Stage::on_anchor(const scenario::Anchor& anchor) {
  if (anchor.kind == awaited_sign_) awaited_sign_.reset();
  timeline_.on_anchor(anchor);
}

void Stage::on_refusal(int status) {
  if (!production_.is_healthy || !timeline_.awaits_answer()) return;
  journal_.write(journal::Missed{timeline_.abandon(), "an answered call", world_.now() - zero_,
                                 fmt::format("the call was refused with {}", status)});
  end_when_played();
}

void Stage::await_sign(scenario::DeviceVerb verb) {
  awaited_sign_ = sign_of(verb);
  if (!production_.is_healthy || !awaited_sign_) return sign_deadline_.cancel();
  sign_deadline_ = world_.call_after(trace::action_grace, [this, verb] {
    if (!awaited_sign_ || timeline_.is_played()) return;
    if (hooks_.is_busy()) return await_sign(verb);
    miss(timeline_.abandon(),
         fmt::format("a sign of {} within {}", to_string(verb),
                     format_duration(trace::action_grace)),
         world_.now() - zero_);
  });
}

void Stage::miss(std::size_t step, const std::string& awaited, Duration deadline) {
  journal::Missed missed{step, awaited, deadline};
  if (production_.options.device.is_foreign()) missed.seen = unexpected_.text();
  journal_.write(missed);
  end_when_played();
}

RunOptions::Progress Stage::progress() const {
  RunOptions::Progress now{
      .now = world_.now() - zero_,
      .duration = production_.scenario.duration,
      .awaiting = awaits_device_ ? "the first REGISTER of the device" : timeline_.awaiting(),
      .until = awaits_device_ ? production_.options.first_register_timeout : timeline_.until(),
      .servers = {}};
  for (const scenario::Server& server : production_.scenario.servers)
    now.servers.push_back({server.name, servers_.state_of(server.name), tally_.at(server.name)});
  return now;
}

void Stage::stop_devices() {
  for (const auto& device : devices_) device->stop();
}

void Stage::end_when_played() {
  if (!production_.is_healthy || !timeline_.is_played()) return;
  end_ = world_.call_after(pause_after_timeline, [this] {
    if (hooks_.is_busy()) return end_when_played();
    is_over_ = true;
  });
}

void Stage::perform(const scenario::Step& step) {
  std::visit([this](const auto& what) { perform(what); }, step.what);
  end_when_played();
}

void Stage::perform(const scenario::DeviceStep& step) {
  unexpected_.forget();
  // The action comes before what the device sends because of it.
  const TimePoint performed = world_.now();
  await_sign(step.verb);
  for (const auto& device : devices_) {
    const bool reported_ok = device->perform(step);
    journal_.write(journal::Action{device->name(), std::string(to_string(step.verb)), step.number,
                                   reported_ok},
                   performed);
  }
}

void Stage::perform(const scenario::ServerStep& step) {
  servers_.carry_out(step);
}

void Stage::finish(std::string_view cut_short) {
  if (!cut_short.empty()) return journal_.write(journal::Ended{std::string(cut_short)});
  if (awaits_device_) return journal_.write(journal::Ended{"no device"});
  servers_.note_unmatched_rules();
  journal_.write(journal::Ended{"completed"});
}

}  // namespace sipharness::stage
