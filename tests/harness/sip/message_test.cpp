#include "harness/sip/message.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/sip/builder.hpp"
#include "tests/support/headers.hpp"

namespace sipharness::sip {
namespace {

const std::string invite =
    "INVITE sip:1002@127.0.0.11:5070 SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1;rport\r\n"
    "Via: SIP/2.0/UDP 127.0.0.9;branch=z9hG4bK0\r\n"
    "From: \"1001\" <sip:1001@127.0.0.11>;tag=f1\r\n"
    "To: <sip:1002@127.0.0.11>\r\n"
    "Call-ID: c1@phone\r\n"
    "CSeq: 20 INVITE\r\n"
    "Contact: <sip:1001@127.0.0.1:5060>\r\n"
    "Max-Forwards: 70\r\n"
    "Expires: 180\r\n"
    "X-Custom: 1\r\n"
    "Content-Type: text/plain\r\n"
    "Content-Length: 5\r\n\r\nhello";

/// A complete request with `headers` (ending in CRLF) in front of the necessary ones.
std::string request_with(const std::string& headers) {
  return "OPTIONS sip:a@b SIP/2.0\r\n" + headers +
         "Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\n"
         "Call-ID: c\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n\r\n";
}

std::string_view complaint(std::string_view bytes) {
  const auto problem = MessageView::examine(bytes).problem();
  return problem ? problem->what : std::string_view();
}

TEST(MessageView, a_second_via_counts_if_it_can_be_read) {
  struct Case {
    const char* vias;
    bool several;
  };
  const Case cases[] = {
      {"Via: SIP/2.0/UDP h;branch=a", false},
      {"Via: SIP/2.0/UDP h;branch=a, SIP/2.0/UDP i;branch=b", true},
      {"Via: SIP/2.0/UDP h;branch=a\r\nv: SIP/2.0/UDP i;branch=b", true},
      {"Via: SIP/2.0/UDP h;branch=a,, SIP/2.0/UDP i;branch=b", true},
      {"Via: SIP/2.0/UDP h;branch=a\r\nVia: \r\nVia: SIP/2.0/UDP i;branch=b", true},
      {"Via: SIP/2.0/UDP h;branch=a,", false},
      {"Via: SIP/2.0/UDP h;branch=a;;,;,,", false},
      {"Via: SIP/2.0/UDP h;branch=a\r\nVia:", false},
      {"Via: SIP/2.0/UDP h;branch=a\r\nVia: HTTP/1.1/TCP i", false},
      {"Via:\r\nVia: SIP/2.0/UDP h;branch=a", false},
  };
  for (const auto& [vias, several] : cases) {
    const std::string text = "OPTIONS sip:a@b SIP/2.0\r\n" + std::string(vias) + "\r\n\r\n";
    EXPECT_EQ(MessageView::parse(text).has_several_vias(), several) << vias;
  }
}

TEST(MessageView, a_request_is_read_in_full) {
  const MessageView message = MessageView::examine(invite);
  EXPECT_FALSE(message.problem()) << message.problem()->what;
  EXPECT_TRUE(message.is_sip());
  EXPECT_TRUE(message.is_usable());
  EXPECT_TRUE(message.is_request());
  EXPECT_EQ(message.method(), Method::invite);
  EXPECT_EQ(message.method_text(), "INVITE");
  EXPECT_EQ(message.request_uri(), "sip:1002@127.0.0.11:5070");
  EXPECT_EQ(message.via().branch, "z9hG4bK1");
  EXPECT_EQ(message.call_id(), "c1@phone");
  EXPECT_EQ(message.cseq(), 20U);
  EXPECT_EQ(message.from_tag(), "f1");
  EXPECT_EQ(message.to_tag(), "");
  EXPECT_EQ(message.expires(), 180U);
  EXPECT_EQ(message.content_length(), 5U);
  EXPECT_EQ(message.body(), "hello");
  EXPECT_EQ(message.bytes(), invite);
}

TEST(MessageView, headers_stand_in_their_order_and_are_found_by_kind) {
  const MessageView message = MessageView::examine(invite);
  ASSERT_EQ(test_support::headers_of(message).size(), 12U);
  EXPECT_EQ(test_support::headers_of(message)[9].id, HeaderId::other);
  EXPECT_EQ(test_support::headers_of(message)[9].name, "X-Custom");
  EXPECT_EQ(test_support::headers_of(message)[9].value, "1");
  EXPECT_EQ(message.count(HeaderId::via), 2U);
  EXPECT_EQ(message.header(HeaderId::contact), "<sip:1001@127.0.0.1:5060>");
  EXPECT_FALSE(message.has(HeaderId::route));
  EXPECT_EQ(message.header(HeaderId::route), "");
}

TEST(MessageView, a_response_takes_its_method_from_cseq) {
  const MessageView message = MessageView::examine(
      "SIP/2.0 180 Still ringing \r\nVia: SIP/2.0/UDP h;branch=b\r\nFrom: <sip:a@b>;tag=1\r\n"
      "To: <sip:a@b>;tag=2\r\nCall-ID: c\r\nCSeq: 7 INVITE\r\nContent-Length: 0\r\n\r\n");
  EXPECT_FALSE(message.problem()) << message.problem()->what;
  EXPECT_TRUE(message.is_response());
  EXPECT_TRUE(message.is_provisional());
  EXPECT_FALSE(message.is_final());
  EXPECT_EQ(message.status(), 180);
  EXPECT_EQ(message.reason(), "Still ringing ");
  EXPECT_EQ(message.method(), Method::invite);
  EXPECT_EQ(message.method_text(), "INVITE");
  EXPECT_EQ(message.to_tag(), "2");
}

TEST(MessageView, the_reason_may_be_empty_but_not_its_blank) {
  EXPECT_EQ(MessageView::examine("SIP/2.0 200 \r\n\r\n").status(), 200);
  EXPECT_NE(complaint("SIP/2.0 200 \r\n\r\n"), "blanks of the status line are not as they must be");
  EXPECT_EQ(complaint("SIP/2.0 200\r\n\r\n"), "blanks of the status line are not as they must be");
}

TEST(MessageView, compact_forms_folds_and_blanks_change_nothing) {
  const MessageView message = MessageView::examine(
      "\r\n\r\nNOTIFY sip:a@b SIP/2.0\r\nv : SIP/2.0/UDP h\r\n ;branch=b1 ,SIP/2.0/UDP g\r\n"
      "f:<sip:a@b>;tag=1\r\nT\t:\t<sip:a@b>\r\n\t;tag=2  \r\ni: c\r\ncseq: 1\r\n  NOTIFY\r\n"
      "max-forwards: 70\r\no: presence\r\nu: presence\r\nx: 90\r\nk: timer\r\nr: <sip:x@y>\r\n"
      "l: 0\r\n\r\n");
  EXPECT_FALSE(message.problem()) << message.problem()->what;
  EXPECT_EQ(message.via().branch, "b1");
  EXPECT_EQ(message.from_tag(), "1");
  EXPECT_EQ(message.to_tag(), "2");
  EXPECT_EQ(message.cseq(), 1U);
  EXPECT_EQ(message.header(HeaderId::event), "presence");
  EXPECT_EQ(message.header(HeaderId::allow_events), "presence");
  EXPECT_EQ(message.header(HeaderId::session_expires), "90");
  EXPECT_EQ(message.header(HeaderId::supported), "timer");
  EXPECT_EQ(message.header(HeaderId::refer_to), "<sip:x@y>");
}

TEST(MessageView, an_extension_method_keeps_its_text) {
  std::string text = request_with("");
  for (std::size_t at; (at = text.find("OPTIONS")) != std::string::npos;) {
    text.replace(at, 7, "N3w.Method");
  }
  const MessageView message = MessageView::examine(text);
  EXPECT_FALSE(message.problem()) << message.problem()->what;
  EXPECT_EQ(message.method(), Method::unknown);
  EXPECT_EQ(message.method_text(), "N3w.Method");
}

TEST(MessageView, bytes_behind_the_announced_body_are_ignored) {
  const MessageView message = MessageView::examine(request_with("Content-Length: 2\r\n") + "hello");
  EXPECT_FALSE(message.problem());
  EXPECT_EQ(message.content_length(), 2U);
}

TEST(MessageView, without_content_length_the_body_is_the_rest) {
  const std::string text = request_with("") + "hello";
  EXPECT_EQ(MessageView::examine(text).body(), "hello");
  EXPECT_FALSE(MessageView::examine(text).content_length());
}

TEST(MessageView, a_body_cut_short_is_told_and_kept) {
  const std::string text = request_with("Content-Length: 9\r\n") + "hello";
  EXPECT_EQ(complaint(text), "Content-Length exceeds the datagram");
  EXPECT_EQ(MessageView::examine(text).body(), "hello");
  EXPECT_TRUE(MessageView::examine(text).is_usable());
}

TEST(MessageView, a_response_to_a_usable_request_is_usable_whatever_the_method) {
  std::string text = request_with("");
  for (std::size_t at = text.find("OPTIONS"); at != std::string::npos; at = text.find("OPTIONS"))
    text.replace(at, 7, "OPT=ION");
  const MessageView request = MessageView::parse(text);
  EXPECT_EQ(complaint(text), "the method is not a token");
  ASSERT_TRUE(request.is_usable());
  const std::string response = MessageBuilder::response_to(request, 200, "t").str();
  EXPECT_EQ(complaint(response), "the method is not a token");
  EXPECT_TRUE(MessageView::parse(response).is_usable());
  EXPECT_EQ(MessageView::parse(response).method_text(), "OPT=ION");
}

TEST(MessageView, wherever_a_message_is_cut_off_it_is_told) {
  for (std::size_t length = 0; length < invite.size(); ++length) {
    // An exact copy on the heap, so that a sanitizer sees the first byte read behind the end.
    const std::vector<char> exact(invite.begin(),
                                  invite.begin() + static_cast<std::ptrdiff_t>(length));
    const auto problem = MessageView::parse({exact.data(), exact.size()}).problem();
    ASSERT_TRUE(problem) << length;
    EXPECT_LE(problem->offset, length);
  }
}

TEST(MessageView, problems_carry_their_place_and_the_foremost_is_told) {
  const std::string text = request_with("no colon here\r\nExpires: soon\r\n");
  const auto problem = MessageView::examine(text).problem();
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->what, "a header line without a colon");
  EXPECT_EQ(problem->offset, text.find("no colon"));
}

TEST(MessageView, a_missing_header_is_missed_where_the_headers_end) {
  const std::string text = "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n\r\nbody";
  const auto problem = MessageView::examine(text).problem();
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->what, "no From header");
  EXPECT_EQ(problem->offset, text.find("body"));
}

TEST(MessageView, each_necessary_header_is_missed) {
  struct Case {
    std::string_view line;
    std::string_view complaint;
  };
  for (const auto& [line, missing] :
       {Case{"Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\n", "no Via header"},
        Case{"From: <sip:a@b>;tag=1\r\n", "no From header"},
        Case{"To: <sip:a@b>\r\n", "no To header"}, Case{"Call-ID: c\r\n", "no Call-ID header"},
        Case{"CSeq: 1 OPTIONS\r\n", "no CSeq header"}}) {
    std::string text = request_with("");
    text.erase(text.find(line), line.size());
    EXPECT_EQ(complaint(text), missing);
    EXPECT_FALSE(MessageView::examine(text).is_usable()) << missing;
    EXPECT_TRUE(MessageView::examine(text).is_sip());
  }
}

TEST(MessageView, reads_a_request_without_max_forwards_as_rfc_2543_wrote_them) {
  std::string text = request_with("");
  const std::string_view line = "Max-Forwards: 70\r\n";
  text.erase(text.find(line), line.size());
  EXPECT_FALSE(MessageView::examine(text).problem());
}

TEST(MessageView, knows_no_limit_to_the_number_of_headers) {
  std::string many;
  for (std::size_t i = 0; i < 1000; ++i) many += "X-Many: 1\r\n";
  std::string text = request_with("");
  text.insert(text.find("Max-Forwards"), many);
  const MessageView message = MessageView::examine(text);
  EXPECT_FALSE(message.problem());
  EXPECT_EQ(message.count(HeaderId::other), 1000U);
  EXPECT_EQ(message.header(HeaderId::max_forwards), "70");
}

TEST(MessageView, finds_headers_that_stand_behind_64_kib) {
  std::string text = request_with("");
  text.insert(text.find("Max-Forwards"), "X-Long: " + std::string(70'000, 'x') + "\r\n");
  const MessageView message = MessageView::examine(text);
  EXPECT_FALSE(message.problem());
  EXPECT_EQ(message.header(HeaderId::max_forwards), "70");
  EXPECT_EQ(message.count(HeaderId::max_forwards), 1U);
}

TEST(MessageView, is_small) {
  EXPECT_LE(sizeof(MessageView), 192U);
}

TEST(MessageView, a_copy_sees_what_the_first_saw) {
  const MessageView message = MessageView::examine(invite);
  MessageView copy = MessageView::examine("SIP/2.0 200 OK\r\n\r\n");
  copy = message;
  EXPECT_EQ(test_support::headers_of(copy).size(), test_support::headers_of(message).size());
  EXPECT_EQ(copy.header(HeaderId::contact), message.header(HeaderId::contact));
  EXPECT_EQ(copy.via().branch, "z9hG4bK1");
  EXPECT_TRUE(copy.is_request());
}

TEST(MessageView, keep_alives_and_nothing) {
  EXPECT_TRUE(is_keep_alive(""));
  EXPECT_TRUE(is_keep_alive("\r\n"));
  EXPECT_TRUE(is_keep_alive("\r\n\r\n"));
  EXPECT_FALSE(is_keep_alive("\r\n\r\n\r\n"));
  EXPECT_FALSE(is_keep_alive(invite));
  EXPECT_FALSE(MessageView::examine("").is_sip());
}

TEST(Unfold, folds_become_one_blank) {
  EXPECT_EQ(unfold("a,\r\n  b"), "a, b");
  EXPECT_EQ(unfold("a \r\n\tb\r\n c"), "a b c");
  EXPECT_EQ(unfold("a  b"), "a  b");
  EXPECT_EQ(unfold(""), "");
}

}  // namespace
}  // namespace sipharness::sip
