#include <algorithm>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "tests/harness/host/host_test_support.hpp"

namespace sipharness::host {
namespace {

TEST(RealTimers, are_never_early) {
  RealWorld world;
  std::vector<Duration> lateness;
  std::vector<world::Timer> timers;
  constexpr int count = 50;
  for (int i = 0; i < count; ++i) {
    const TimePoint due = world.now() + 20ms + i * 5ms;
    timers.push_back(world.call_at(due, [&, due] { lateness.push_back(world.now() - due); }));
  }
  ASSERT_TRUE(run_until(world, [&] { return lateness.size() == count; }));
  EXPECT_GE(*std::min_element(lateness.begin(), lateness.end()), Duration::zero());
}

TEST(RealTimers, that_renew_themselves_at_once_do_not_starve_sockets) {
  RealWorld world;
  DatagramRecorder recorder;
  const auto port = world.open_datagram(own_endpoint(1), recorder);
  world::Timer busy;
  std::function<void()> renew = [&] { busy = world.call_after(0ms, renew); };
  renew();
  port->send(port->local(), "to myself");
  EXPECT_TRUE(run_until(world, [&] { return !recorder.datagrams.empty(); }));
}

TEST(RealWorld, run_ends_at_its_time_and_keeps_later_timers) {
  RealWorld world;
  bool ran = false;
  const world::Timer later = world.call_after(30ms, [&] { ran = true; });
  const TimePoint until = world.now() + 5ms;
  world.run(until, {});
  EXPECT_GE(world.now(), until);
  EXPECT_FALSE(ran);
  EXPECT_TRUE(run_until(world, [&] { return ran; }));
}

TEST(RealWorld, run_asks_done_first_and_after_every_timer) {
  RealWorld world;
  int ran = 0;
  const world::Timer first = world.call_at(world.now(), [&] { ++ran; });
  const world::Timer second = world.call_at(world.now(), [&] { ++ran; });
  world.run(world.now() + 1s, [] { return true; });
  EXPECT_EQ(ran, 0);
  world.run(world.now() + 1s, [&] { return ran == 1; });
  EXPECT_EQ(ran, 1);
  world.run(world.now() + 1s, [&] { return ran == 2; });
  EXPECT_EQ(ran, 2);
}

TEST(RealWorld, timers_at_the_end_of_time_do_not_disturb) {
  RealWorld world;
  const world::Timer never = world.call_at(TimePoint::max(), [] { FAIL(); });
  bool ran = false;
  const world::Timer soon = world.call_after(1ms, [&] { ran = true; });
  EXPECT_TRUE(run_until(world, [&] { return ran; }));
}

TEST(RealWorld, reads_both_clocks_at_one_instant) {
  RealWorld world;
  const RealWorld::ClockPair before = world.read_clocks();
  world.run(world.now() + 20ms, {});
  const RealWorld::ClockPair after = world.read_clocks();
  const Duration passed = after.monotonic - before.monotonic;
  EXPECT_GE(passed, 20ms);
  EXPECT_NEAR(to_seconds(after.capture - before.capture), to_seconds(passed), 0.005);
}

TEST(RealWorld, watches_a_descriptor_until_the_handle_goes) {
  RealWorld world;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  int calls = 0;
  auto watch = world.watch(ends[0], [&] {
    char byte = 0;
    EXPECT_EQ(::read(ends[0], &byte, 1), 1);
    ++calls;
  });
  ASSERT_EQ(::write(ends[1], "ab", 2), 2);
  EXPECT_TRUE(run_until(world, [&] { return calls == 2; })) << "one byte a call, two calls";
  watch.reset();
  ASSERT_EQ(::write(ends[1], "c", 1), 1) << "the descriptor stays open";
  world.run(world.now() + 10ms, {});
  EXPECT_EQ(calls, 2);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(RealWorld, lets_a_watch_destroy_itself) {
  RealWorld world;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  std::unique_ptr<world::Timer::Pending> watch;
  int calls = 0;
  watch = world.watch(ends[0], [&] {
    watch.reset();
    ++calls;
  });
  ASSERT_EQ(::write(ends[1], "a", 1), 1);
  world.run(world.now() + 10ms, {});
  EXPECT_EQ(calls, 1);
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace sipharness::host
