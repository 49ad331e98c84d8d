#include "harness/sip/builder.hpp"

#include <gtest/gtest.h>

#include "tests/support/headers.hpp"

namespace sipharness::sip {
namespace {

std::string request_of(std::string_view method) {
  return MessageBuilder::request(method, "sip:1002@127.0.0.11")
      .header(HeaderId::via, "SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1;rport")
      .header("v", "SIP/2.0/TCP 10.0.0.2;branch=z9hG4bK2")
      .header(HeaderId::record_route, "<sip:10.0.0.3;lr>")
      .header("Record-Route", "<sip:10.0.0.4;lr>,<sip:10.0.0.5;lr>")
      .header(HeaderId::from, "<sip:1001@127.0.0.11>;tag=f1")
      .header(HeaderId::to, "sip:1002@127.0.0.11")
      .header(HeaderId::call_id, "c1")
      .header(HeaderId::cseq, "7 " + std::string(method))
      .header(HeaderId::max_forwards, "70")
      .str();
}

TEST(MessageBuilder, a_request_stands_as_it_was_built) {
  const std::string text = MessageBuilder::request("REGISTER", "sip:host")
                               .header(HeaderId::call_id, "c1")
                               .header("X-Odd", "1")
                               .str();
  EXPECT_EQ(text,
            "REGISTER sip:host SIP/2.0\r\nCall-ID: c1\r\nX-Odd: 1\r\nContent-Length: 0\r\n\r\n");
}

TEST(MessageBuilder, the_body_brings_its_type_and_length) {
  const std::string text = MessageBuilder::response(200).body("text/plain", "hello").str();
  EXPECT_EQ(text, "SIP/2.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello");
}

TEST(MessageBuilder, a_wrong_length_can_be_sent) {
  for (const std::string_view name : {"Content-Length", "l"}) {
    const std::string text =
        MessageBuilder::response(200).header(name, "99").body("text/plain", "hello").str();
    const MessageView message = MessageView::examine(text);
    EXPECT_EQ(message.content_length(), 99U);
    EXPECT_EQ(message.count(HeaderId::content_length), 1U);
  }
}

TEST(MessageBuilder, reasons_are_the_usual_ones_or_those_given) {
  EXPECT_TRUE(MessageBuilder::response(486).str().starts_with("SIP/2.0 486 Busy Here\r\n"));
  EXPECT_TRUE(MessageBuilder::response(486, "Gone").str().starts_with("SIP/2.0 486 Gone\r\n"));
  EXPECT_EQ(reason_phrase(499), "Client Error");
  EXPECT_EQ(reason_phrase(699), "Global Failure");
  EXPECT_EQ(reason_phrase(99), "Unknown");
  EXPECT_EQ(reason_phrase(-200), "Unknown");
  EXPECT_EQ(reason_phrase(700), "Unknown");
}

TEST(ResponseTo, copies_what_the_request_is_known_by) {
  const std::string request = request_of("OPTIONS");
  const std::string text =
      MessageBuilder::response_to(MessageView::examine(request), 200, "t1").str();
  const MessageView response = MessageView::examine(text);
  EXPECT_FALSE(response.problem()) << response.problem()->what;
  EXPECT_EQ(response.status(), 200);
  EXPECT_EQ(response.reason(), "OK");
  EXPECT_EQ(response.count(HeaderId::via), 2U);
  EXPECT_EQ(response.via().branch, "z9hG4bK1");
  EXPECT_EQ(response.call_id(), "c1");
  EXPECT_EQ(response.header(HeaderId::cseq), "7 OPTIONS");
  EXPECT_EQ(response.from_tag(), "f1");
  EXPECT_EQ(response.header(HeaderId::to), "sip:1002@127.0.0.11;tag=t1");
  EXPECT_FALSE(response.has(HeaderId::record_route));
}

TEST(ResponseTo, trying_has_no_tag) {
  const std::string request = request_of("INVITE");
  const std::string text =
      MessageBuilder::response_to(MessageView::examine(request), 100, "t1").str();
  EXPECT_EQ(MessageView::examine(text).to_tag(), "");
}

TEST(ResponseTo, a_tag_that_is_there_stays) {
  std::string request = request_of("BYE");
  const std::string_view to = "To: sip:1002@127.0.0.11";
  request.insert(request.find(to) + to.size(), ";tag=there");
  const std::string text =
      MessageBuilder::response_to(MessageView::examine(request), 200, "t1").str();
  EXPECT_EQ(MessageView::examine(text).header(HeaderId::to), "sip:1002@127.0.0.11;tag=there");
}

struct RouteCase {
  const char* method;
  int status;
  std::size_t record_routes;
};

TEST(ResponseTo, record_routes_are_copied_where_a_dialog_begins) {
  for (const auto& [method, status, record_routes] :
       {RouteCase{"INVITE", 100, 0}, RouteCase{"INVITE", 180, 2}, RouteCase{"INVITE", 200, 2},
        RouteCase{"INVITE", 486, 0}, RouteCase{"SUBSCRIBE", 200, 2}, RouteCase{"BYE", 200, 0}}) {
    const std::string request = request_of(method);
    const std::string text =
        MessageBuilder::response_to(MessageView::examine(request), status, "t1").str();
    EXPECT_EQ(MessageView::examine(text).count(HeaderId::record_route), record_routes)
        << method << ' ' << status;
  }
}

TEST(ResponseTo, the_source_is_told_to_the_top_via_only) {
  const std::string request = request_of("OPTIONS");
  const std::string text =
      MessageBuilder::response_to(
          MessageView::examine(request),
          {.status = 200, .to_tag = "t1", .source = Endpoint::parse("192.0.2.1:40123")})
          .str();
  const MessageView response = MessageView::examine(text);
  EXPECT_EQ(response.via().rport, 40123);
  EXPECT_EQ(response.via().received, "192.0.2.1");
  EXPECT_EQ(test_support::headers_of(response)[1].value, "SIP/2.0/TCP 10.0.0.2;branch=z9hG4bK2");
}

TEST(ResponseTo, folded_headers_are_answered_in_one_line) {
  const std::string request =
      "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n ;branch=b1\r\nFrom: "
      "<sip:a@b>\r\n\t;tag=1\r\n"
      "To: <sip:a@b>\r\nCall-ID: c\r\nCSeq: 1\r\n OPTIONS\r\nMax-Forwards: 70\r\n\r\n";
  const std::string text =
      MessageBuilder::response_to(MessageView::examine(request), 200, "t").str();
  EXPECT_NE(text.find("Via: SIP/2.0/UDP h ;branch=b1\r\n"), std::string::npos) << text;
  EXPECT_NE(text.find("CSeq: 1 OPTIONS\r\n"), std::string::npos) << text;
}

TEST(ResponseTo, a_request_without_headers_gets_an_answer_all_the_same) {
  const std::string text =
      MessageBuilder::response_to(MessageView::examine("OPTIONS sip:a SIP/2.0\r\n\r\n"), 400, "t")
          .str();
  EXPECT_TRUE(text.starts_with("SIP/2.0 400 Bad Request\r\n"));
}

}  // namespace
}  // namespace sipharness::sip
