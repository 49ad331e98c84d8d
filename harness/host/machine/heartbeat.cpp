#include "harness/host/machine/heartbeat.hpp"

#include <algorithm>
#include <utility>

namespace sipharness::host {
namespace {

constexpr Duration beat_period = 50ms;
constexpr Duration report_period = 1s;

/// The next time of a regular series; times that a stall has swallowed are left out.
TimePoint next_of_series(TimePoint last, Duration period, TimePoint now) {
  return last + period > now ? last + period : now + period;
}

}  // namespace

Heartbeat::Heartbeat(world::World& world, std::function<void(Duration)> each_second)
    : world_(world),
      each_second_(std::move(each_second)),
      last_(world.now()),
      due_(world.now() + beat_period),
      report_at_(world.now() + report_period) {
  set_timer();
}

Duration Heartbeat::lateness() const {
  const Duration late = world_.now() - due_;
  return late > beat_period ? world_.now() - last_ : std::max(late, Duration::zero());
}

Duration Heartbeat::worst() const {
  return std::max(worst_, lateness());
}

void Heartbeat::beat() {
  const TimePoint now = world_.now();
  worst_ = worst();
  last_ = now;
  due_ = next_of_series(due_, beat_period, now);
  if (now >= report_at_) {
    report_at_ = next_of_series(report_at_, report_period, now);
    each_second_(std::exchange(worst_, Duration::zero()));
  }
  set_timer();
}

void Heartbeat::set_timer() {
  timer_ = world_.call_at(due_, [this] { beat(); });
}

}  // namespace sipharness::host
