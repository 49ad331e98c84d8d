#include "harness/base/parallel.hpp"

#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace sipharness {
namespace {

TEST(ForEachIndex, works_on_each_once) {
  for (const unsigned workers : {1U, 2U, 7U, 0U}) {
    std::vector<int> done(100);
    for_each_index(done.size(), workers, [&](std::size_t index) { ++done[index]; });
    EXPECT_EQ(done, std::vector<int>(100, 1)) << workers;
  }
}

TEST(ForEachIndex, throws_what_a_worker_threw) {
  const auto fail_at_nine = [](std::size_t index) {
    if (index == 9) throw std::runtime_error("nine");
  };
  EXPECT_THROW(for_each_index(20, 2, fail_at_nine), std::runtime_error);
}

TEST(ForEachIndex, of_nothing_does_nothing) {
  for_each_index(0, 2, [](std::size_t) { FAIL(); });
}

TEST(OneAtATime, lets_nobody_in_between) {
  OneAtATime one_at_a_time;
  int done = 0;
  for_each_index(10'000, 4, [&](std::size_t) { one_at_a_time([&] { ++done; }); });
  EXPECT_EQ(done, 10'000);
}

}  // namespace
}  // namespace sipharness
