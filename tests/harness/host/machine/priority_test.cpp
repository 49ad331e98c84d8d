#include "harness/host/machine/priority.hpp"

#include <sched.h>
#include <sys/resource.h>

#include <gtest/gtest.h>

namespace sipharness::host {
namespace {

TEST(RaisedPriority, ends_with_what_it_was_raised_for) {
  const int policy = sched_getscheduler(0);
  const int nice_value = getpriority(PRIO_PROCESS, 0);
  {
    const RaisedPriority raised;
    EXPECT_EQ(raised.granted() == Priority::real_time, sched_getscheduler(0) == SCHED_RR);
    EXPECT_EQ(raised.granted() == Priority::better_nice_value,
              getpriority(PRIO_PROCESS, 0) < nice_value);
  }
  EXPECT_EQ(sched_getscheduler(0), policy);
  EXPECT_EQ(getpriority(PRIO_PROCESS, 0), nice_value);
}

}  // namespace
}  // namespace sipharness::host
