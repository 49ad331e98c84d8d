#include "harness/observed/observed_t1.hpp"

#include <gtest/gtest.h>

#include "tests/support/one_phone.hpp"

namespace sipharness::observed {
namespace {

using test_support::OnePhone;
using test_support::primary;
using test_support::TraceBuilder;

using Offsets = std::vector<Duration>;

const Offsets whole = {500ms,   1500ms,  3500ms,  7500ms,  11500ms,
                       15500ms, 19500ms, 23500ms, 27500ms, 31500ms};

/// A request to a silent primary, sent again at these offsets.
void series(TraceBuilder& t, Duration at, const Offsets& offsets, std::string method = "REGISTER") {
  t.retransmissions(t.at(at).from_device(primary).request(method), offsets);
}

/// Of a foreign capture, which begins at 0 s and ends 200 s after it.
std::optional<Duration> t1_of(TraceBuilder& t) {
  t.at(0s).to_device(primary).request("NOTIFY");
  t.ends(300s);
  t.without_journal();
  scenario::Profile profile;
  profile.knows_timers = false;
  return observed_t1(OnePhone(t, profile).phone);
}

TEST(ObservedT1, is_not_known_where_nothing_is_repeated) {
  TraceBuilder t;
  EXPECT_EQ(t1_of(t), std::nullopt);
}

TEST(ObservedT1, is_shown_by_one_whole_series) {
  TraceBuilder t;
  series(t, 10s, whole);
  EXPECT_EQ(t1_of(t), 500ms);
}

TEST(ObservedT1, is_shown_by_a_whole_series_of_a_longer_one) {
  TraceBuilder t;
  series(t, 10s, {1s, 3s, 7s, 15s, 31s, 63s}, "INVITE");
  EXPECT_EQ(t1_of(t), 1s);
}

TEST(ObservedT1, is_shown_by_two_series_that_were_answered) {
  TraceBuilder t;
  series(t, 10s, {1s, 3s, 7s});
  EXPECT_EQ(t1_of(t), std::nullopt) << "its first transmission may have been lost";
  TraceBuilder two;
  series(two, 10s, {1s, 3s, 7s});
  series(two, 100s, {1010ms, 3020ms, 7040ms}, "OPTIONS");
  EXPECT_NEAR(to_seconds(t1_of(two).value()), 1.0, 0.02);
}

TEST(ObservedT1, is_not_known_from_two_late_copies) {
  TraceBuilder t;
  Offsets late = whole;
  late[0] = 1046ms;
  late[1] = 2075ms;
  series(t, 10s, late);
  EXPECT_EQ(t1_of(t), std::nullopt);
  TraceBuilder two;
  series(two, 10s, late);
  series(two, 100s, whole);
  EXPECT_EQ(t1_of(two), 500ms) << "the other series shows it";
}

TEST(ObservedT1, is_not_shown_by_series_that_the_capture_joined_late) {
  TraceBuilder t;
  series(t, 100ms, {1s, 3s, 7s, 11s});
  series(t, 100ms, {1s, 3s, 7s, 11s}, "OPTIONS");
  EXPECT_EQ(t1_of(t), std::nullopt);
}

TEST(ObservedT1, is_not_known_where_series_disagree) {
  TraceBuilder t;
  series(t, 10s, whole);
  series(t, 100s, {1s, 3s, 7s, 15s, 31s, 63s}, "INVITE");
  EXPECT_EQ(t1_of(t), std::nullopt);
}

TEST(ObservedT1, trap_14_is_none_that_no_device_may_have) {
  TraceBuilder t;
  series(t, 10s, {200ms, 600ms, 1400ms, 3s, 6200ms, 12600ms}, "INVITE");
  EXPECT_EQ(t1_of(t), std::nullopt);
}

TEST(ObservedT1, is_not_shown_by_a_clock_that_steps) {
  constexpr Duration year = 8766h;
  TraceBuilder t;
  series(t, 10s, {year, 3 * year, 7 * year, 15 * year});
  series(t, 20 * year, {year, 3 * year, 7 * year, 15 * year}, "OPTIONS");
  t.ends(100 * year);
  scenario::Profile profile;
  profile.knows_timers = false;
  const OnePhone one(t, profile);
  EXPECT_EQ(observed_t1(one.phone), std::nullopt);
  EXPECT_EQ(longest_t1(one.phone, transactions(one.phone).front()), year);
}

TEST(ObservedT1, ends_no_transaction_that_is_longer_than_a_clock) {
  TraceBuilder t;
  series(t, 10s, {280'000h});
  t.ends(300'000h);
  scenario::Profile profile;
  profile.knows_timers = false;
  const OnePhone one(t, profile);
  const Duration longest = longest_t1(one.phone, transactions(one.phone).front());
  EXPECT_GT(one.phone.at(0) + 64 * longest, one.phone.trace.last);
}

TEST(ObservedT1, is_at_most_the_first_interval) {
  TraceBuilder t;
  series(t, 10s, {2s});
  t.ends(60s);
  scenario::Profile profile;
  profile.knows_timers = false;
  const OnePhone one(t, profile);
  EXPECT_FALSE(one.phone.knows_t1);
  EXPECT_EQ(longest_t1(one.phone, transactions(one.phone).front()), 2s);
}

}  // namespace
}  // namespace sipharness::observed
