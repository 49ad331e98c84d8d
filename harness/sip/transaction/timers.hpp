#pragma once
// The two timers that a transaction can have running: one that paces its transmissions and one that
// ends its state. @source RFC 3261 §17; transaction_step.hpp says which is which

#include <functional>
#include <utility>

#include "harness/sip/transaction/step.hpp"
#include "harness/world/world.hpp"

namespace sipharness::sip {

class TransactionTimers {
 public:
  using Fire = std::function<void(TimerName)>;
  TransactionTimers(world::World& world, Fire fire) : world_(world), fire_(std::move(fire)) {}

  void arm(TimerName timer, Duration after) {
    slot(timer) = world_.call_after(after, [this, timer] { fire_(timer); });
  }
  void disarm(TimerName timer) { slot(timer).cancel(); }
  void disarm_all() {
    pacer_.cancel();
    life_.cancel();
  }

 private:
  world::Timer& slot(TimerName timer) { return is_pacer(timer) ? pacer_ : life_; }

  world::World& world_;
  Fire fire_;
  world::Timer pacer_;
  world::Timer life_;
};

}  // namespace sipharness::sip
