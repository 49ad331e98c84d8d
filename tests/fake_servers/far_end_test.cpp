// The far end called by the device. @source RFC 3261 §9.2, §12.2.2, §13.3.1, §15

#include "fake_servers/far_end.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/sip/sdp.hpp"
#include "tests/fake_servers/stage.hpp"

namespace fake_servers::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Request invite(std::string body = offer()) {
  return {.method = "INVITE",
          .headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"}},
          .body = std::move(body)};
}

/// A call of the client, and requests within it.
class Caller {
 public:
  explicit Caller(scenario::FarEnd plan, bool media = false) : stage({}, plan, 1, media) {
    stage.send_at(10s, invite());
  }

  Request in_dialog(std::string method, std::uint32_t cseq, std::string body = {}) {
    Request request{.method = std::move(method),
                    .branch = "z9hG4bK-in-dialog-" + std::to_string(cseq),
                    .cseq = cseq,
                    .to_tag = std::string(stage.client.first(200).view().to_tag()),
                    .headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"}},
                    .body = std::move(body)};
    return request;
  }
  void send_at(Duration at, std::string method, std::uint32_t cseq, std::string body = {}) {
    stage.at(at, [=, this] { stage.client.send(in_dialog(method, cseq, body)); });
  }
  void ack_at(Duration at) {
    stage.at(at, [this] {
      Request ack = in_dialog("ACK", 1);
      ack.branch = "z9hG4bK-ack";
      stage.client.send(ack);
    });
  }

  std::vector<std::string> far_end_verbs() const {
    std::vector<std::string> verbs;
    for (const auto& entry : stage.journal.all<journal::FarEnd>()) verbs.push_back(entry.verb);
    return verbs;
  }

  Stage stage;
};

/// To tags of the 200s to the INVITE.
std::vector<std::string> answering_tags(const Client& client) {
  std::vector<std::string> tags;
  for (const Seen& seen : client.received)
    if (seen.view().status() == 200 && seen.view().method() == Method::invite)
      if (tags.empty() || std::ranges::find(tags, seen.view().to_tag()) == tags.end())
        tags.emplace_back(seen.view().to_tag());
  return tags;
}

TEST(FarEnd, forks_answer_with_tags_of_their_own) {
  scenario::FarEnd forked = plan(1s, 3s);
  forked.forks = {{.ring = 2s, .answer = 4s}, {.ring = 2s, .answer = std::nullopt}};
  Caller caller(forked);
  caller.stage.run_until(16s);
  EXPECT_THAT(caller.stage.client.times_of(100).size(), 1u);
  EXPECT_EQ(answering_tags(caller.stage.client).size(), 2u);
}

TEST(FarEnd, cancelled_forks_give_one_487) {
  scenario::FarEnd forked = plan(1s, {});
  forked.forks = {{.ring = 2s, .answer = std::nullopt}};
  Caller caller(forked);
  Request cancel = invite({});
  cancel.method = "CANCEL";
  caller.stage.send_at(15s, cancel);
  caller.stage.run_until(15100ms);
  EXPECT_THAT(caller.stage.client.times_of(487).size(), 1u);
}

TEST(FarEnd, a_reliable_ring_comes_again_until_its_prack) {
  scenario::FarEnd reliable = plan(1s, 20s);
  reliable.reliable_ring = true;
  Stage stage({}, reliable);
  Request request = invite();
  request.headers.emplace_back("Supported", "100rel");
  stage.send_at(10s, request);
  stage.at(13s, [&] {
    Request prack{.method = "PRACK", .branch = "z9hG4bKprack", .cseq = 2};
    prack.to_tag = std::string(stage.client.first(180).view().to_tag());
    prack.headers = {{"RAck", "1 1 INVITE"}};
    stage.client.send(prack);
  });
  stage.run_until(19s);
  EXPECT_THAT(offsets(stage.client.times_of(180)), ElementsAre(0s, 500ms, 1500ms));
  EXPECT_THAT(stage.client.times_of(200).size(), 1u);
}

TEST(FarEnd, asks_in_calls_that_are_up) {
  Caller caller(plan({}, 1s));
  caller.ack_at(12s);
  for (const Method method : {Method::invite, Method::update, Method::refer})
    caller.stage.at(13s, [&caller, method] { caller.stage.server.request_in_calls(method); });
  caller.stage.run_until(13100ms);
  for (const Method method : {Method::invite, Method::update, Method::refer})
    EXPECT_EQ(caller.stage.client.first(method).view().to_tag(),
              caller.stage.client.first(200).view().from_tag());
}

TEST(FarEnd, rings_and_answers_when_the_plan_says) {
  Caller caller(plan(1s, 3s));
  caller.ack_at(14s);
  caller.stage.run_until(100s);
  EXPECT_THAT(caller.stage.client.times_of(100), ElementsAre(10s + round_trip));
  EXPECT_THAT(caller.stage.client.times_of(180), ElementsAre(11s + round_trip));
  EXPECT_EQ(caller.stage.client.times_of(200).front(), 13s + round_trip);
  EXPECT_THAT(caller.far_end_verbs(), ElementsAre("rings", "answers"));
  const MessageView ringing = caller.stage.client.first(180).view();
  const MessageView answer = caller.stage.client.first(200).view();
  EXPECT_EQ(ringing.to_tag(), answer.to_tag());
  EXPECT_EQ(answer.header(HeaderId::contact), "<sip:primary@10.0.0.11:5070>");
  const auto sdp = sip::parse_sdp(answer.body());
  ASSERT_TRUE(sdp.has_value());
  EXPECT_EQ(sdp->media.address, server_endpoint.address);
}

TEST(FarEnd, repeats_its_200_by_the_table_and_says_bye_when_no_ack_comes) {
  Caller caller(plan(1s, 3s));
  caller.stage.run_until(100s);
  EXPECT_THAT(offsets(caller.stage.client.times_of(200)),
              ElementsAre(0s, 500ms, 1500ms, 3500ms, 7500ms, 11500ms, 15500ms, 19500ms, 23500ms,
                          27500ms, 31500ms));
  const auto byes = caller.stage.client.times_of(Method::bye);
  ASSERT_FALSE(byes.empty());
  EXPECT_EQ(byes.front() - caller.stage.client.times_of(200).front(), 32s);
}

TEST(FarEnd, stops_repeating_at_the_ack) {
  Caller caller(plan({}, 1s));
  caller.ack_at(12s);
  caller.stage.run_until(100s);
  EXPECT_THAT(offsets(caller.stage.client.times_of(200)), ElementsAre(0s, 500ms));
  EXPECT_THAT(caller.stage.client.times_of(180), IsEmpty());
  EXPECT_THAT(caller.stage.client.times_of(Method::bye), IsEmpty());
}

TEST(FarEnd, a_repeated_invite_draws_no_second_call) {
  Caller caller(plan(1s, 3s));
  caller.stage.send_at(10500ms, invite());
  caller.ack_at(14s);
  caller.stage.send_at(15s, invite());
  caller.stage.run_until(60s);
  EXPECT_EQ(caller.stage.client.times_of(180).size(), 1u);
  EXPECT_THAT(caller.far_end_verbs(), ElementsAre("rings", "answers"));
}

TEST(FarEnd, is_cancelled_with_200_and_487) {
  Caller caller(plan(1s, {}));
  caller.stage.send_at(12s, {.method = "CANCEL"});
  caller.stage.at(13s, [&] {
    Request ack{.method = "ACK"};
    ack.to_tag = caller.stage.client.first(487).view().to_tag();
    caller.stage.client.send(ack);
  });
  caller.stage.run_until(100s);
  EXPECT_THAT(caller.stage.client.statuses(), ElementsAre(100, 180, 200, 487, 487))
      << "487 once more 500 ms later, then the ACK";
  EXPECT_EQ(caller.stage.client.first(200).view().method(), Method::cancel);
}

TEST(FarEnd, a_cancel_for_nothing_draws_481) {
  Stage stage;
  stage.send_at(1s, {.method = "CANCEL"});
  stage.run_until(2s);
  EXPECT_THAT(stage.client.statuses(), ElementsAre(481));
}

TEST(FarEnd, a_cancel_after_the_answer_changes_nothing) {
  Caller caller(plan({}, 1s));
  caller.ack_at(11200ms);
  caller.stage.send_at(12s, {.method = "CANCEL"});
  caller.send_at(13s, "INFO", 2);
  caller.stage.run_until(14s);
  EXPECT_EQ(caller.stage.client.last().view().method(), Method::info);
  EXPECT_EQ(caller.stage.client.last().view().status(), 200);
}

TEST(FarEnd, goes_on_ringing_every_minute) {
  Caller caller(plan(1s, {}));
  caller.stage.run_until(140s);
  EXPECT_THAT(offsets(caller.stage.client.times_of(180)), ElementsAre(0s, 60s, 120s));
}

TEST(FarEnd, takes_a_bye_and_forgets_the_call) {
  Caller caller(plan({}, 1s));
  caller.ack_at(11200ms);
  caller.send_at(20s, "BYE", 2);
  caller.send_at(60s, "INFO", 3);
  caller.stage.run_until(61s);
  const auto& received = caller.stage.client.received;
  ASSERT_GE(received.size(), 2u);
  EXPECT_EQ(received[received.size() - 2].view().status(), 200);
  EXPECT_EQ(received.back().view().status(), 481);
}

TEST(FarEnd, takes_a_bye_while_it_still_rings) {
  Caller caller(plan(1s, {}));
  caller.stage.at(12s, [&] {
    Request bye{.method = "BYE", .branch = "z9hG4bKbye", .cseq = 2};
    bye.to_tag = caller.stage.client.first(180).view().to_tag();
    caller.stage.client.send(bye);
  });
  caller.stage.run_until(12100ms);
  EXPECT_THAT(caller.stage.client.statuses(), ElementsAre(100, 180, 200, 487));
}

TEST(FarEnd, hangs_up_by_its_plan_counted_from_the_200) {
  Caller caller(plan({}, 1s, 10s));
  caller.ack_at(11200ms);
  caller.stage.client.on_received = [&](const Seen& seen) {
    if (seen.view().is_request()) caller.stage.client.answer(seen, 200);
  };
  caller.stage.run_until(100s);
  EXPECT_THAT(caller.stage.client.times_of(Method::bye), ElementsAre(21s + round_trip));
  EXPECT_THAT(caller.far_end_verbs(), ElementsAre("answers", "hangs_up"));
}

TEST(FarEnd, waits_for_the_ack_before_it_hangs_up) {
  Caller caller(plan({}, 1s, 2s));
  caller.ack_at(15s);
  caller.stage.run_until(15100ms);
  EXPECT_THAT(caller.stage.client.times_of(Method::bye), ElementsAre(15s + round_trip));
}

TEST(FarEnd, hangs_up_when_told_to) {
  Caller caller(plan({}, 1s));
  caller.ack_at(11200ms);
  caller.stage.at(20s, [&] { caller.stage.server.hang_up(); });
  caller.stage.run_until(20100ms);
  const MessageView bye = caller.stage.client.first(Method::bye).view();
  EXPECT_EQ(bye.request_uri(), "sip:1001@10.0.0.1:5060");
  EXPECT_EQ(bye.to_tag(), "client-tag");
}

TEST(FarEnd, holds_and_resumes_with_the_counterpart_direction) {
  Caller caller(plan({}, 1s));
  caller.ack_at(11200ms);
  caller.send_at(20s, "INVITE", 2, offer("sendonly"));
  caller.stage.run_until(20100ms);
  const auto held = sip::parse_sdp(caller.stage.client.last().view().body());
  ASSERT_TRUE(held.has_value());
  EXPECT_EQ(held->direction, sip::MediaDirection::recvonly);
  EXPECT_EQ(held->version, 2u);
}

TEST(FarEnd, takes_a_session_refresh_by_update) {
  Caller caller(plan({}, 1s));
  caller.ack_at(11200ms);
  caller.send_at(90s, "UPDATE", 2);
  caller.stage.run_until(91s);
  const MessageView answer = caller.stage.client.last().view();
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body(), "");
}

TEST(FarEnd, answers_a_second_reinvite_491_while_the_first_waits_for_its_ack) {
  Caller caller(plan({}, 1s));
  caller.ack_at(11200ms);
  caller.send_at(20s, "INVITE", 2, offer());
  caller.send_at(20100ms, "INVITE", 3, offer());
  caller.stage.run_until(20200ms);
  EXPECT_EQ(caller.stage.client.last().view().status(), 491);
}

TEST(FarEnd, refuses_a_cseq_that_goes_backwards) {
  Caller caller(plan({}, 1s));
  caller.ack_at(11200ms);
  caller.send_at(20s, "INFO", 5);
  caller.send_at(21s, "INFO", 4);
  caller.stage.run_until(22s);
  EXPECT_EQ(caller.stage.client.last().view().status(), 500);
}

TEST(FarEnd, copies_record_routes_and_sends_its_bye_along_them) {
  Stage stage({}, plan({}, 1s));
  Request request = invite();
  request.headers.push_back({"Record-Route", "<sip:10.0.0.1:5060;lr>"});
  stage.send_at(1s, request);
  stage.run_until(40s);
  EXPECT_EQ(stage.client.first(200).view().header(HeaderId::record_route),
            "<sip:10.0.0.1:5060;lr>");
  EXPECT_EQ(stage.client.first(Method::bye).view().header(HeaderId::route),
            "<sip:10.0.0.1:5060;lr>");
}

/// Many who call, each as often as a test says; all but the first say ACK to what is answered.
class Callers {
 public:
  explicit Callers(std::size_t count) : stage_({}, plan({}, {10ms})) {
    for (std::size_t caller = 0; caller < count; ++caller)
      clients_.push_back(std::make_unique<Client>(
          stage_.world,
          Endpoint{sipharness::IpAddress::v4({10, 0, 1, static_cast<std::uint8_t>(caller)}),
                   5060}));
  }

  void call(std::size_t caller, std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) {
      Request request = invite();
      request.branch += std::to_string(++number_);
      request.call_id += std::to_string(number_);
      clients_[caller]->send(request);
    }
    stage_.run_until(now_ += 100ms);
  }
  void acknowledge(std::size_t caller) {
    const MessageView answer = clients_[caller]->last().view();
    clients_[caller]->send({.method = "ACK",
                            .branch = "z9hG4bKack",
                            .call_id = std::string(answer.call_id()),
                            .to_tag = std::string(answer.to_tag())});
    stage_.run_until(now_ += 50ms);
  }
  std::size_t answers(int status) const {
    std::size_t count = 0;
    for (const auto& client : clients_) count += client->times_of(status).size();
    return count;
  }

 private:
  Stage stage_;
  std::vector<std::unique_ptr<Client>> clients_;
  Duration now_{};
  int number_ = 0;
};

TEST(FarEnd, refuses_calls_beyond_its_limit) {
  constexpr std::size_t peers = FarEnd::max_calls / FarEnd::max_calls_of_a_peer + 1;
  Callers callers(peers);
  for (std::size_t peer = 0; peer < peers; ++peer) {
    callers.call(peer, 1);
    callers.acknowledge(peer);
  }
  EXPECT_EQ(callers.answers(100), peers);
  callers.call(0, FarEnd::max_calls_of_a_peer);
  EXPECT_EQ(callers.answers(503), 1U);
  for (std::size_t peer = 1; peer < peers; ++peer)
    callers.call(peer, FarEnd::max_calls_of_a_peer - 1);
  EXPECT_EQ(callers.answers(100), FarEnd::max_calls);
  EXPECT_GT(callers.answers(503), FarEnd::max_calls_of_a_peer);
}

TEST(FarEnd, takes_few_calls_of_whom_acknowledges_none) {
  Callers callers(2);
  callers.call(0, 100);
  EXPECT_EQ(callers.answers(100), FarEnd::max_unproven_calls);
  callers.call(1, 1);
  EXPECT_EQ(callers.answers(100), FarEnd::max_unproven_calls + 1) << "another is served";
}

/// Counts RTP that arrives where the client's offer wants it.
class Listener final : public world::DatagramHandler {
 public:
  explicit Listener(world::World& world)
      : port_(world.open_datagram(endpoint("10.0.0.1:4000"), *this)) {}
  std::vector<std::string> packets;

 private:
  void on_datagram(const Endpoint&, std::string_view payload) override {
    packets.emplace_back(payload);
  }
  void on_unreachable(const Endpoint&, sipharness::Unreachable) override {}
  std::unique_ptr<world::DatagramPort> port_;
};

TEST(FarEndMedia, sends_silence_every_20_ms_from_ack_to_bye) {
  Caller caller(plan({}, 1s), true);
  Listener listener(caller.stage.world);
  caller.ack_at(11100ms);
  caller.send_at(21s, "BYE", 2);
  caller.stage.run_until(60s);
  EXPECT_NEAR(static_cast<double>(listener.packets.size()), 9.9 / 0.020, 2);
  ASSERT_GE(listener.packets.size(), 2u);
  const std::string& first = listener.packets[0];
  EXPECT_EQ(first.size(), 12u + 160u);
  EXPECT_EQ(first.substr(0, 2), std::string("\x80\x00", 2));
  EXPECT_EQ(static_cast<std::uint8_t>(listener.packets[1][3]),
            static_cast<std::uint8_t>(first[3] + 1));
  EXPECT_EQ(first.substr(12), std::string(160, '\xff'));
}

TEST(FarEndMedia, rests_while_on_hold) {
  Caller caller(plan({}, 1s), true);
  Listener listener(caller.stage.world);
  caller.ack_at(11100ms);
  caller.send_at(12s, "INVITE", 2, offer("sendonly"));
  caller.stage.run_until(13s);
  const std::size_t before = listener.packets.size();
  caller.stage.run_until(20s);
  EXPECT_EQ(listener.packets.size(), before);
  EXPECT_GT(before, 0u);
}

TEST(FarEndMedia, is_off_unless_asked_for) {
  Caller caller(plan({}, 1s));
  Listener listener(caller.stage.world);
  caller.ack_at(11100ms);
  caller.stage.run_until(20s);
  EXPECT_THAT(listener.packets, IsEmpty());
}

}  // namespace
}  // namespace fake_servers::test
