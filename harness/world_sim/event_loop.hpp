#pragma once
// Virtual time: jumps from event to event. Everything in the simulated world that waits, waits
// here.
//  1. An event due in the past is due now, behind what is due now already.
//  2. A run is bounded in time and, over the loop's life, in events.

#include <cstdint>
#include <functional>

#include "harness/world/world.hpp"
#include "harness/world_sim/event_queue.hpp"

namespace sipharness::world_sim {

class EventLoop {
 public:
  explicit EventLoop(std::uint64_t max_events) : max_events_(max_events) {}

  TimePoint now() const { return now_; }
  std::uint64_t events() const { return events_; }

  [[nodiscard]] world::Timer call_at(TimePoint at, EventQueue::Action call);
  /// What nobody can take back, such as a packet on its way.
  void post_at(TimePoint at, EventQueue::Action call);

  /// See SimulatedWorld::run.
  bool run(TimePoint until, const std::function<bool()>& done);

 private:
  EventQueue queue_;
  TimePoint now_{};
  std::uint64_t max_events_;
  std::uint64_t events_ = 0;
  bool running_ = false;
};

}  // namespace sipharness::world_sim
