#include "harness/host/machine/large_pages.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace sipharness::host {
namespace {

TEST(LargePages, take_nothing_from_a_limited_address_space) {
  rlimit given{};
  ASSERT_EQ(::getrlimit(RLIMIT_AS, &given), 0);
  rlimit limited = given;
  limited.rlim_cur = rlim_t{1} << 46U;
  ASSERT_EQ(::setrlimit(RLIMIT_AS, &limited), 0);
  const void* const before = ::sbrk(0);
  use_large_pages();
  EXPECT_EQ(::sbrk(0), before);
  EXPECT_EQ(::setrlimit(RLIMIT_AS, &given), 0);
}

}  // namespace
}  // namespace sipharness::host
