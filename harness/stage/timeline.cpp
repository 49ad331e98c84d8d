#include "harness/stage/timeline.hpp"

#include <variant>

#include <fmt/format.h>

namespace sipharness::stage {
namespace {

using scenario::DeviceStep;
using scenario::Step;

/// policy: how often a step that is held asks whether it may go on.
constexpr Duration hold_period = 100ms;

std::string describe(const Step& step) {
  if (const auto* device = std::get_if<DeviceStep>(&step.what))
    return std::string(to_string(device->verb));
  const auto& server = std::get<scenario::ServerStep>(step.what);
  return fmt::format("{} {}", server.server, to_string(server.verb));
}

}  // namespace

Timeline::Timeline(world::World& world, const scenario::Scenario& scenario, Handlers handlers)
    : world_(world), scenario_(scenario), handlers_(std::move(handlers)) {}

void Timeline::start(TimePoint zero, std::size_t first) {
  zero_ = zero;
  next_ = first;
  is_playing_ = true;
  arm();
}

const Step* Timeline::current() const {
  return next_ < scenario_.timeline.size() ? &scenario_.timeline[next_] : nullptr;
}

void Timeline::arm() {
  scheduled_ = false;
  const Step* step = current();
  if (step == nullptr) return;
  if (!step->when.after) return schedule(zero_ + step->when.at);
  due_ = zero_ + step->when.deadline.value_or(scenario_.duration);
  deadline_ = world_.call_at(due_, [this] { give_up(); });
  const auto seen = seen_.find({step->when.after->kind, step->when.after->server});
  if (seen != seen_.end()) schedule(seen->second + step->when.at);
}

void Timeline::schedule(TimePoint at) {
  scheduled_ = true;
  due_ = at;
  deadline_.cancel();
  step_timer_ = world_.call_at(at, [this] { perform_current(); });
}

void Timeline::on_anchor(const scenario::Anchor& anchor) {
  seen_.emplace(AnchorKey(anchor.kind, anchor.server), world_.now());
  const Step* step = current();
  if (!is_playing_ || step == nullptr || scheduled_ || !step->when.after) return;
  if (step->when.after->kind == anchor.kind && step->when.after->server == anchor.server)
    schedule(world_.now() + step->when.at);
}

void Timeline::end() {
  const Step* step = current();
  if (step != nullptr && step->when.after && !scheduled_) give_up();
}

void Timeline::perform_current() {
  const Step& step = *current();
  const bool is_device_step = std::holds_alternative<DeviceStep>(step.what);
  if (is_device_step && handlers_.is_held()) {
    step_timer_ = world_.call_after(hold_period, [this] { perform_current(); });
    return;
  }
  ++next_;
  if (is_device_step) seen_.clear();
  handlers_.perform(step);
  arm();
}

bool Timeline::awaits_answer() const {
  const Step* step = current();
  if (step == nullptr) return false;
  const auto* device = std::get_if<DeviceStep>(&step->what);
  if (device != nullptr && device->verb == scenario::DeviceVerb::answer) return true;
  return !scheduled_ && step->when.after &&
         step->when.after->kind == scenario::AnchorKind::answered;
}

std::size_t Timeline::abandon() {
  deadline_.cancel();
  step_timer_.cancel();
  return std::exchange(next_, scenario_.timeline.size());
}

void Timeline::give_up() {
  const std::size_t step = abandon();
  handlers_.missed(step, scenario_.timeline[step]);
}

std::string Timeline::awaiting() const {
  const Step* step = current();
  if (step == nullptr) return "the end";
  if (!step->when.after)
    return fmt::format("{} at {}", describe(*step), format_duration(step->when.at));
  return fmt::format("{}{}, then {}", scheduled_ ? "the pause after " : "",
                     to_string(*step->when.after), describe(*step));
}

Duration Timeline::until() const {
  return current() == nullptr ? scenario_.duration : due_ - zero_;
}

}  // namespace sipharness::stage
