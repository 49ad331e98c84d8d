// Bytes nobody should send: the server neither falls nor stops serving.

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/rng.hpp"
#include "tests/fake_servers/stage.hpp"

namespace fake_servers::test {
namespace {

/// What might end a line of ours and begin another.
constexpr std::array<std::string_view, 5> line_ends = {
    "\r\n X-Evil: 1", "\rX-Evil: 1", "\n X-Evil: 1", std::string_view("\0X-Evil: 1", 10), "\r\n "};

/// A few bytes overwritten, doubled, cut out, or a line end put in.
std::string mutated(std::string text, sipharness::Rng& rng) {
  const std::uint64_t changes = 1 + rng.below(8);
  for (std::uint64_t i = 0; i < changes && !text.empty(); ++i) {
    const std::size_t at = rng.below(text.size());
    const std::size_t length = 1 + rng.below(16);
    switch (rng.below(4)) {
      case 3:
        text.insert(at, line_ends[rng.below(line_ends.size())]);
        break;
      case 0:
        text[at] = static_cast<char>(rng.below(256));
        break;
      case 1:
        text.insert(at, text.substr(at, length));
        break;
      default:
        text.erase(at, length);
    }
  }
  return text;
}

const std::array<Request, 6> originals = {
    Request{.headers = {{"Contact", "<sip:1001@10.0.0.1:5060>;expires=60"}}},
    Request{
        .method = "INVITE",
        .headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"}, {"Record-Route", "<sip:10.0.0.1;lr>"}},
        .body = offer()},
    Request{.method = "SUBSCRIBE",
            .headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"}, {"Event", "dialog"}}},
    Request{.headers = {{"Authorization",
                         "Digest username=\"1001\", realm=\"10.0.0.11\", nonce=\"n\", "
                         "uri=\"sip:10.0.0.11\", response=\"0\", qop=auth, nc=00000001"}}},
    Request{.method = "CANCEL"},
    Request{.method = "ACK"},
};

TEST(HostileBytes, do_not_stop_the_server) {
  auto challenged = rule(scenario::ChallengeWith{}, {Method::register_});
  challenged.probability = 0.5;
  Stage stage({challenged}, plan(10ms, 20ms));
  sipharness::Rng rng(2024);
  for (int i = 1; i <= 5000; ++i) {
    const std::string text = mutated(originals[rng.below(originals.size())].text(), rng);
    stage.at(i * 1ms, [&stage, text] { stage.client.send(text); });
  }
  stage.at(10s, [&] { stage.server.call_device(); });
  stage.at(11s, [&] { stage.server.hang_up(); });
  stage.run_until(100s);
  stage.client.received.clear();
  stage.send_at(101s, {.method = "OPTIONS", .branch = "z9hG4bKalive"});
  stage.run_until(101100ms);
  EXPECT_EQ(stage.client.times_of(200).size(), 1u);
}

TEST(HostileBytes, lead_to_nothing_that_no_datagram_holds) {
  Stage stage;
  std::string routes = "<sip:10.0.0.1;lr>";
  for (int i = 0; i < 3000; ++i) routes += ",<sip:10.0.0.1;lr>";
  stage.send_at(1s, {.method = "SUBSCRIBE",
                     .headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"},
                                 {"Record-Route", routes},
                                 {"Event", "message-summary"}}});
  stage.run_until(2s);
  const auto withheld = stage.journal.all<journal::Withheld>();
  ASSERT_FALSE(withheld.empty());
  EXPECT_EQ(withheld[0].rule, "too large for a datagram");
  EXPECT_EQ(withheld[0].what, "200 to SUBSCRIBE");
}

/// Every line of it is one that the server wrote.
void expect_only_own_lines(const Seen& seen) {
  const MessageView view = seen.view();
  for (const sip::Header& header : view.headers()) EXPECT_NE(header.name, "X-Evil") << seen.bytes;
  const std::string_view bytes = seen.bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const bool is_end = bytes.substr(i, 2) == "\r\n";
    const bool ends_line = bytes[i] == '\n' && i > 0 && bytes[i - 1] == '\r';
    EXPECT_TRUE(bytes[i] != '\r' || is_end) << seen.bytes;
    EXPECT_TRUE(bytes[i] != '\n' || ends_line) << seen.bytes;
  }
}

TEST(HostileBytes, never_end_a_line_of_a_message_that_the_server_sends) {
  Stage stage({}, plan(10ms, 20ms));
  int number = 0;
  for (const Request& original : originals)
    for (const std::string_view end : line_ends)
      for (const std::string_view behind :
           {"sip:1001@10.0.0", "sip:10.0.0", "tag=", "z9hG4bK", "Call-ID: c", "CSeq: ", "Event: d",
            "SIP/2.0/U", "Contact: ", "lr", "realm"}) {
        std::string text = original.text();
        text.replace(text.find("z9hG4bKone"), 10, "z9hG4bK" + std::to_string(++number));
        const std::size_t at = text.rfind(behind);
        if (at == std::string::npos) continue;
        text.insert(at + behind.size(), end);
        stage.at(number * 10ms, [&stage, text] { stage.client.send(text); });
      }
  stage.at(20s, [&] { stage.server.call_device(); });
  stage.at(21s, [&] { stage.server.send_options(); });
  stage.at(22s, [&] { stage.server.hang_up(); });
  stage.run_until(100s);
  EXPECT_GT(stage.client.received.size(), 100u);
  for (const Seen& seen : stage.client.received) expect_only_own_lines(seen);
}

TEST(HostileBytes, that_fold_a_target_are_refused) {
  for (const auto header : {"Contact", "Record-Route"}) {
    for (const auto method : {"SUBSCRIBE", "INVITE", "REGISTER"}) {
      Stage stage({}, plan(10ms, 20ms));
      Request request{.method = method,
                      .headers = {{header, "<sip:aHEREb>"}, {"Event", "message-summary"}}};
      std::string text = request.text();
      text.replace(text.find("HERE"), 4, "\r\n ");
      stage.at(1s, [&stage, text] { stage.client.send(text); });
      stage.run_until(60s);
      EXPECT_THAT(stage.client.statuses(), testing::Each(400)) << method;
      EXPECT_EQ(stage.client.statuses().size(), stage.client.received.size()) << method;
      EXPECT_FALSE(stage.client.received.empty()) << method;
    }
  }
}

TEST(HostileBytes, that_name_a_contact_twice_make_one_binding_or_none) {
  Stage stage;
  const auto contacts = [](std::string value) {
    return Request{.branch = "z9hG4bK" + std::to_string(value.size()),
                   .headers = {{"Contact", std::move(value)}}};
  };
  const std::string contact = "<sip:1001@10.0.0.1:5060>";
  stage.send_at(1s, contacts(contact + ", " + contact + ";expires=0"));
  stage.run_until(2s);
  EXPECT_EQ(stage.client.last().view().count(HeaderId::contact), 0u);
  stage.send_at(3s, contacts(contact + ", " + contact + ", " + contact));
  stage.run_until(4s);
  EXPECT_EQ(stage.client.last().view().count(HeaderId::contact), 1u);
  std::string many = contact;
  for (int i = 0; i < 100; ++i) many += ", <sip:1001@10.0.0.1:" + std::to_string(6000 + i) + ">";
  stage.send_at(5s, contacts(many));
  stage.run_until(6s);
  EXPECT_EQ(stage.client.last().view().status(), 400);
}

TEST(HostileBytes, wear_the_clothes_of_a_binding) {
  Stage stage;
  for (const auto contact :
       {"<sip:>", "<>", "<sip:1001@[::1>", "<tel:+1>", "<sip:1001@999.1.1.1:99999>", "garbage"}) {
    Request request{.headers = {{"Contact", contact}}};
    request.branch += contact[1];
    request.branch += std::to_string(std::string_view(contact).size());
    stage.send_at(1s, request);
  }
  stage.at(2s, [&] { stage.server.call_device(); });
  stage.send_at(40s, {.method = "OPTIONS", .branch = "z9hG4bKalive"});
  stage.run_until(41s);
  EXPECT_EQ(stage.client.last().view().method(), Method::options);
}

}  // namespace
}  // namespace fake_servers::test
