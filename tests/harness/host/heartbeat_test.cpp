#include "harness/host/heartbeat.hpp"

#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/world_sim/simulated_world.hpp"
#include "tests/harness/host/host_test_support.hpp"

namespace sipharness::host {
namespace {

using testing::Each;
using testing::SizeIs;

TEST(Heartbeat, reports_every_second_and_no_lag_where_time_is_virtual) {
  world_sim::SimulatedWorld world;
  std::vector<Duration> reports;
  const Heartbeat heartbeat(world, [&](Duration worst) { reports.push_back(worst); });
  world.run(TimePoint(10s));
  EXPECT_THAT(reports, SizeIs(10));
  EXPECT_THAT(reports, Each(Duration::zero()));
}

TEST(Heartbeat, sees_a_host_that_stood_still_and_counts_it_once) {
  RealWorld world;
  std::vector<Duration> reports;
  const Heartbeat heartbeat(world, [&](Duration worst) { reports.push_back(worst); });
  const world::Timer stall = world.call_after(100ms, [] { std::this_thread::sleep_for(300ms); });
  ASSERT_TRUE(run_until(world, [&] { return reports.size() == 2; }));
  EXPECT_GE(reports[0], 200ms) << "a beat was due at most 50 ms after the stall began";
  EXPECT_LT(reports[1], 200ms);
}

TEST(Heartbeat, stops_when_it_is_destroyed) {
  world_sim::SimulatedWorld world;
  {
    const Heartbeat heartbeat(world, [](Duration) { FAIL(); });
  }
  world.run(TimePoint(3s));
  EXPECT_EQ(world.now(), TimePoint(3s));
}

}  // namespace
}  // namespace sipharness::host
