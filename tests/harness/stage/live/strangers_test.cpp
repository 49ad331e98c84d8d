#include "harness/stage/live/strangers.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/judge/tested.hpp"
#include "tests/harness/stage/servers.hpp"

namespace sipharness::stage {
namespace {

std::string request(std::string_view method, std::string_view user) {
  return fmt::format(
      "{} sip:x SIP/2.0\r\nVia: SIP/2.0/UDP x;branch=z9hG4bKa\r\nFrom: <sip:{}@x>;tag=a\r\n"
      "To: <sip:{}@x>\r\nCall-ID: c\r\nCSeq: 1 {}\r\nContent-Length: 0\r\n\r\n",
      method, user, user, method);
}

TEST(StrangersInARun, are_told_by_the_account_they_register) {
  const std::string ours = request("REGISTER", "1001");
  const std::string other = request("REGISTER", "2001");
  const std::string options = request("OPTIONS", "1001");
  const Endpoint elsewhere = *Endpoint::parse("127.0.0.2:5062");
  scenario::Profile profile;
  profile.account.user = "*";
  for (const bool any : {false, true}) {
    if (!any) profile.account.user = "1001";
    Strangers strangers(judge::tested_of(profile, 1));
    EXPECT_FALSE(strangers.include(device, sip::MessageView::parse(ours)));
    EXPECT_TRUE(strangers.include(elsewhere, sip::MessageView::parse(other)));
    EXPECT_TRUE(strangers.include(elsewhere, sip::MessageView::parse(options)));
    EXPECT_FALSE(strangers.include(device, sip::MessageView::parse(options)));
    profile.account.user = "*";
  }
  profile.account.user = "1001";
  EXPECT_EQ(judge::tested_of(profile, 2).users, (std::vector<std::string>{"1001", "1002"}));
}

TEST(StrangersInARun, that_come_in_thousands_are_taken_for_none_of_ours) {
  const std::string ours = request("REGISTER", "1001");
  const std::string invite = request("INVITE", "1001");
  scenario::Profile profile;
  profile.account.user = "1001";
  Strangers strangers(judge::tested_of(profile, 1));
  EXPECT_FALSE(strangers.include(device, sip::MessageView::parse(ours)));
  for (unsigned i = 0; i < 6000; ++i) {
    const std::string other = request("REGISTER", std::to_string(20000 + i));
    const auto low = static_cast<std::uint8_t>(i % 250);
    const auto high = static_cast<std::uint8_t>(i / 250);
    const Endpoint endpoint{IpAddress::v4({127, 9, high, low}), 5060};
    EXPECT_TRUE(strangers.include(endpoint, sip::MessageView::parse(other)));
    EXPECT_TRUE(strangers.include(endpoint, sip::MessageView::parse(invite)));
  }
  EXPECT_FALSE(strangers.include(device, sip::MessageView::parse(invite)));
  EXPECT_FALSE(strangers.include(device, sip::MessageView::parse(ours)));
}

}  // namespace
}  // namespace sipharness::stage
