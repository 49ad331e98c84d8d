#include "harness/host/machine/scheduling_probe.hpp"

#include <thread>

#include <gtest/gtest.h>

namespace sipharness::host {
namespace {

TEST(SchedulingProbe, measures_since_it_was_last_asked) {
  SchedulingProbe probe;
  std::this_thread::sleep_for(200ms);
  const Duration first = probe.worst();
  EXPECT_GT(first, Duration::zero());
  EXPECT_LT(first, 10s);
  EXPECT_LT(probe.worst(), first + 10s);
}

}  // namespace
}  // namespace sipharness::host
