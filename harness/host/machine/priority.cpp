#include "harness/host/machine/priority.hpp"

#include <sys/resource.h>

namespace sipharness::host {

RaisedPriority::RaisedPriority()
    : policy_(sched_getscheduler(0)), nice_value_(getpriority(PRIO_PROCESS, 0)) {
  constexpr int better_nice_value = -15;
  sched_getparam(0, &parameters_);
  sched_param parameters{};
  parameters.sched_priority = sched_get_priority_min(SCHED_RR);
  if (sched_setscheduler(0, SCHED_RR, &parameters) == 0)
    granted_ = Priority::real_time;
  else if (setpriority(PRIO_PROCESS, 0, better_nice_value) == 0)
    granted_ = Priority::better_nice_value;
}

RaisedPriority::~RaisedPriority() {
  if (granted_ == Priority::real_time) sched_setscheduler(0, policy_, &parameters_);
  if (granted_ == Priority::better_nice_value) setpriority(PRIO_PROCESS, 0, nice_value_);
}

}  // namespace sipharness::host
