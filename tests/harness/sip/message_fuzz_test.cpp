// Valid messages, damaged at random from a fixed seed: nothing crashes, and every view that comes
// out lies within the bytes that went in.

#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/base/rng.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/auth/digest.hpp"
#include "harness/sip/builder.hpp"
#include "harness/sip/line_text.hpp"
#include "harness/sip/message.hpp"
#include "harness/sip/sdp.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::sip {
namespace {

constexpr int mutation_count = 20'000;

/// Empty views point nowhere in particular and are fine.
bool lies_within(std::string_view part, std::string_view whole) {
  const std::less_equal<const char*> not_after;
  return part.empty() || (not_after(whole.data(), part.data()) &&
                          not_after(part.data() + part.size(), whole.data() + whole.size()));
}

std::vector<std::string> seeds() {
  const Challenge challenge = {.realm = "r", .nonce = "n", .opaque = "o"};
  const auto common = [](MessageBuilder builder, std::string_view method) {
    return builder.header(HeaderId::via, "SIP/2.0/UDP [::1]:5060;rport=1;received=::1;branch=z9")
        .header(HeaderId::via, "SIP/2.0/UDP a , SIP/2.0/TCP b:5070;x=\"a,b\"")
        .header(HeaderId::from, "\"A \\\"x\\\" <,>\" <sip:1001@127.0.0.11;lr>;tag=f1")
        .header(HeaderId::to, "sip:1002@127.0.0.11;tag=t1")
        .header(HeaderId::call_id, "c1")
        .header(HeaderId::cseq, "7 " + std::string(method))
        .header(HeaderId::contact, "<sip:a:b@[::1]:5060;x=1?y=2>;expires=60,\r\n <sip:c@d>;q=\"1\"")
        .header(HeaderId::max_forwards, "70");
  };
  return {
      common(MessageBuilder::request("INVITE", "sip:1002@127.0.0.11:5070;transport=udp"), "INVITE")
          .body("application/sdp", format_sdp({.media = {}}))
          .str(),
      common(MessageBuilder::request("REGISTER", "sip:127.0.0.11"), "REGISTER")
          .header("l", "0")
          .header(HeaderId::expires, "120")
          .header(HeaderId::authorization, answer_challenge(challenge, {.username = "u",
                                                                        .password = "p",
                                                                        .method = "REGISTER",
                                                                        .uri = "sip:127.0.0.11",
                                                                        .cnonce = "c"}))
          .str(),
      common(MessageBuilder::response(401), "REGISTER")
          .header(HeaderId::www_authenticate, format_challenge(challenge))
          .str()};
}

/// A byte that means something to a parser, more often than not.
char telling_byte(Rng& rng) {
  constexpr std::string_view telling = "\r\n\r\n:;,<>\"\\@=/?[]% \t*0129aZ";
  if (rng.below(4) == 0) return static_cast<char>(rng.below(256));
  return telling[rng.below(telling.size())];
}

void damage(std::string& text, Rng& rng) {
  const std::size_t at = rng.below(text.size() + 1);
  const std::size_t length = rng.below(12);
  switch (rng.below(5)) {
    case 0:
      if (at < text.size()) text[at] = telling_byte(rng);
      break;
    case 1:
      text.insert(at, 1 + length / 4, telling_byte(rng));
      break;
    case 2:
      text.erase(at, 1 + length);
      break;
    case 3:
      text.insert(rng.below(text.size() + 1), text.substr(at, length * 8));
      break;
    default:
      text.resize(at);
  }
}

std::string mutate(std::string text, Rng& rng) {
  for (std::uint64_t i = rng.below(6); i < 6; ++i) damage(text, rng);
  return text;
}

void expect_within(const MessageView& message) {
  const std::string_view bytes = message.bytes();
  for (const std::string_view part :
       {message.body(), message.method_text(), message.request_uri(), message.reason(),
        message.call_id(), message.from_tag(), message.to_tag(), message.via().host,
        message.via().branch, message.via().received, message.via().sent_by,
        message.via().transport}) {
    ASSERT_TRUE(lies_within(part, bytes)) << bytes;
  }
  for (const Header& header : message.headers()) {
    ASSERT_TRUE(lies_within(header.name, bytes)) << bytes;
    ASSERT_TRUE(lies_within(header.value, bytes)) << bytes;
  }
  if (message.problem()) {
    ASSERT_LE(message.problem()->offset, bytes.size()) << bytes;
  }
}

void expect_addresses_within(const MessageView& message) {
  for (const Header& header : message.headers()) {
    for (const Address& address : parse_addresses(header.value)) {
      ASSERT_TRUE(lies_within(address.uri, header.value));
      ASSERT_TRUE(lies_within(address.parameters, header.value));
      ASSERT_TRUE(lies_within(address.display_name, header.value));
      ASSERT_TRUE(same_uri(address.uri, address.uri)) << address.uri;
    }
  }
}

/// Whatever else reads what a message brought.
void read_on(const MessageView& message) {
  if (const auto challenge = parse_challenge(message.header(HeaderId::www_authenticate))) {
    ASSERT_TRUE(parse_challenge(format_challenge(*challenge)));
  }
  if (const auto credentials = parse_credentials(message.header(HeaderId::authorization))) {
    ASSERT_FALSE(verify_credentials(*credentials, "another", "REGISTER"));
  }
  if (const auto sdp = parse_sdp(message.body())) {
    ASSERT_TRUE(parse_sdp(format_sdp(*sdp)));
  }
}

TEST(MessageFuzz, damaged_messages_are_read_without_harm) {
  const std::vector<std::string> valid = seeds();
  Rng rng(4475);
  int damaged = 0;
  for (int i = 0; i < mutation_count; ++i) {
    const std::string text = mutate(valid[rng.below(valid.size())], rng);
    // An exact copy on the heap, so that a sanitizer sees the first byte read behind the end.
    const std::vector<char> exact(text.begin(), text.end());
    const MessageView message = MessageView::parse({exact.data(), exact.size()});
    ASSERT_NO_FATAL_FAILURE(expect_within(message));
    ASSERT_NO_FATAL_FAILURE(expect_addresses_within(message));
    ASSERT_NO_FATAL_FAILURE(read_on(message));
    if (message.problem()) ++damaged;
  }
  EXPECT_GT(damaged, mutation_count / 2);
}

TEST(MessageFuzz, answers_to_damaged_requests_are_readable_where_these_were_usable) {
  const std::vector<std::string> valid = seeds();
  Rng rng(3261);
  int answered = 0;
  for (int i = 0; i < mutation_count / 4; ++i) {
    const std::string text = mutate(valid.front(), rng);
    const MessageView request = MessageView::parse(text);
    if (!request.is_usable() || request.is_response()) continue;
    const std::string response =
        MessageBuilder::response_to(
            request, {.status = 200, .to_tag = "t", .source = Endpoint::parse("[::1]:9")})
            .str();
    const MessageView read = MessageView::parse(response);
    ASSERT_TRUE(read.is_usable()) << text << response;
    std::string call_id;
    append_line_text(request.call_id(), call_id);
    ASSERT_EQ(read.call_id(), call_id);
    ASSERT_EQ(read.cseq(), request.cseq());
    ++answered;
  }
  EXPECT_GT(answered, 100);
}

TEST(MessageFuzz, every_prefix_of_a_message_is_read_without_harm) {
  for (const std::string& text : seeds()) {
    for (std::size_t length = 0; length < text.size(); ++length) {
      const std::vector<char> exact(text.begin(), text.begin() + static_cast<long>(length));
      ASSERT_NO_FATAL_FAILURE(expect_within(MessageView::parse({exact.data(), exact.size()})));
    }
  }
}

}  // namespace
}  // namespace sipharness::sip
