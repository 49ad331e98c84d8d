#include "harness/sip/session_expires.hpp"

#include <gtest/gtest.h>

namespace sipharness::sip {
namespace {

TEST(SessionExpires, has_an_interval_and_perhaps_a_refresher) {
  const auto plain = parse_session_expires("1800");
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->interval, 1800s);
  EXPECT_EQ(plain->refresher, Refresher::unsaid);
  EXPECT_EQ(parse_session_expires("90;refresher=uac")->refresher, Refresher::uac);
  EXPECT_EQ(parse_session_expires("90 ; refresher=UAS")->refresher, Refresher::uas);
  EXPECT_EQ(parse_session_expires("90;x=y;refresher=uas")->refresher, Refresher::uas);
}

TEST(SessionExpires, is_nothing_without_a_number) {
  EXPECT_FALSE(parse_session_expires("").has_value());
  EXPECT_FALSE(parse_session_expires("soon;refresher=uac").has_value());
  EXPECT_FALSE(parse_session_expires("-90").has_value());
}

TEST(SessionExpires, is_written_as_it_is_read) {
  for (const char* const value : {"90", "90;refresher=uac", "1800;refresher=uas"})
    EXPECT_EQ(to_string(*parse_session_expires(value)), value);
}

TEST(SessionExpires, ends_a_third_or_32_s_before_it_is_over) {  // RFC 4028 §10
  EXPECT_EQ(margin_before_expiry(90s), 30s);
  EXPECT_EQ(margin_before_expiry(120s), 32s);
  EXPECT_EQ(margin_before_expiry(1800s), 32s);
}

}  // namespace
}  // namespace sipharness::sip
