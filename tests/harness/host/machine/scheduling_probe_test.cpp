#include "harness/host/machine/scheduling_probe.hpp"

#include <thread>

#include <gtest/gtest.h>

namespace sipharness::host {
namespace {

TEST(SchedulingProbe, measures_waits) {
  SchedulingProbe probe;
  std::this_thread::sleep_for(200ms);
  EXPECT_GT(probe.worst(), Duration::zero());
}

}  // namespace
}  // namespace sipharness::host
