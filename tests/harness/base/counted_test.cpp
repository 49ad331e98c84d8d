#include "harness/base/counted.hpp"

#include <gtest/gtest.h>

namespace sipharness {
namespace {

TEST(Counted, agrees_with_the_number) {
  EXPECT_EQ(counted(0, "frame"), "0 frames");
  EXPECT_EQ(counted(1, "OPTIONS"), "1 OPTIONS");
  EXPECT_EQ(counted(200, "OPTIONS"), "200 OPTIONS");
  EXPECT_EQ(counted(2, "PUBLISH"), "2 PUBLISHes");
  EXPECT_EQ(counted(3, "REGISTER"), "3 REGISTERs");
  EXPECT_EQ(counted(2, "address"), "2 addresses");
  EXPECT_EQ(all_of(2, "branch"), "all 2 branches");
}

}  // namespace
}  // namespace sipharness
