#include "harness/trace/clock_jumps.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/trace_builder.hpp"

namespace sipharness::trace {
namespace {

using test_support::epoch;
using test_support::primary;
using test_support::TraceBuilder;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// The devices of `t` register for a minute, and again ten minutes later than they had to.
constexpr std::chrono::seconds expiry{60};

Silence silence_between(Duration from, Duration until, std::uint32_t before) {
  return {before, before + 1, epoch + from, epoch + until};
}

TEST(ClockJumps, are_a_guess_where_one_device_was_silent) {
  TraceBuilder t;
  t.without_journal();
  t.registration(primary, 1s, expiry);
  t.registration(primary, 11min, expiry);
  const auto found = clock_jumps(t.build(), {silence_between(1020ms, 11min, 2)}, {});
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_TRUE(found[0].is_guess);
  EXPECT_EQ(found[0].blame, verdict::Blame::user);
  EXPECT_THAT(found[0].text, AllOf(HasSubstr("may have been set forward"),
                                   HasSubstr("what follows from frame 1 was due in it")));
}

TEST(ClockJumps, are_sure_where_several_devices_let_pass_what_was_due) {
  TraceBuilder t;
  t.without_journal();
  t.registration(primary, 1s, expiry);
  t.device("1002", *Endpoint::parse("127.0.0.2:5062"));
  t.registration(primary, 2s, expiry);
  t.registration(primary, 11min, expiry);
  t.device("1001", *Endpoint::parse("127.0.0.1:5062"));
  t.registration(primary, 11min + 1s, expiry);
  const auto found = clock_jumps(t.build(), {silence_between(2020ms, 11min, 4)}, {});
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_FALSE(found[0].is_guess);
  EXPECT_THAT(found[0].text, HasSubstr("2 devices had to register in it"));
  EXPECT_GE(found[0].until, epoch + 11min + 1s) << "what came late belongs to it";
}

TEST(ClockJumps, are_sure_where_a_stream_of_media_says_that_no_time_passed) {
  TraceBuilder t;
  t.without_journal();
  t.registration(primary, 1s);
  t.registration(primary, 11min);
  const Silence pause = silence_between(10s, 10min, 8);
  const auto found = clock_jumps(t.build(), {pause}, {pause});
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_FALSE(found[0].is_guess);
  EXPECT_THAT(found[0].text, HasSubstr("the RTP of frame 8 goes on with frame 9"));
}

TEST(ClockJumps, are_none_where_nothing_was_due) {
  TraceBuilder t;
  t.without_journal();
  t.registration(primary, 1s, 3600s);
  t.registration(primary, 11min, 3600s);
  EXPECT_THAT(clock_jumps(t.build(), {silence_between(1020ms, 11min, 2)}, {}), IsEmpty());
}

TEST(ClockJumps, are_none_where_what_was_due_came_later_than_any_jump_explains) {
  TraceBuilder t;
  t.without_journal();
  t.registration(primary, 1s, expiry);
  t.registration(primary, 11min, expiry);
  EXPECT_THAT(clock_jumps(t.build(), {silence_between(40s, 90s, 2)}, {}), IsEmpty());
}

TEST(ClockJumps, are_none_where_one_device_is_silent_again_and_again) {
  TraceBuilder t;
  t.without_journal();
  std::vector<Silence> silences;
  for (int i = 0; i < 4; ++i) {
    const Duration at = 1s + 11min * i;
    t.registration(primary, at, expiry);
    if (i < 3)
      silences.push_back(
          silence_between(at + 20ms, at + 11min, static_cast<std::uint32_t>(2 * i + 2)));
  }
  EXPECT_THAT(clock_jumps(t.build(), silences, {}), IsEmpty());
}

TEST(ClockJumps, are_not_looked_for_where_a_journal_tells_the_time) {
  TraceBuilder t;
  t.registration(primary, 1s, expiry);
  t.registration(primary, 11min, expiry);
  EXPECT_THAT(clock_jumps(t.build(), {silence_between(1020ms, 11min, 2)}, {}), IsEmpty());
}

}  // namespace
}  // namespace sipharness::trace
