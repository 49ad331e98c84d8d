#include "harness/sip/dialog.hpp"

#include <gtest/gtest.h>

#include "tests/harness/sip/transaction/messages.hpp"

namespace sipharness::sip {
namespace {

using Routes = std::vector<std::string>;

constexpr std::string_view via = "SIP/2.0/UDP 127.0.0.2:5062;branch=z9hG4bKnew";

const std::string invite = request_text({.method = "INVITE"});

std::string accepted(std::string_view record_routes,
                     std::string_view contact = "<sip:2002@127.0.0.11:5060>") {
  return "SIP/2.0 200 OK\r\n"
         "Via: SIP/2.0/UDP 127.0.0.2:5062;branch=z9hG4bK1\r\n" +
         std::string(record_routes) +
         "From: \"A, b\" <sip:1001@example.test>;tag=from1\r\n"
         "To: <sip:1001@example.test>;tag=peer\r\n"
         "Call-ID: call-1\r\nCSeq: 7 INVITE\r\n"
         "Contact: " +
         std::string(contact) + "\r\nContent-Length: 0\r\n\r\n";
}

Dialog dialog_of(const std::string& response) {
  return Dialog::from_response(MessageView::parse(invite), MessageView::parse(response));
}

std::vector<std::string> routes_of(const MessageView& message) {
  std::vector<std::string> routes;
  for (const Header& header : message.headers()) {
    if (header.id == HeaderId::route) routes.emplace_back(header.value);
  }
  return routes;
}

TEST(Dialog, of_a_caller_has_its_state_from_request_and_response) {
  const Dialog dialog = dialog_of(accepted({}));
  EXPECT_EQ(dialog.call_id(), "call-1");
  EXPECT_EQ(dialog.local_tag(), "from1");
  EXPECT_EQ(dialog.remote_tag(), "peer");
  EXPECT_EQ(dialog.remote_target(), "sip:2002@127.0.0.11:5060");
  EXPECT_EQ(dialog.local_cseq(), 7u);
  EXPECT_TRUE(dialog.route_set().empty());
  EXPECT_EQ(dialog.next_hop_uri(), "sip:2002@127.0.0.11:5060");
}

TEST(Dialog, of_a_callee_has_its_state_from_the_request) {
  const auto request = request_text(
      {.method = "INVITE",
       .extra = "Record-Route: <sip:near;lr>, <sip:middle;lr>\r\nRecord-Route: <sip:far;lr>\r\n"});
  const Dialog dialog = Dialog::from_request(MessageView::parse(request), "mine");
  EXPECT_EQ(dialog.local_tag(), "mine");
  EXPECT_EQ(dialog.remote_tag(), "from1");
  EXPECT_EQ(dialog.remote_target(), "sip:1001@127.0.0.2:5062");
  EXPECT_EQ(dialog.route_set(), (Routes{"<sip:near;lr>", "<sip:middle;lr>", "<sip:far;lr>"}));
}

TEST(Dialog, of_a_caller_reverses_the_record_routes) {
  const Dialog dialog = dialog_of(accepted(
      "Record-Route: <sip:far;lr>;x=1, <sip:middle;lr>\r\nRecord-Route: <sip:near;lr>\r\n"));
  EXPECT_EQ(dialog.route_set(), (Routes{"<sip:near;lr>", "<sip:middle;lr>", "<sip:far;lr>;x=1"}));
  EXPECT_EQ(dialog.next_hop_uri(), "sip:near;lr");
}

TEST(Dialog, request_without_routes_goes_to_the_remote_target) {
  Dialog dialog = dialog_of(accepted({}));
  EXPECT_EQ(dialog.request("BYE", dialog.next_cseq(), via).str(),
            "BYE sip:2002@127.0.0.11:5060 SIP/2.0\r\n"
            "Via: SIP/2.0/UDP 127.0.0.2:5062;branch=z9hG4bKnew\r\n"
            "Max-Forwards: 70\r\n"
            "From: \"A, b\" <sip:1001@example.test>;tag=from1\r\n"
            "To: <sip:1001@example.test>;tag=peer\r\n"
            "Call-ID: call-1\r\n"
            "CSeq: 8 BYE\r\n"
            "Content-Length: 0\r\n\r\n");
}

TEST(Dialog, of_a_callee_swaps_from_and_to_in_its_requests) {
  Dialog dialog = Dialog::from_request(MessageView::parse(invite), "mine");
  const auto bytes = dialog.request("BYE", dialog.next_cseq(), via).str();
  const auto bye = MessageView::parse(bytes);
  EXPECT_EQ(bye.header(HeaderId::from), "<sip:1001@example.test>;tag=mine");
  EXPECT_EQ(bye.header(HeaderId::to), "\"A, b\" <sip:1001@example.test>;tag=from1");
  EXPECT_EQ(bye.cseq(), 1u);
}

struct RoutingCase {
  const char* name;
  const char* record_routes;
  const char* request_uri;
  Routes routes;
  const char* next_hop;
};

// RFC 3261 §12.2.1.1, its examples among them.
TEST(Dialog, request_routes_loosely_or_strictly_as_the_first_route_says) {
  const char* target = "sip:2002@127.0.0.11:5060";
  const RoutingCase cases[] = {
      {"loose",
       "Record-Route: <sip:p2;lr>, <sip:p1;lr>\r\n",
       target,
       {"<sip:p1;lr>", "<sip:p2;lr>"},
       "sip:p1;lr"},
      {"loose with a value",
       "Record-Route: <sip:p1;lr=on>\r\n",
       target,
       {"<sip:p1;lr=on>"},
       "sip:p1;lr=on"},
      {"strict",
       "Record-Route: <sip:p2;lr>, <sip:p1>\r\n",
       "sip:p1",
       {"<sip:p2;lr>", "<sip:2002@127.0.0.11:5060>"},
       "sip:p1"},
      {"strict alone",
       "Record-Route: <sip:p1>\r\n",
       "sip:p1",
       {"<sip:2002@127.0.0.11:5060>"},
       "sip:p1"},
      {"lr of the header is none of the URI",
       "Record-Route: <sip:p1>;lr\r\n",
       "sip:p1",
       {"<sip:2002@127.0.0.11:5060>"},
       "sip:p1"},
  };
  for (const auto& [name, record_routes, request_uri, routes, next_hop] : cases) {
    const Dialog dialog = dialog_of(accepted(record_routes));
    const auto bytes = dialog.request("BYE", 8, via).str();
    const auto bye = MessageView::parse(bytes);
    EXPECT_EQ(bye.request_uri(), request_uri) << name;
    EXPECT_EQ(routes_of(bye), routes) << name;
    EXPECT_EQ(dialog.next_hop_uri(), next_hop) << name;
  }
}

TEST(Dialog, ack_of_a_2xx_has_the_invite_s_number_and_credentials_and_a_branch_of_its_own) {
  const auto challenged =
      request_text({.method = "INVITE",
                    .extra = "Authorization: Digest a\r\nProxy-Authorization: Digest b\r\n"});
  const auto response = accepted("Record-Route: <sip:p1;lr>\r\n");
  Dialog dialog =
      Dialog::from_response(MessageView::parse(challenged), MessageView::parse(response));
  dialog.next_cseq();
  const auto bytes = make_ack(dialog, MessageView::parse(challenged), via);
  const auto ack = MessageView::parse(bytes);
  EXPECT_EQ(ack.method(), Method::ack);
  EXPECT_EQ(ack.cseq(), 7u);
  EXPECT_EQ(ack.via().branch, "z9hG4bKnew");
  EXPECT_EQ(ack.header(HeaderId::authorization), "Digest a");
  EXPECT_EQ(ack.header(HeaderId::proxy_authorization), "Digest b");
  EXPECT_EQ(routes_of(ack), Routes{"<sip:p1;lr>"});
}

TEST(Dialog, matches_by_call_id_and_both_tags_from_the_peer_s_side) {
  const Dialog dialog = dialog_of(accepted({}));
  const std::string from_peer =
      "BYE sip:1001@127.0.0.2 SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK9\r\n"
      "From: <sip:1001@example.test>;tag=peer\r\nTo: <sip:1001@example.test>;tag=from1\r\n"
      "Call-ID: call-1\r\nCSeq: 1 BYE\r\n\r\n";
  EXPECT_TRUE(dialog.matches(MessageView::parse(from_peer)));
  EXPECT_TRUE(dialog.matches(MessageView::parse(accepted({}))));
  EXPECT_FALSE(dialog.matches(MessageView::parse(response_text(invite, 200, "other"))));
  EXPECT_FALSE(dialog.matches(MessageView::parse(request_text({.to_tag = "peer"}))))
      << "our own request, looped back";
}

TEST(Dialog, follows_the_contact_of_a_target_refresh_and_keeps_its_route_set) {
  Dialog dialog = dialog_of(accepted("Record-Route: <sip:p1;lr>\r\n"));
  dialog.refresh_target(
      MessageView::parse(accepted("Record-Route: <sip:p9;lr>\r\n", "<sip:moved>")));
  EXPECT_EQ(dialog.remote_target(), "sip:moved");
  EXPECT_EQ(dialog.route_set(), Routes{"<sip:p1;lr>"});
  dialog.refresh_target(MessageView::parse("SIP/2.0 200 OK\r\nTo: <sip:a>\r\n\r\n"));
  EXPECT_EQ(dialog.remote_target(), "sip:moved") << "no Contact, no change";
}

TEST(Dialog, refuses_a_cseq_that_goes_backwards) {
  Dialog called = Dialog::from_request(MessageView::parse(invite), "mine");
  EXPECT_FALSE(called.accept_remote_cseq(6));
  EXPECT_TRUE(called.accept_remote_cseq(8));
  EXPECT_TRUE(called.accept_remote_cseq(20));
  EXPECT_FALSE(called.accept_remote_cseq(19));
  Dialog calling = dialog_of(accepted({}));
  EXPECT_TRUE(calling.accept_remote_cseq(1)) << "the first sets it";
  EXPECT_FALSE(calling.accept_remote_cseq(0));
}

TEST(Dialog, survives_a_peer_that_gives_no_contact_and_endless_routes) {
  std::string many;
  for (int i = 0; i < 40; ++i) many += "Record-Route: <sip:p1;lr>, <sip:p2;lr>\r\n";
  const std::string response = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n" + many +
                               "From: x\r\nTo: garbage\r\nCall-ID: call-1\r\n\r\n";
  const Dialog dialog = dialog_of(response);
  EXPECT_EQ(dialog.remote_target(), "sip:example.test");
  EXPECT_EQ(dialog.route_set().size(), 32u);
}

}  // namespace
}  // namespace sipharness::sip
