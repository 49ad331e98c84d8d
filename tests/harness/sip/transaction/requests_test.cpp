#include "harness/sip/transaction/requests.hpp"

#include <gtest/gtest.h>

#include "tests/harness/sip/transaction/messages.hpp"

namespace sipharness::sip {
namespace {

TEST(TransactionRequests, cancel_borrows_the_invite_s_transaction) {
  const auto invite = request_text(
      {.method = "INVITE",
       .extra = "Route: <sip:p1;lr>, <sip:p2;lr>\r\nRequire: 100rel\r\nProxy-Require: x\r\n"});
  EXPECT_EQ(make_cancel(MessageView::parse(invite)),
            "CANCEL sip:example.test SIP/2.0\r\n"
            "Via: SIP/2.0/UDP 127.0.0.2:5062;branch=z9hG4bK1\r\n"
            "Max-Forwards: 70\r\n"
            "Route: <sip:p1;lr>, <sip:p2;lr>\r\n"
            "From: \"A, b\" <sip:1001@example.test>;tag=from1\r\n"
            "To: <sip:1001@example.test>\r\n"
            "Call-ID: call-1\r\n"
            "CSeq: 7 CANCEL\r\n"
            "Content-Length: 0\r\n\r\n");
}

TEST(TransactionRequests, cancel_of_a_re_invite_keeps_its_to_tag) {
  const auto invite = request_text({.method = "INVITE", .to_tag = "remote"});
  const auto cancel = make_cancel(MessageView::parse(invite));
  EXPECT_EQ(MessageView::parse(cancel).to_tag(), "remote");
}

TEST(TransactionRequests, ack_of_a_failure_takes_its_to_from_the_response) {
  const auto invite = request_text({.method = "INVITE"});
  const auto response = response_text(invite, 486, "busy");
  const auto bytes = make_failure_ack(MessageView::parse(invite), MessageView::parse(response));
  const auto ack = MessageView::examine(bytes);
  EXPECT_FALSE(ack.problem()) << ack.problem()->what;
  EXPECT_EQ(ack.method(), Method::ack);
  EXPECT_EQ(ack.to_tag(), "busy");
  EXPECT_EQ(ack.via().branch, "z9hG4bK1");
  EXPECT_EQ(ack.cseq(), 7u);
}

}  // namespace
}  // namespace sipharness::sip
