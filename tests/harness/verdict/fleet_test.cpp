#include "harness/verdict/fleet.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace sipharness::verdict {
namespace {

TEST(Fleet, durations_are_told_by_their_ranks) {
  std::vector<Duration> durations;
  for (int i = 100; i > 0; --i) durations.push_back(std::chrono::seconds(i));
  const Distribution all = distribution_of(durations);
  EXPECT_EQ(all.count, 100U);
  EXPECT_EQ(all.min, Duration(1s));
  EXPECT_EQ(all.median, Duration(50s));
  EXPECT_EQ(all.p95, Duration(95s));
  EXPECT_EQ(all.max, Duration(100s));
  EXPECT_EQ(distribution_of({7s}).p95, Duration(7s));
  EXPECT_EQ(distribution_of({}).count, 0U);
}

}  // namespace
}  // namespace sipharness::verdict
