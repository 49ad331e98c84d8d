#pragma once
// A UAS core's care for its 2xx to an INVITE until the ACK comes: not a transaction's business,
// because the INVITE server transaction leaves Timer G out for a 2xx. Contract:
//  1. The user sends the 2xx itself and makes a Reliable2xx at that moment: time counts from there.
//  2. resend is called after T1, then at twice the interval each time, T2 at most, on any
//     transport.
//  3. stop() (the ACK came) or destruction ends it, also from inside a callback.
//  4. After 64*T1 without stop(), on_give_up is called once: the session should be ended by BYE.
// @source RFC 3261 §13.3.1.4

#include <functional>

#include "harness/sip/timers.hpp"
#include "harness/world/world.hpp"

namespace sipharness::sip {

class Reliable2xx {
 public:
  struct Options {
    Timers timers{};
    std::function<void()> resend{};
    std::function<void()> on_give_up{};
  };

  Reliable2xx(world::World& world, Options options);
  Reliable2xx(const Reliable2xx&) = delete;
  Reliable2xx& operator=(const Reliable2xx&) = delete;

  void stop();

 private:
  void wait();

  world::World& world_;
  Options options_;
  Duration interval_;
  world::Timer timeout_;
  world::Timer repeat_;
};

}  // namespace sipharness::sip
