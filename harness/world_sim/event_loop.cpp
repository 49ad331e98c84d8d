#include "harness/world_sim/event_loop.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "harness/base/assert.hpp"

namespace sipharness::world_sim {
namespace {

class PendingEvent final : public world::Timer::Pending {
 public:
  PendingEvent(EventQueue& queue, EventQueue::Handle handle) : queue_(queue), handle_(handle) {}
  ~PendingEvent() override { queue_.cancel(handle_); }

 private:
  EventQueue& queue_;
  EventQueue::Handle handle_;
};

/// True while it lives, also when a handler throws.
class Flag {
 public:
  explicit Flag(bool& flag) : flag_(flag) { flag_ = true; }
  ~Flag() { flag_ = false; }
  Flag(const Flag&) = delete;
  Flag& operator=(const Flag&) = delete;

 private:
  bool& flag_;
};

}  // namespace

world::Timer EventLoop::call_at(TimePoint at, EventQueue::Action call) {
  const EventQueue::Handle handle = queue_.add(std::max(at, now_), std::move(call));
  return world::Timer(std::make_unique<PendingEvent>(queue_, handle));
}

void EventLoop::post_at(TimePoint at, EventQueue::Action call) {
  queue_.add(std::max(at, now_), std::move(call));
}

bool EventLoop::run(TimePoint until, const std::function<bool()>& done) {
  SIPHARNESS_ASSERT(!running_, "event loop", now_);
  const Flag running(running_);
  while (const std::optional<TimePoint> next = queue_.next_time()) {
    if (*next > until) break;
    if (events_ == max_events_) return false;
    now_ = *next;
    ++events_;
    queue_.take_next()();
    if (done && done()) return true;
  }
  now_ = std::max(now_, until);
  return true;
}

}  // namespace sipharness::world_sim
