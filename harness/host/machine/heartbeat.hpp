#pragma once
// Measures how late this host is: a timer that ought to fire every 50 ms, and by how much the worst
// of a second missed its time. A verdict over an interval that our host produced needs to know.
//  1. `each_second` gets the worst lag since it was last called; it may not destroy the heartbeat.
//  2. A host that stood still for a while counts once, with all of the time since the last beat: it
//     may have stood still since.

#include <functional>

#include "harness/base/time.hpp"
#include "harness/world/world.hpp"

namespace sipharness::host {

class Heartbeat {
 public:
  Heartbeat(world::World& world, std::function<void(Duration worst)> each_second);

  /// The worst since `each_second` was last called, with what is under way.
  Duration worst() const;

 private:
  Duration lateness() const;
  void beat();
  void set_timer();

  world::World& world_;
  std::function<void(Duration)> each_second_;
  TimePoint last_;
  TimePoint due_;
  TimePoint report_at_;
  Duration worst_{};
  world::Timer timer_;
};

}  // namespace sipharness::host
