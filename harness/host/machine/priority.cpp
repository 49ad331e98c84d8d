#include "harness/host/machine/priority.hpp"

#include <sched.h>
#include <sys/resource.h>

namespace sipharness::host {

Priority raise_priority() {
  constexpr int better_nice_value = -15;
  sched_param parameters{};
  parameters.sched_priority = sched_get_priority_min(SCHED_RR);
  if (sched_setscheduler(0, SCHED_RR, &parameters) == 0) return Priority::real_time;
  return setpriority(PRIO_PROCESS, 0, better_nice_value) == 0 ? Priority::better_nice_value
                                                              : Priority::ordinary;
}

}  // namespace sipharness::host
