#include "harness/world_sim/event_queue.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "harness/base/rng.hpp"

namespace sipharness::world_sim {
namespace {

TimePoint at(Duration d) {
  return TimePoint(d);
}

TEST(EventQueue, gives_events_by_time_and_then_by_insertion) {
  EventQueue queue;
  std::string order;
  queue.add(at(2s), [&] { order += 'c'; });
  queue.add(at(1s), [&] { order += 'a'; });
  queue.add(at(2s), [&] { order += 'd'; });
  queue.add(at(1s), [&] { order += 'b'; });
  while (queue.next_time()) queue.take_next()();
  EXPECT_EQ(order, "abcd");
}

TEST(EventQueue, sorts_many_random_times_as_a_stable_sort_does) {
  EventQueue queue;
  Rng rng(1);
  std::vector<std::pair<Duration, int>> expected;
  std::vector<int> order;
  for (int event = 0; event < 5000; ++event) {
    const Duration when(static_cast<std::int64_t>(rng.below(500)));
    expected.emplace_back(when, event);
    queue.add(at(when), [&order, event] { order.push_back(event); });
  }
  std::stable_sort(expected.begin(), expected.end(),
                   [](const auto& l, const auto& r) { return l.first < r.first; });
  while (queue.next_time()) queue.take_next()();
  ASSERT_EQ(order.size(), expected.size());
  for (std::size_t index = 0; index < order.size(); ++index)
    EXPECT_EQ(order[index], expected[index].second);
}

TEST(EventQueue, forgets_cancelled_events_and_only_those) {
  EventQueue queue;
  Rng rng(2);
  std::vector<EventQueue::Handle> handles;
  std::vector<int> order;
  std::vector<int> expected;
  for (int event = 0; event < 1000; ++event)
    handles.push_back(queue.add(at(1s), [&order, event] { order.push_back(event); }));
  for (int event = 0; event < 1000; ++event) {
    if (rng.chance(0.9))
      queue.cancel(handles[static_cast<std::size_t>(event)]);
    else
      expected.push_back(event);
  }
  EXPECT_EQ(queue.pending(), expected.size());
  while (queue.next_time()) queue.take_next()();
  EXPECT_EQ(order, expected);
}

TEST(EventQueue, does_not_mistake_a_reused_slot_for_a_cancelled_event) {
  EventQueue queue;
  bool ran = false;
  const EventQueue::Handle gone = queue.add(at(1s), [] {});
  queue.cancel(gone);
  queue.add(at(1s), [&] { ran = true; });
  queue.cancel(gone);
  ASSERT_TRUE(queue.next_time().has_value());
  queue.take_next()();
  EXPECT_TRUE(ran);
  EXPECT_FALSE(queue.next_time().has_value());
}

TEST(EventQueue, frees_what_a_cancelled_event_captured_at_once) {
  EventQueue queue;
  auto captured = std::make_shared<int>(1);
  const EventQueue::Handle handle = queue.add(at(1s), [captured] {});
  EXPECT_EQ(captured.use_count(), 2);
  queue.cancel(handle);
  EXPECT_EQ(captured.use_count(), 1);
}

/// Cancels another event when it is destroyed, as a captured Timer does.
struct CancelsOnDestruction {
  EventQueue& queue;
  EventQueue::Handle victim;
  ~CancelsOnDestruction() { queue.cancel(victim); }
};

TEST(EventQueue, bears_actions_that_cancel_others_when_they_are_destroyed) {
  EventQueue queue;
  const EventQueue::Handle victim = queue.add(at(2s), [] { FAIL() << "it was cancelled"; });
  auto canceller = std::make_shared<CancelsOnDestruction>(queue, victim);
  const EventQueue::Handle owner = queue.add(at(1s), [canceller] {});
  canceller.reset();
  queue.cancel(owner);
  EXPECT_EQ(queue.pending(), 0U);
  EXPECT_FALSE(queue.next_time().has_value());
}

TEST(EventQueueDeathTest, cannot_be_asked_for_an_event_it_does_not_have) {
  EventQueue queue;
  EXPECT_DEATH(queue.take_next(), "assertion failed");
}

}  // namespace
}  // namespace sipharness::world_sim
