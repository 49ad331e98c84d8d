// Messages that are odd but right, and messages that are wrong; after the ideas of RFC 4475.

#include <string>

#include <gtest/gtest.h>

#include "harness/sip/message.hpp"
#include "tests/support/headers.hpp"

namespace sipharness::sip {
namespace {

using namespace std::string_literals;

/// One line of a good OPTIONS replaced by another (both with their CRLF).
struct Torture {
  const char* name;
  std::string line;
  std::string instead;
  std::string_view complaint;  ///< empty: nothing is wrong
  bool is_usable;
};

const std::string start = "OPTIONS sip:a@b SIP/2.0\r\n";
const std::string via = "Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\n";
const std::string from = "From: <sip:a@b>;tag=1\r\n";
const std::string to = "To: <sip:a@b>\r\n";
const std::string call_id = "Call-ID: c\r\n";
const std::string cseq = "CSeq: 1 OPTIONS\r\n";
const std::string forwards = "Max-Forwards: 70\r\n";
const std::string length = "Content-Length: 0\r\n";
const std::string good = start + via + from + to + call_id + cseq + forwards + length + "\r\n";

constexpr std::string_view bad_start = "not a start line of SIP";
constexpr std::string_view bad_uri = "the Request-URI holds what may not stand in a URI";
constexpr std::string_view bad_cseq = "unreadable CSeq";
constexpr std::string_view twice = "a second header where one may stand";
constexpr std::string_view no_cr = "a line ends without CR";

class TortureMessage : public testing::TestWithParam<Torture> {};

TEST_P(TortureMessage, is_judged_and_keeps_what_can_be_read) {
  const Torture& torture = GetParam();
  std::string text = good;
  text.replace(text.find(torture.line), torture.line.size(), torture.instead);
  const MessageView message = MessageView::examine(text);
  EXPECT_EQ(message.problem() ? message.problem()->what : std::string_view(), torture.complaint);
  EXPECT_EQ(message.is_usable(), torture.is_usable);
  EXPECT_EQ(message.bytes(), text);
  if (message.problem()) {
    EXPECT_LE(message.problem()->offset, text.size());
  }
}

std::string name_of(const testing::TestParamInfo<Torture>& instance) {
  return instance.param.name;
}

INSTANTIATE_TEST_SUITE_P(
    Right, TortureMessage,
    testing::Values(
        Torture{"leading_line_ends", start, "\r\n\r\n" + start, "", true},
        Torture{"uri_with_everything", start, "OPTIONS sip:%00;a?b:p=w@b.c:5060;x=%22 SIP/2.0\r\n",
                "", true},
        Torture{"other_uri_scheme", start, "OPTIONS nobody:knows SIP/2.0\r\n", "", true},
        Torture{"via_with_blanks", via, "Via:\tSIP / 2.0 / UDP\r\n h : 4 ; branch = b\r\n", "",
                true},
        Torture{"via_of_unknown_transport", via, "Via: SIP/2.0/UNKNOWN h;branch=b\r\n", "", true},
        Torture{"display_name_of_all_kinds", to,
                "To: \"\\\\ \\\" <sip:x@y>, ;tag=no\" <sip:a@b>;tag=yes\r\n", "", true},
        Torture{"utf8_display_name", to, "To: \"\xC3\xB6\xE2\x82\xAC\" <sip:a@b>\r\n", "", true},
        Torture{"unbracketed", from, "From: sip:a@b;tag=1\r\n", "", true},
        Torture{"no_tag_as_of_old", from, "From: <sip:a@b>\r\n", "", true},
        Torture{"tel", to, "To: <tel:+12015550123>\r\n", "", true},
        Torture{"call_id_of_symbols", call_id, "Call-ID: %Z<>()[]/?{}\"\\:@\r\n", "", true},
        Torture{"cseq_with_zeroes", cseq, "CSeq: 0009\t OPTIONS\r\n", "", true},
        Torture{"highest_cseq", cseq, "CSeq: 2147483647 OPTIONS\r\n", "", true},
        Torture{"unknown_headers", forwards, forwards + "!%.*-_+`'~: x\r\nEmpty:\r\n", "", true},
        Torture{"line_of_blanks_is_a_fold", forwards, "Max-Forwards: 70\r\n \r\n\t\r\n", "", true},
        Torture{"many_vias", via, via + via + "v: SIP/2.0/UDP a, SIP/2.0/TCP b\r\n", "", true}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    StartLine, TortureMessage,
    testing::Values(
        Torture{"no_version", start, "OPTIONS sip:a@b\r\n", bad_start, false},
        Torture{"http", start, "GET / HTTP/1.1\r\n", bad_start, false},
        Torture{"one_word", start, "OPTIONS\r\n", bad_start, false},
        Torture{"nothing_but_blanks", start, "   \r\n", bad_start, false},
        Torture{"no_uri", start, "OPTIONS  SIP/2.0\r\n", bad_start, false},
        Torture{"blanks_in_uri", start, "OPTIONS sip:a@b; lr SIP/2.0\r\n", bad_uri, true},
        Torture{"brackets_around_uri", start, "OPTIONS <sip:a@b> SIP/2.0\r\n", bad_uri, true},
        Torture{"two_blanks", start, "OPTIONS  sip:a@b SIP/2.0\r\n", bad_uri, true},
        Torture{"blank_at_the_end", start, "OPTIONS sip:a@b SIP/2.0 \r\n", bad_uri, true},
        Torture{"other_version", start, "OPTIONS sip:a@b SIP/7.0\r\n", "the version is not SIP/2.0",
                true},
        Torture{"method_no_token", start, "OPT{}IONS sip:a@b SIP/2.0\r\n",
                "the method is not a token", true},
        Torture{"folded", start, start + " more\r\n", "a folded start line", true},
        Torture{"status_too_high", start, "SIP/2.0 700 Too much\r\n", "a status out of 100 to 699",
                true},
        Torture{"status_too_low", start, "SIP/2.0 099 Too little\r\n", "a status out of 100 to 699",
                true},
        Torture{"status_too_long", start, "SIP/2.0 4294967301 Overflow\r\n", "not a status line",
                false},
        Torture{"status_no_number", start, "SIP/2.0 2OO OK\r\n", "not a status line", false},
        Torture{"status_missing", start, "SIP/2.0\r\n", "not a status line", false},
        Torture{"status_after_two_blanks", start, "SIP/2.0  200 OK\r\n",
                "blanks of the status line are not as they must be", true},
        Torture{"lower_case_version", start, "sip/2.0 200 OK\r\n", "the version is not SIP/2.0",
                true}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Headers, TortureMessage,
    testing::Values(
        Torture{"no_colon", forwards, forwards + "nonsense\r\n", "a header line without a colon",
                true},
        Torture{"no_name", forwards, forwards + ": value\r\n", "not a header name", true},
        Torture{"name_with_blank", forwards, forwards + "Two Words: x\r\n", "not a header name",
                true},
        Torture{"via_without_host", via, "Via: SIP/2.0/UDP\r\n", "unreadable Via", false},
        Torture{"via_of_http", via, "Via: HTTP/1.1/TCP h;branch=b\r\n", "unreadable Via", false},
        Torture{"via_whose_transport_is_no_token", via,
                "Via: SIP/2.0/UDP;rport=1;received=127. h;branch=b\r\n", "unreadable Via", false},
        Torture{"via_with_a_nul_in_its_host", via, "Via: SIP/2.0/UDP h\0h;branch=b\r\n"s,
                "unreadable Via", false},
        Torture{"via_with_bad_port", via, "Via: SIP/2.0/UDP h:port;branch=b\r\n", "unreadable Via",
                false},
        Torture{"unclosed_bracket", to, "To: <sip:a@b\r\n", "unreadable To", false},
        Torture{"unclosed_quote", from, "From: \"A <sip:a@b>;tag=1\r\n", "unreadable From", false},
        Torture{"no_uri_in_to", to, "To: somebody\r\n", "unreadable To", false},
        Torture{"empty_call_id", call_id, "Call-ID: \r\n", "an empty Call-ID", false},
        Torture{"call_id_of_nuls", call_id, "Call-ID: \0 \0\r\n"s, "an empty Call-ID", false},
        Torture{"cseq_of_another_method", cseq, "CSeq: 1 INVITE\r\n",
                "the CSeq method is not the request's", true},
        Torture{"cseq_too_high", cseq, "CSeq: 2147483648 OPTIONS\r\n",
                "a CSeq number of 2^31 or more", true},
        Torture{"cseq_overflows", cseq, "CSeq: 36893488147419103232 OPTIONS\r\n", bad_cseq, false},
        Torture{"cseq_without_method", cseq, "CSeq: 1\r\n", bad_cseq, false},
        Torture{"cseq_without_number", cseq, "CSeq: OPTIONS\r\n", bad_cseq, false},
        Torture{"cseq_without_blank", cseq, "CSeq: 1OPTIONS\r\n", bad_cseq, false},
        Torture{"cseq_negative", cseq, "CSeq: -1 OPTIONS\r\n", bad_cseq, false},
        Torture{"two_call_ids", call_id, call_id + "i: other\r\n", twice, true},
        Torture{"two_cseqs", cseq, cseq + cseq, twice, true},
        Torture{"two_froms", from, from + from, twice, true},
        Torture{"two_tos", to, to + to, twice, true},
        Torture{"two_max_forwards", forwards, forwards + forwards, twice, true},
        Torture{"two_lengths", length, length + "l: 0\r\n", twice, true},
        Torture{"expires_unreadable", forwards, forwards + "Expires: tomorrow\r\n",
                "unreadable Expires", true},
        Torture{"expires_overflows", forwards, forwards + "Expires: 99999999999\r\n",
                "unreadable Expires", true}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Framing, TortureMessage,
    testing::Values(
        Torture{"length_too_long", length, "Content-Length: 1\r\n",
                "Content-Length exceeds the datagram", true},
        Torture{"length_negative", length, "Content-Length: -1\r\n", "unreadable Content-Length",
                true},
        Torture{"length_overflows", length, "Content-Length: 4294967296\r\n",
                "unreadable Content-Length", true},
        Torture{"length_empty", length, "Content-Length:\r\n", "unreadable Content-Length", true},
        Torture{"no_empty_line", length + "\r\n", length, "no empty line behind the headers", true},
        Torture{"cut_in_a_header", length + "\r\n", "Content-Le", "a header line without a colon",
                true},
        Torture{"one_line_without_cr", forwards, "Max-Forwards: 70\n", no_cr, true},
        Torture{"empty_line_without_cr", length + "\r\n", length + "\n", no_cr, true},
        Torture{"nul_in_a_name", to, "To: \"a\0b\" <sip:a@b>\r\n"s, "a NUL among the headers",
                true},
        Torture{"nul_in_front", start, "\0"s + start, "the method is not a token", true}),
    name_of);

constexpr std::string_view empty_parameter = "an empty parameter";
constexpr std::string_view bare_query = "a URI with '?' is not in angle brackets";
constexpr std::string_view bad_name = "a display name that must be quoted";
constexpr std::string_view bad_date = "a Date that is not as RFC 1123 has it, in GMT";

INSTANTIATE_TEST_SUITE_P(
    Syntax, TortureMessage,
    testing::Values(
        Torture{"via_with_an_empty_parameter", via, "Via: SIP/2.0/UDP h;;branch=z9hG4bK1\r\n",
                empty_parameter, true},
        Torture{"second_via_with_an_empty_parameter", via, via + "v: SIP/2.0/UDP h;\r\n",
                empty_parameter, true},
        Torture{"comma_without_a_via", via, "Via: SIP/2.0/UDP h;branch=z9hG4bK1,\r\n",
                "an empty Via", true},
        Torture{"second_via_without_host", via, via + "Via: SIP/2.0/UDP\r\n", "unreadable Via",
                true},
        Torture{"cookie_alone", via, "Via: SIP/2.0/UDP h;branch=z9hG4bK\r\n",
                "a branch that is the magic cookie alone", true},
        Torture{"cookie_alone_below", via, via + "Via: SIP/2.0/UDP h;branch=Z9HG4BK;x\r\n",
                "a branch that is the magic cookie alone", true},
        Torture{"empty_parameter_at_the_end", to, "To: <sip:a@b>;\r\n", empty_parameter, true},
        Torture{"semicolons_in_quotes", to, "To: <sip:a@b>;x=\";;\"\r\n", "", true},
        Torture{"semicolons_in_the_uri", to, "To: <sip:a@b;;>\r\n", "", true},
        Torture{"bare_query_in_from", from, "From: sip:a@b?x=y;tag=1\r\n", bare_query, true},
        Torture{"bare_query_in_second_contact", forwards,
                forwards + "m: <sip:a@b?x=y>, sip:c@d?x=y\r\n", bare_query, true},
        Torture{"query_in_brackets", forwards, forwards + "Contact: <sip:a@b?x=y>\r\n", "", true},
        Torture{"any_contact", forwards, forwards + "Contact: *\r\n", "", true},
        Torture{"blank_in_front_of_a_uri", to, "To: < sip:a@b>\r\n",
                "blanks around a URI in brackets", true},
        Torture{"fold_behind_a_uri", to, "To: <sip:a@b\r\n >\r\n",
                "blanks around a URI in brackets", true},
        Torture{"name_with_a_comma", to, "To: Watson, Thomas <sip:a@b>\r\n", bad_name, true},
        Torture{"name_beyond_ascii", to, "To: \xC3\xB6 <sip:a@b>\r\n", bad_name, true},
        Torture{"name_quoted_in_part", to, "To: \"a\" b <sip:a@b>\r\n", bad_name, true},
        Torture{"name_of_tokens", to, "To: T. \r\n Watson~<sip:a@b>\r\n", "", true},
        Torture{"date", forwards, "Date: Sat, 13 Nov 2010 23:29:00 GMT\r\n", "", true},
        Torture{"date_in_another_zone", forwards, "date: Sat, 13 Nov 2010 23:29:00 +0000\r\n",
                bad_date, true},
        Torture{"date_of_one_digit", forwards, "Date: Sat, 3 Nov 2010 23:29:00 GMT\r\n", bad_date,
                true},
        Torture{"date_of_asctime", forwards, "Date: Sat Nov 13 23:29:00 2010\r\n", bad_date, true}),
    name_of);

TEST(TortureBytes, a_response_is_not_blamed_for_what_it_copies) {
  std::string text = good;
  text.replace(0, start.size(), "SIP/2.0 200 OK\r\n");
  text.replace(text.find(via), via.size(), "Via: SIP/2.0/UDP h;;branch=z9hG4bK1\r\n");
  text.replace(text.find(from), from.size(), "From: A, B <sip:a@b>;tag=1\r\n");
  EXPECT_FALSE(MessageView::examine(text).problem());
  text.replace(text.find(forwards), forwards.size(), "Contact: sip:a@b?x=y\r\n");
  ASSERT_TRUE(MessageView::examine(text).problem());
  EXPECT_EQ(MessageView::examine(text).problem()->what, bare_query) << "its own";
}

TEST(TortureBytes, line_feeds_alone_are_read_and_told) {
  std::string text = good;
  std::erase(text, '\r');
  const MessageView message = MessageView::examine(text);
  ASSERT_TRUE(message.problem());
  EXPECT_EQ(message.problem()->what, no_cr);
  EXPECT_EQ(message.problem()->offset, start.size() - 2);
  EXPECT_TRUE(message.is_usable());
  EXPECT_EQ(test_support::headers_of(message).size(), 7U);
}

TEST(TortureBytes, a_nul_in_the_body_is_nobodys_business) {
  std::string text = good + "\0\0"s;
  text.replace(text.find(length), length.size(), "Content-Length: 2\r\n");
  EXPECT_FALSE(MessageView::examine(text).problem());
}

TEST(TortureBytes, what_is_not_sip_at_all_is_not_taken_for_it) {
  for (const std::string& bytes :
       {""s, "\r\n"s, "\0"s, "\n"s, " "s, ":"s, "\x80\x00\x1f\x2a\0\0\0\0"s,
        "\x00\x01\x00\x08\x21\x12\xa4\x42"s, std::string(70000, 'a'), std::string(70000, '\n')}) {
    const MessageView message = MessageView::examine(bytes);
    EXPECT_FALSE(message.is_sip());
    EXPECT_FALSE(message.is_usable());
    EXPECT_TRUE(message.problem());
  }
}

}  // namespace
}  // namespace sipharness::sip
