#include "harness/host/net/timer_queue.hpp"

#include <utility>

namespace sipharness::host {

class TimerQueue::Entry final : public world::Timer::Pending {
 public:
  Entry(const std::shared_ptr<Calls>& calls, Key key) : calls_(calls), key_(key) {}
  ~Entry() override {
    const std::shared_ptr<Calls> calls = calls_.lock();
    if (!calls) return;
    // The call is destroyed outside the map: its captures may own timers of the same queue.
    const Calls::node_type removed = calls->extract(key_);
  }

 private:
  std::weak_ptr<Calls> calls_;
  Key key_;
};

world::Timer TimerQueue::add(TimePoint at, std::function<void()> call) {
  const Key key{at, made_++};
  calls_->emplace(key, std::move(call));
  return world::Timer(std::make_unique<Entry>(calls_, key));
}

std::optional<TimePoint> TimerQueue::next() const {
  if (calls_->empty()) return std::nullopt;
  return calls_->begin()->first.at;
}

bool TimerQueue::run_one_due(TimePoint now) {
  if (calls_->empty() || calls_->begin()->first.at > now) return false;
  const Calls::node_type due = calls_->extract(calls_->begin());
  due.mapped()();
  return true;
}

}  // namespace sipharness::host
