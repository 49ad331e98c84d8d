#include "harness/judge/builtin_profile.hpp"

#include <gtest/gtest.h>

namespace sipharness::judge {
namespace {

TEST(BuiltinProfile, claims_nothing_and_knows_no_setting) {
  const scenario::Profile profile = builtin_profile();
  EXPECT_EQ(profile.kind, "external");
  EXPECT_FALSE(profile.claims_guide());
  EXPECT_EQ(profile.register_expiration, std::nullopt);
  EXPECT_EQ(profile.reregister_before, std::nullopt);
  EXPECT_EQ(profile.reg_retry_wait, std::nullopt);
  EXPECT_EQ(profile.reg_retry_wait_403, std::nullopt);
  EXPECT_EQ(profile.transport, std::nullopt);
  EXPECT_EQ(profile.rport, std::nullopt);
  EXPECT_FALSE(profile.knows_timers);
  EXPECT_FALSE(scenario::resolve(profile.account.password));
}

}  // namespace
}  // namespace sipharness::judge
