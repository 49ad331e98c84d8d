#include "harness/observed/storm.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/one_phone.hpp"

namespace sipharness::observed {
namespace {

using test_support::epoch;
using test_support::MessageId;
using test_support::OnePhone;
using test_support::primary;
using test_support::secondary;
using test_support::TraceBuilder;
using testing::ElementsAre;

/// Registered at both; the primary is silent from 10 s to 100 s, a refresh at 40 s is lost.
struct LostPrimary : TraceBuilder {
  explicit LostPrimary(Duration expires = 60s) {
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(expires);
    registration(primary, 1s, whole);
    registration(secondary, 1s, std::chrono::seconds(3600));
    at(10s).silent(primary);
    const MessageId refresh = at(40s).from_device(primary).request("REGISTER");
    retransmissions(refresh, {500ms, 1500ms});
    at(100s).answering(primary);
  }
};

TEST(StormShare, has_every_register_with_its_copies) {
  LostPrimary t;
  t.registration(primary, 110s);
  t.ends(200s);
  const OnePhone one(t);
  const StormShare share = storm_share(one.phone, primary);
  EXPECT_THAT(share.registers, ElementsAre(epoch + 1s, epoch + 40s, epoch + 40'500ms,
                                           epoch + 41'500ms, epoch + 110s));
  EXPECT_THAT(share.waits, ElementsAre(Duration(38s)));  // it failed 64*T1 after 40 s
  EXPECT_EQ(storm_share(one.phone, secondary).registers.size(), 1U);
}

TEST(StormShare, says_when_the_device_was_back_and_whether_it_lapsed) {
  LostPrimary t;
  t.registration(primary, 110s);
  t.ends(200s);
  const OnePhone one(t);
  const StormShare share = storm_share(one.phone, primary);
  EXPECT_TRUE(share.is_due_back);
  EXPECT_EQ(share.back, Duration(10'005ms));
  EXPECT_TRUE(share.lapsed);
  const StormShare other = storm_share(one.phone, secondary);
  EXPECT_FALSE(other.is_due_back);
  EXPECT_FALSE(other.back);
  EXPECT_FALSE(other.lapsed);
}

TEST(StormShare, tells_a_device_that_never_came_back) {
  LostPrimary t(3600s);
  t.ends(200s);
  const OnePhone one(t);
  const StormShare share = storm_share(one.phone, primary);
  EXPECT_TRUE(share.is_due_back);
  EXPECT_FALSE(share.back);
  EXPECT_FALSE(share.lapsed);
}

}  // namespace
}  // namespace sipharness::observed
