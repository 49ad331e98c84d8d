#include "harness/host/machine/heartbeat.hpp"

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/host/net/timer_queue.hpp"
#include "harness/world_sim/simulated_world.hpp"
#include "tests/harness/host/host_test_support.hpp"

namespace sipharness::host {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::SizeIs;

TEST(Heartbeat, reports_every_second_and_no_lag_where_time_is_virtual) {
  world_sim::SimulatedWorld world;
  std::vector<Duration> reports;
  const Heartbeat heartbeat(world, [&](Duration worst) { reports.push_back(worst); });
  world.run(TimePoint(10s));
  EXPECT_THAT(reports, SizeIs(10));
  EXPECT_THAT(reports, Each(Duration::zero()));
}

/// Time stands still but for jumps, after which everything that is due runs: a host that stalls.
class StallingWorld final : public world::World {
 public:
  TimePoint now() const override { return now_; }
  world::Timer call_at(TimePoint at, std::function<void()> call) override {
    return timers_.add(at, std::move(call));
  }
  std::unique_ptr<world::DatagramPort> open_datagram(const Endpoint&,
                                                     world::DatagramHandler&) override {
    return nullptr;
  }
  std::unique_ptr<world::StreamListener> listen(const Endpoint&, world::AcceptFunction) override {
    return nullptr;
  }
  std::unique_ptr<world::Stream> connect(const Endpoint&, const Endpoint&,
                                         world::StreamHandler&) override {
    return nullptr;
  }
  void stall(Duration length) {
    now_ += length;
    while (timers_.run_one_due(now_)) {
    }
  }

 private:
  TimePoint now_;
  TimerQueue timers_;
};

TEST(Heartbeat, sees_a_host_that_stood_still_and_counts_it_once) {
  StallingWorld world;
  std::vector<Duration> reports;
  const Heartbeat heartbeat(world, [&](Duration worst) { reports.push_back(worst); });
  world.stall(350ms);
  while (world.now() < TimePoint(3s)) world.stall(10ms);
  EXPECT_THAT(reports, ElementsAre(350ms, 0ms, 0ms));
}

TEST(Heartbeat, reports_a_stall_of_several_seconds_once) {
  StallingWorld world;
  std::vector<Duration> reports;
  const Heartbeat heartbeat(world, [&](Duration worst) { reports.push_back(worst); });
  world.stall(5s);
  EXPECT_THAT(reports, ElementsAre(5s));
}

TEST(Heartbeat, beats_in_real_time) {
  RealWorld world;
  std::vector<Duration> reports;
  const Heartbeat heartbeat(world, [&](Duration worst) { reports.push_back(worst); });
  ASSERT_TRUE(run_until(world, [&] { return !reports.empty(); }));
  EXPECT_GT(reports[0], Duration::zero()) << "no timer of a real host is exact";
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
