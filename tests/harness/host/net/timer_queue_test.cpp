#include "harness/host/net/timer_queue.hpp"

#include <memory>
#include <optional>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sipharness::host {
namespace {

using testing::ElementsAre;

constexpr TimePoint at(Duration since_start) {
  return TimePoint(since_start);
}

TEST(TimerQueue, runs_by_time_and_at_one_time_in_the_order_made) {
  TimerQueue queue;
  std::vector<int> ran;
  const world::Timer late = queue.add(at(2s), [&] { ran.push_back(3); });
  const world::Timer first = queue.add(at(1s), [&] { ran.push_back(1); });
  const world::Timer second = queue.add(at(1s), [&] { ran.push_back(2); });
  while (queue.run_one_due(at(2s))) {
  }
  EXPECT_THAT(ran, ElementsAre(1, 2, 3));
}

TEST(TimerQueue, runs_nothing_before_its_time) {
  TimerQueue queue;
  bool ran = false;
  const world::Timer timer = queue.add(at(1s), [&] { ran = true; });
  EXPECT_FALSE(queue.run_one_due(at(1s) - 1ns));
  EXPECT_FALSE(ran);
  EXPECT_EQ(queue.next(), at(1s));
  EXPECT_TRUE(queue.run_one_due(at(1s)));
  EXPECT_TRUE(ran);
  EXPECT_EQ(queue.next(), std::nullopt);
}

TEST(TimerQueue, forgets_a_call_whose_timer_is_destroyed) {
  TimerQueue queue;
  std::optional<world::Timer> timer = queue.add(at(1s), [] { FAIL() << "cancelled"; });
  timer.reset();
  EXPECT_EQ(queue.next(), std::nullopt);
  EXPECT_FALSE(queue.run_one_due(at(1h)));
}

TEST(TimerQueue, lets_a_call_destroy_its_own_timer_and_others) {
  TimerQueue queue;
  std::optional<world::Timer> own;
  std::optional<world::Timer> other;
  bool ran = false;
  own = queue.add(at(1s), [&] {
    own.reset();
    other.reset();
    ran = true;
  });
  other = queue.add(at(1s), [] { FAIL() << "cancelled by the call before it"; });
  while (queue.run_one_due(at(2s))) {
  }
  EXPECT_TRUE(ran);
}

TEST(TimerQueue, may_go_before_its_timers_and_their_captures) {
  std::optional<world::Timer> inner;
  world::Timer outer;
  {
    TimerQueue queue;
    auto owned = std::make_shared<world::Timer>(queue.add(at(2s), [] {}));
    outer = queue.add(at(1s), [owned] {});
    inner = queue.add(at(3s), [] {});
    owned.reset();
    outer.cancel();
    EXPECT_EQ(queue.next(), at(3s)) << "the timer that the cancelled call owned went with it";
  }
  inner.reset();
  EXPECT_FALSE(inner.has_value());
}

}  // namespace
}  // namespace sipharness::host
