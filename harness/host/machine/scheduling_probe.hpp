#pragma once
// How long an ordinary process of this host waits for a processor. The harness goes before ordinary
// processes where it may, so its own heartbeat says nothing of a softphone beside it: this beats in
// a thread of ordinary priority.
//  1. worst() is the longest wait since it was last asked.

#include <atomic>
#include <thread>

#include "harness/base/time.hpp"

namespace sipharness::host {

class SchedulingProbe {
 public:
  SchedulingProbe();
  ~SchedulingProbe();
  SchedulingProbe(const SchedulingProbe&) = delete;
  SchedulingProbe& operator=(const SchedulingProbe&) = delete;

  Duration worst();

 private:
  void beat();

  std::atomic<bool> stops_ = false;
  std::atomic<Duration::rep> worst_ = 0;
  std::thread thread_;
};

}  // namespace sipharness::host
