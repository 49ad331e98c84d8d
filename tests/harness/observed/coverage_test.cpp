#include "harness/observed/coverage.hpp"

#include <gtest/gtest.h>

#include "tests/support/one_phone.hpp"

namespace sipharness::observed {
namespace {

using test_support::epoch;
using test_support::OnePhone;
using test_support::primary;
using test_support::secondary;
using test_support::TraceBuilder;

constexpr trace::Span judged{epoch + 2s, epoch + 100s};

TEST(Coverage, has_a_gap_where_a_binding_lapsed_before_the_next_one) {
  TraceBuilder t;
  t.registration(primary, 1s, 60s);
  t.registration(primary, 80s, 60s);
  const OnePhone one(t);
  const Coverage held = coverage_of(one.phone, primary, judged);
  ASSERT_EQ(held.gaps.size(), 1U);
  EXPECT_EQ(held.gaps[0].from, epoch + 61005ms);
  EXPECT_EQ(held.gaps[0].length, Duration(19s));
  EXPECT_EQ(held.gaps[0].before, &attempts(one.phone)[0]);
  EXPECT_EQ(held.gaps[0].after, &attempts(one.phone)[1]);
  EXPECT_EQ(held.until, epoch + 140005ms);
  EXPECT_EQ(held.last, &attempts(one.phone)[1]);
}

TEST(Coverage, ends_where_the_last_binding_of_that_server_does) {
  TraceBuilder t;
  t.registration(primary, 1s, 60s);
  t.registration(secondary, 1s, 600s);
  const OnePhone one(t);
  const Coverage held = coverage_of(one.phone, primary, judged);
  EXPECT_TRUE(held.gaps.empty());
  EXPECT_EQ(held.until, epoch + 61005ms);
}

TEST(Coverage, ends_where_it_begins_if_there_is_no_binding) {
  TraceBuilder t;
  t.registration(secondary, 1s, 600s);
  const OnePhone one(t);
  const Coverage held = coverage_of(one.phone, primary, judged);
  EXPECT_EQ(held.until, judged.from);
  EXPECT_EQ(held.last, nullptr);
}

}  // namespace
}  // namespace sipharness::observed
