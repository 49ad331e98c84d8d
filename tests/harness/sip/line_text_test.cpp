// No text of a peer ends a line of ours.

#include "harness/sip/line_text.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "harness/base/rng.hpp"
#include "harness/sip/builder.hpp"
#include "harness/sip/dialog.hpp"

namespace sipharness::sip {
namespace {

using namespace std::string_view_literals;

std::string line_of(std::string_view value) {
  std::string line;
  append_line_text(value, line);
  return line;
}

TEST(LineText, joins_folds_and_replaces_what_ends_a_line) {
  EXPECT_EQ(line_of("plain"), "plain");
  EXPECT_EQ(line_of("a\r\n b"), "a b");
  EXPECT_EQ(line_of("a \r\n\t\r\n b"), "a b");
  EXPECT_EQ(line_of("a\rVia: x"), "a Via: x");
  EXPECT_EQ(line_of("a\nVia: x"), "a Via: x");
  EXPECT_EQ(line_of("a\0b\0"sv), "a b ");
}

TEST(LineText, keeps_a_nul_that_a_quoted_pair_allows) {
  const auto legal = "\"nul \\\0 nul\" <sip:a@b>"sv;
  EXPECT_EQ(line_of(legal), legal);
  EXPECT_EQ(find_stray_nul(legal), std::string_view::npos);
  EXPECT_EQ(find_stray_nul("\"a\0\""sv), 2u);
  EXPECT_EQ(find_stray_nul("\"a\\\\\0\""sv), 4u);  // the backslash is escaped, not the NUL
  EXPECT_EQ(find_stray_nul("\\\0"sv), 1u);         // no quoted string
  EXPECT_EQ(find_stray_nul("From: \"x\r\nTo: \\\0\r\n"sv), 15u);
  EXPECT_EQ(find_stray_nul("From: \"x\r\n \\\0\"\r\n"sv), std::string_view::npos);
}

constexpr std::string_view invite =
    "INVITE sip:1001@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:2@h>;tag=f\r\n"
    "To: <sip:1@h>;tag=t\r\nCall-ID: c\r\nCSeq: 7 INVITE\r\nContact: <sip:x@h>\r\n"
    "Record-Route: <sip:r@h;lr>\r\nEvent: dialog\r\n\r\n";

/// `text` with `what` in the middle of the value that holds `word`.
std::string with(std::string_view word, std::string_view what) {
  std::string text(invite);
  return text.insert(text.find(word) + word.size() / 2, what);
}

TEST(LineText, tells_requests_that_nothing_can_be_taken_from) {
  EXPECT_FALSE(has_unfit_part(MessageView::parse(invite)));
  // A blank cannot be in the Request-URI's line by folding, but a CR can.
  EXPECT_TRUE(has_unfit_part(MessageView::parse(with("sip:1001@h", "\r"))));
  for (const auto word :
       {"z9hG4bK1", "<sip:2@h>", "g=f", "<sip:1@h>", "g=t", "D: c", "<sip:x@h>", "<sip:r@h;lr>"}) {
    std::string text(invite);
    const std::size_t end = text.find(word) + std::string_view(word).size();
    text.insert(text[end - 1] == '>' ? end - 2 : end, "\r\n b");
    EXPECT_TRUE(has_unfit_part(MessageView::parse(text))) << text;
  }
  EXPECT_TRUE(has_unfit_part(MessageView::parse(with("dialog", "\0"sv))));
  EXPECT_FALSE(has_unfit_part(MessageView::parse(with(": dialog", "\r\n "))));
}

TEST(LineText, a_dialog_passes_over_targets_that_hold_a_line_end) {
  for (const auto what : {"\r\n b"sv, "\r"sv, "\0"sv}) {
    const std::string folded = with("<sip:x@h>", what);
    const auto dialog = Dialog::from_request(MessageView::parse(folded), "t");
    EXPECT_EQ(dialog.remote_target(), "sip:2@h");
    const std::string routed = with("<sip:r@h;lr>", what);
    EXPECT_TRUE(Dialog::from_request(MessageView::parse(routed), "t").route_set().empty());
  }
}

/// Whatever a peer writes, each request in its dialog is one that a transaction can follow, of as
/// many lines as we wrote.
TEST(LineText, requests_in_dialogs_of_mutated_messages_are_usable) {
  Rng rng(7);
  constexpr std::string_view bits[] = {"\r\n ", "\r", "\n ", "\0"sv, "\"",
                                       "<",     ">",  ";",   ",",    "\\"};
  for (int i = 0; i < 20'000; ++i) {
    std::string text(invite);
    for (std::uint64_t changes = 1 + rng.below(4); changes > 0; --changes)
      text.insert(rng.below(text.size()), bits[rng.below(std::size(bits))]);
    const MessageView view = MessageView::parse(text);
    if (!view.is_usable()) continue;
    const auto dialog = Dialog::from_request(view, "t");
    const auto bye = dialog.request("BYE", 8, "SIP/2.0/UDP h;branch=z9hG4bK2").str();
    const MessageView sent = MessageView::parse(bye);
    ASSERT_TRUE(sent.is_usable()) << text << bye;
    EXPECT_EQ(std::ranges::count(bye, '\n'), std::ranges::count(bye, '\r'));
    EXPECT_LE(std::ranges::count(bye, '\n'), 10);
    EXPECT_EQ(sent.method(), Method::bye);
    const std::string answer = MessageBuilder::response_to(view, 200, "t").str();
    EXPECT_EQ(std::ranges::count(answer, '\n'), std::ranges::count(answer, '\r'));
  }
}

}  // namespace
}  // namespace sipharness::sip
