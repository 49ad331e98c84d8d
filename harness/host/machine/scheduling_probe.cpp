#include "harness/host/machine/scheduling_probe.hpp"

#include <cerrno>
#include <ctime>
#include <sched.h>
#include <sys/resource.h>

namespace sipharness::host {
namespace {

constexpr Duration probe_period = 10ms;

void take_ordinary_priority() {
  const sched_param ordinary{};
  sched_setscheduler(0, SCHED_OTHER, &ordinary);
  // Only what RaisedPriority may have made of it: a harness that was started politely stays so.
  if (errno = 0; getpriority(PRIO_PROCESS, 0) < 0 && errno == 0) setpriority(PRIO_PROCESS, 0, 0);
}

Duration monotonic_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

void sleep_until(Duration due) {
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(due);
  const timespec at{.tv_sec = whole.count(), .tv_nsec = (due - whole).count()};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr) == EINTR) {
  }
}

}  // namespace

SchedulingProbe::SchedulingProbe() : thread_([this] { beat(); }) {}

SchedulingProbe::~SchedulingProbe() {
  stops_ = true;
  thread_.join();
}

Duration SchedulingProbe::worst() {
  return Duration(worst_.exchange(0));
}

void SchedulingProbe::beat() {
  take_ordinary_priority();
  while (!stops_) {
    const Duration due = monotonic_now() + probe_period;
    sleep_until(due);
    const Duration::rep late = (monotonic_now() - due).count();
    // Not what worst() has taken meanwhile: that would be told twice.
    Duration::rep worst = worst_.load();
    while (late > worst && !worst_.compare_exchange_weak(worst, late)) {
    }
  }
}

}  // namespace sipharness::host
