#include "harness/stage/live/anchor_watch.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/rng.hpp"
#include "harness/packet/encode.hpp"
#include "harness/sip/builder.hpp"
#include "harness/world_sim/simulated_world.hpp"
#include "tests/harness/stage/servers.hpp"

namespace sipharness::stage {
namespace {

using sip::HeaderId;
using testing::ElementsAre;
using testing::IsEmpty;

std::string request(std::string_view method, std::string_view branch,
                    std::string_view to_tag = {}) {
  const std::string to = fmt::format("<sip:2001@{}>{}", primary.text(), to_tag);
  return sip::MessageBuilder::request(method, "sip:" + primary.text())
      .header(HeaderId::via, fmt::format("SIP/2.0/UDP {};branch={}", device.text(), branch))
      .header(HeaderId::from, "<sip:1001@phone>;tag=a")
      .header(HeaderId::to, to)
      .header(HeaderId::call_id, "one")
      .header(HeaderId::cseq, fmt::format("1 {}", method))
      .str();
}

std::string answer(const std::string& to, int status) {
  return sip::MessageBuilder::response_to(sip::MessageView::parse(to), status, "b").str();
}

/// An anchor watch that sees synthesised frames and notes what it is told.
class Watch : public testing::Test {
 protected:
  void see(const Endpoint& from, const Endpoint& to, std::string_view payload) {
    show(packet::encode(packet::UdpDatagram{from, to, ++ip_id_, payload}));
  }
  void see_segment(const Endpoint& from, const Endpoint& to, std::string_view payload) {
    packet::TcpSegment segment;
    segment.source = from;
    segment.destination = to;
    segment.ip_id = ++ip_id_;
    segment.sequence = sequence_;
    segment.acknowledgement = 1;
    segment.flags.ack = true;
    segment.payload = payload;
    sequence_ += static_cast<std::uint32_t>(payload.size());
    show(packet::encode(segment));
  }
  void show(std::string_view frame) {
    decoder_.on_frame({world_.capture_time(world_.now()), packet::LinkType::ethernet,
                       static_cast<std::uint32_t>(frame.size()), frame});
  }
  void ask(const std::string& message, const Endpoint& server = primary) {
    see(device, server, message);
  }
  void reply(const std::string& to, int status, const Endpoint& server = primary) {
    see(server, device, answer(to, status));
  }
  void wait(Duration time) { world_.run(world_.now() + time); }

  world_sim::SimulatedWorld world_;
  scenario::Scenario scenario_ = two_servers();
  std::vector<std::string> told_;
  AnchorWatch watch_{
      world_,
      scenario_,
      {.t1 = 100ms},  // 64·T1 is 6.4 s here
      {.anchor = [this](const scenario::Anchor& anchor) { told_.push_back(to_string(anchor)); },
       .refused = [this](int status) { told_.push_back(fmt::format("refused {}", status)); }}};

 private:
  LiveDecoder decoder_{{&watch_}};
  std::uint16_t ip_id_ = 0;
  std::uint32_t sequence_ = 1;
};

TEST_F(Watch, sees_the_device_for_the_first_time_once) {
  ask(request("OPTIONS", "z9hG4bK1"));
  ask(request("OPTIONS", "z9hG4bK2"), secondary);
  EXPECT_THAT(told_, ElementsAre("first_seen"));
}

TEST_F(Watch, does_not_take_what_a_server_sends_for_the_device) {
  see(primary, device, request("OPTIONS", "z9hG4bK1"));
  see(device, *Endpoint::parse("127.0.0.99:5060"), request("REGISTER", "z9hG4bK2"));
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(Watch, sees_what_becomes_of_a_register) {
  struct Case {
    int status;
    std::vector<std::string> told;
  };
  const std::vector<Case> cases{{100, {}},
                                {200, {"secondary.registered"}},
                                {401, {}},
                                {407, {}},
                                {423, {}},
                                {302, {}},
                                {403, {"secondary.register_failed"}},
                                {503, {"secondary.register_failed"}},
                                {600, {"secondary.register_failed"}}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.status);
    const std::string sent = request("REGISTER", fmt::format("z9hG4bK{}", c.status));
    ask(sent, secondary);
    told_.clear();
    reply(sent, c.status, secondary);
    reply(sent, c.status, secondary);
    EXPECT_EQ(told_, c.told);
  }
}

TEST_F(Watch, sees_a_register_fail_after_64_t1_of_silence) {
  const std::string sent = request("REGISTER", "z9hG4bK1");
  ask(sent);
  wait(100ms);
  ask(sent);  // a retransmission does not begin anew
  wait(6299ms);
  EXPECT_THAT(told_, ElementsAre("first_seen"));
  wait(1ms);
  EXPECT_THAT(told_, ElementsAre("first_seen", "primary.register_failed"));
  reply(sent, 200);
  wait(60s);
  EXPECT_EQ(told_.size(), 2U) << "an answer that comes too late changes nothing";
}

TEST_F(Watch, does_not_call_an_answered_register_failed) {
  const std::string challenged = request("REGISTER", "z9hG4bK1");
  const std::string accepted = request("REGISTER", "z9hG4bK2");
  ask(challenged);
  reply(challenged, 401);
  ask(accepted);
  reply(accepted, 200);
  wait(60s);
  EXPECT_THAT(told_, ElementsAre("first_seen", "primary.registered"));
}

TEST_F(Watch, counts_silence_after_a_challenge_from_the_second_register) {
  const std::string challenged = request("REGISTER", "z9hG4bK1");
  ask(challenged);
  wait(5s);
  reply(challenged, 401);
  ask(request("REGISTER", "z9hG4bK2"));
  wait(6s);
  EXPECT_THAT(told_, ElementsAre("first_seen"));
  wait(1s);
  EXPECT_THAT(told_, ElementsAre("first_seen", "primary.register_failed"));
}

TEST_F(Watch, sees_a_call_from_invite_to_bye) {
  const std::string invite = request("INVITE", "z9hG4bK1");
  ask(invite);
  reply(invite, 100);
  reply(invite, 180);
  reply(invite, 200);
  ask(request("BYE", "z9hG4bK2", ";tag=b"));
  EXPECT_THAT(told_, ElementsAre("first_seen", "primary.invite_at", "primary.answered", "ended"));
}

TEST_F(Watch, sees_the_far_end_hang_up) {
  see(primary, device, request("BYE", "z9hG4bK1", ";tag=b"));
  EXPECT_THAT(told_, ElementsAre("ended"));
}

TEST_F(Watch, sees_a_call_refused_but_not_challenged) {
  const std::string challenged = request("INVITE", "z9hG4bK1");
  const std::string refused = request("INVITE", "z9hG4bK2");
  ask(challenged);
  reply(challenged, 407);
  ask(refused);
  reply(refused, 486);
  EXPECT_THAT(told_, ElementsAre("first_seen", "primary.invite_at", "primary.invite_at", "ended",
                                 "refused 486"));
}

TEST_F(Watch, sees_a_call_that_was_cancelled_end_without_a_refusal) {
  const std::string invite = request("INVITE", "z9hG4bK1");
  ask(invite);
  reply(invite, 487);
  EXPECT_THAT(told_, ElementsAre("first_seen", "primary.invite_at", "ended"));
}

TEST_F(Watch, takes_no_invite_within_a_dialog_for_a_call) {
  ask(request("INVITE", "z9hG4bK1", ";tag=b"));
  EXPECT_THAT(told_, ElementsAre("first_seen"));
}

TEST_F(Watch, sees_the_same_over_a_stream) {
  const std::string sent = request("REGISTER", "z9hG4bK1") + request("INVITE", "z9hG4bK2");
  see_segment(device, primary, sent.substr(0, 40));
  see_segment(device, primary, sent.substr(40));
  EXPECT_THAT(told_, ElementsAre("first_seen", "primary.invite_at"));
  wait(7s);
  EXPECT_EQ(told_.back(), "primary.register_failed");
}

TEST_F(Watch, ignores_keep_alives_and_garbage) {
  Rng rng(1);
  ask("\r\n\r\n");
  ask("");
  ask("\x1b[31m REGISTER ÿÿÿ");
  for (std::size_t i = 0; i < 500; ++i) {
    std::string noise(i, '\0');
    for (char& byte : noise) byte = static_cast<char>(rng.below(256));
    ask(noise);
    show(noise);
    see_segment(device, secondary, noise);
  }
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(Watch, survives_every_prefix_of_a_message) {
  const std::string whole = request("INVITE", "z9hG4bK1");
  for (std::size_t length = 0; length < whole.size(); ++length) ask(whole.substr(0, length));
  told_.clear();
  const std::string sent = request("REGISTER", "z9hG4bK2");
  ask(sent);
  reply(sent, 200);
  EXPECT_THAT(told_, ElementsAre("primary.registered"));
}

TEST_F(Watch, survives_a_flood_of_registers) {
  for (int i = 0; i < 6000; ++i) ask(request("REGISTER", fmt::format("z9hG4bK{}", i)));
  wait(7s);
  // policy: 4096 are watched at once, the one that fills the table included.
  EXPECT_EQ(told_.size(), 1U + 4097U);
}

}  // namespace
}  // namespace sipharness::stage
