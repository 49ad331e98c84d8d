// Bytes nobody should send: the server neither falls nor stops serving.

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/rng.hpp"
#include "tests/fake_servers/stage.hpp"

namespace fake_servers::test {
namespace {

/// A few bytes overwritten, doubled or cut out.
std::string mutated(std::string text, sipharness::Rng& rng) {
  const std::uint64_t changes = 1 + rng.below(8);
  for (std::uint64_t i = 0; i < changes && !text.empty(); ++i) {
    const std::size_t at = rng.below(text.size());
    const std::size_t length = 1 + rng.below(16);
    switch (rng.below(3)) {
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
