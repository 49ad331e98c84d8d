#include "harness/base/assert.hpp"

#include <gtest/gtest.h>

namespace sipharness {
namespace {

TEST(AssertDeathTest, names_the_condition_the_actor_and_its_time) {
  EXPECT_DEATH(SIPHARNESS_ASSERT(1 + 1 == 3, "primary", TimePoint(32s)),
               "assertion failed: 1 \\+ 1 == 3 .*primary, at 32.000000000 s");
}

TEST(Assert, lets_a_true_condition_pass_and_asks_once) {
  int asked = 0;
  SIPHARNESS_ASSERT(++asked > 0, "primary", TimePoint{});
  EXPECT_EQ(asked, 1);
}

}  // namespace
}  // namespace sipharness
