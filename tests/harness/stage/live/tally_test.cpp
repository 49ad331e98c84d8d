#include "harness/stage/live/tally.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace sipharness::stage {
namespace {

/// A message of one call or registration.
struct Said {
  std::string_view start;
  std::string_view method;
  int cseq = 1;
  std::string_view call_id = "c";
  std::string_view to = "<sip:1001@x>";
};

void take(Tally& tally, const std::string& server, const Said& said) {
  const std::string text = fmt::format(
      "{}\r\nVia: SIP/2.0/UDP x;branch=z9hG4bKa\r\nFrom: <sip:1001@x>;tag=a\r\nTo: {}\r\n"
      "Call-ID: {}\r\nCSeq: {} {}\r\nContent-Length: 0\r\n\r\n",
      said.start, said.to, said.call_id, said.cseq, said.method);
  tally.take(server, sip::MessageView::parse(text));
}

TEST(Tally, counts_each_register_once_and_no_challenge) {
  Tally tally;
  for (int time = 0; time < 3; ++time) take(tally, "primary", {"SIP/2.0 200 OK", "REGISTER"});
  take(tally, "primary", {"SIP/2.0 200 OK", "REGISTER", 2});
  take(tally, "primary", {"SIP/2.0 401 Unauthorized", "REGISTER", 3});
  take(tally, "primary", {"SIP/2.0 423 Interval Too Brief", "REGISTER", 4});
  take(tally, "primary", {"SIP/2.0 503 Service Unavailable", "REGISTER", 5});
  take(tally, "secondary", {"SIP/2.0 200 OK", "REGISTER"});
  EXPECT_EQ(tally.at("primary").registered, 2U);
  EXPECT_EQ(tally.at("primary").refused, 1U);
  EXPECT_EQ(tally.at("secondary").registered, 1U);
  EXPECT_EQ(tally.at("secondary").refused, 0U);
  EXPECT_EQ(tally.at("nobody").registered, 0U);
}

TEST(Tally, counts_a_call_once_however_many_invites_it_takes) {
  Tally tally;
  take(tally, "primary", {"INVITE sip:2001@x SIP/2.0", "INVITE"});
  take(tally, "primary", {"INVITE sip:2001@x SIP/2.0", "INVITE"});
  take(tally, "primary", {"SIP/2.0 401 Unauthorized", "INVITE"});
  take(tally, "primary", {"INVITE sip:2001@x SIP/2.0", "INVITE", 2});
  take(tally, "primary", {"SIP/2.0 180 Ringing", "INVITE", 2});
  take(tally, "primary", {"SIP/2.0 200 OK", "INVITE", 2});
  take(tally, "primary", {"SIP/2.0 200 OK", "INVITE", 2});
  take(tally, "primary", {"INVITE sip:2001@x SIP/2.0", "INVITE", 3, "c", "<sip:2001@x>;tag=b"});
  take(tally, "primary", {"SIP/2.0 200 OK", "INVITE", 3});
  EXPECT_EQ(tally.at("primary").calls, 1U);
  EXPECT_EQ(tally.at("primary").answered, 1U);
  take(tally, "primary", {"INVITE sip:1001@x SIP/2.0", "INVITE", 1, "other"});
  EXPECT_EQ(tally.at("primary").calls, 2U);
  EXPECT_EQ(tally.at("primary").answered, 1U);
}

}  // namespace
}  // namespace sipharness::stage
