// What each verb of a rule does to a request, on the wire and in the journal.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/rng.hpp"
#include "tests/fake_servers/stage.hpp"

namespace fake_servers::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Request register_request{.headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"}}};

TEST(Drop, draws_no_reaction_and_names_the_datagram) {
  Stage stage({rule(scenario::Drop{}, {Method::register_})});
  stage.send_at(1s, register_request);
  stage.send_at(2s, register_request);
  stage.run_until(40s);
  EXPECT_THAT(stage.client.received, IsEmpty());
  const auto ignored = stage.journal.all<journal::Ignored>();
  ASSERT_EQ(ignored.size(), 2u);
  EXPECT_EQ(ignored[1].server, "primary");
  EXPECT_EQ(ignored[1].rule, "the rule");
  EXPECT_EQ(ignored[1].packet,
            (journal::PacketName{Transport::udp, client_endpoint, server_endpoint,
                                 sipharness::fnv1a(register_request.text()), 1}));
}

TEST(Drop, of_the_first_request_spares_the_second) {
  auto first = rule(scenario::Drop{}, {Method::register_});
  first.nth_to = 1;
  Stage stage({first});
  Request second = register_request;
  second.branch = "z9hG4bKtwo";
  stage.send_at(1s, register_request);
  stage.send_at(2s, register_request);
  stage.send_at(3s, second);
  stage.run_until(4s);
  EXPECT_THAT(stage.client.times_of(200), ElementsAre(3s + round_trip));
}

TEST(Drop, meets_a_repeat_of_a_request_that_was_answered_before) {
  auto later = rule(scenario::Drop{});
  later.phase = "silent";
  Stage stage({later});
  stage.send_at(1s, register_request);
  stage.at(2s, [&] { stage.server.enter_phase("silent"); });
  stage.send_at(3s, register_request);
  stage.run_until(4s);
  EXPECT_THAT(stage.client.times_of(200), ElementsAre(1s + round_trip));
  EXPECT_EQ(stage.journal.all<journal::Ignored>().size(), 1u);
}

TEST(Delay, puts_the_answer_off_and_swallows_repeats) {
  Stage stage({rule(scenario::Delay{3s}, {Method::register_})});
  stage.send_at(1s, register_request);
  stage.send_at(1500ms, register_request);
  stage.send_at(2500ms, register_request);
  stage.send_at(10s, register_request);
  stage.run_until(11s);
  EXPECT_THAT(stage.client.times_of(200), ElementsAre(4s + round_trip, 10s + round_trip))
      << "answered once, and again by the transaction for the repeat that came later";
  const auto delayed = stage.journal.all<journal::Delayed>();
  ASSERT_EQ(delayed.size(), 1u);
  EXPECT_EQ(delayed[0].by, 3s);
  EXPECT_EQ(delayed[0].what, "REGISTER");
}

TEST(Delay, of_an_invite_moves_100_180_and_200_alike) {
  Stage stage({rule(scenario::Delay{40s}, {Method::invite})});
  for (const Duration at : {10s + 0ms, 10500ms, 11500ms, 13500ms, 17500ms, 25500ms, 41500ms})
    stage.send_at(at, inviting);
  stage.run_until(53500ms);
  EXPECT_THAT(stage.client.times_of(100), ElementsAre(50s + round_trip));
  EXPECT_THAT(stage.client.times_of(180), ElementsAre(51s + round_trip));
  EXPECT_THAT(stage.client.times_of(200), ElementsAre(53s + round_trip));
}

TEST(Reject, answers_with_status_reason_and_headers) {
  Stage stage({rule(scenario::Reject{423, "Too Short", {{"Min-Expires", "600"}}})});
  stage.send_at(1s, register_request);
  stage.run_until(2s);
  const MessageView answer = stage.client.first(423).view();
  EXPECT_EQ(answer.reason(), "Too Short");
  EXPECT_EQ(answer.header(HeaderId::min_expires), "600");
  EXPECT_FALSE(answer.to_tag().empty());
}

TEST(Reject, of_an_invite_is_repeated_until_the_ack) {
  Stage stage({rule(scenario::Reject{486, "", {}}, {Method::invite})});
  stage.send_at(1s, inviting);
  stage.at(5s, [&] {
    Request ack{.method = "ACK"};
    ack.to_tag = stage.client.first(486).view().to_tag();
    stage.client.send(ack);
  });
  stage.run_until(40s);
  EXPECT_THAT(offsets(stage.client.times_of(486)), ElementsAre(0s, 500ms, 1500ms, 3500ms));
}

TEST(Provisional, is_all_that_ever_comes) {
  Stage stage({rule(scenario::Provisional{180, 2s}, {Method::invite})});
  stage.send_at(1s, inviting);
  stage.send_at(5s, inviting);
  stage.run_until(100s);
  EXPECT_THAT(stage.client.statuses(), ElementsAre(180, 180));
  EXPECT_THAT(stage.client.times_of(180), ElementsAre(3s + round_trip, 5s + round_trip));
}

TEST(Provisional, leaves_a_cancelled_invite_without_its_487) {
  Stage stage({rule(scenario::Provisional{180, 0s}, {Method::invite})});
  stage.send_at(1s, inviting);
  stage.send_at(2s, {.method = "CANCEL"});
  stage.run_until(100s);
  EXPECT_THAT(stage.client.statuses(), ElementsAre(180, 200));
}

TEST(Provisional, to_register_leaves_it_open) {
  Stage stage({rule(scenario::Provisional{100, 700ms}, {Method::register_})});
  stage.send_at(1s, register_request);
  stage.run_until(40s);
  EXPECT_THAT(stage.client.times_of(100), ElementsAre(1700ms + round_trip));
  EXPECT_EQ(stage.client.received.size(), 1u);
}

TEST(Mute, registers_without_a_word) {
  Stage stage({rule(scenario::Mute{}, {Method::register_})});
  stage.send_at(1s, register_request);
  stage.at(2s, [&] { stage.server.call_device(); });
  stage.run_until(2100ms);
  EXPECT_THAT(stage.client.statuses(), IsEmpty());
  EXPECT_EQ(stage.client.times_of(Method::invite).size(), 1u) << "the binding is there";
  const auto withheld = stage.journal.all<journal::Withheld>();
  ASSERT_EQ(withheld.size(), 1u);
  EXPECT_EQ(withheld[0].what, "200 to REGISTER");
  EXPECT_EQ(withheld[0].rule, "the rule");
}

TEST(Mute, of_a_phase_ends_with_it_for_repeats_of_the_200) {
  auto one_way = rule(scenario::Mute{}, {Method::invite});
  one_way.phase = "one-way";
  Stage stage({one_way}, plan(1s, 2s));
  stage.at(1s, [&] { stage.server.enter_phase("one-way"); });
  stage.send_at(10s, inviting);
  stage.at(15s, [&] { stage.server.enter_phase(""); });
  stage.run_until(20s);
  EXPECT_THAT(stage.client.times_of(200), ElementsAre(15500ms + round_trip, 19500ms + round_trip))
      << "sent at 12, 12.5, 13.5, without effect";
}

TEST(Repeat, sends_the_final_response_again_whatever_is_acknowledged) {
  auto again = rule(scenario::Reject{486, "", {}}, {Method::invite});
  again.repeat = {500ms, 1500ms, 33s};
  Stage stage({again});
  stage.send_at(1s, inviting);
  stage.at(1100ms, [&] {
    Request ack{.method = "ACK"};
    ack.to_tag = stage.client.first(486).view().to_tag();
    stage.client.send(ack);
  });
  stage.run_until(60s);
  EXPECT_THAT(offsets(stage.client.times_of(486)), ElementsAre(0s, 500ms, 1500ms, 33s));
  for (const Seen& seen : stage.client.received)
    EXPECT_EQ(seen.bytes, stage.client.received.front().bytes);
  EXPECT_EQ(stage.journal.all<journal::Sent>().size(), 4u);
}

TEST(Repeat, leaves_provisional_responses_alone) {
  auto again = rule(scenario::Accept{}, {Method::invite});
  again.repeat = {100ms};
  Stage stage({again}, plan(1s, 2s));
  stage.send_at(1s, inviting);
  stage.run_until(3200ms);
  EXPECT_THAT(stage.client.statuses(), ElementsAre(100, 180, 200, 200));
}

TEST(Repeat, of_a_delayed_answer_counts_from_the_answer) {
  auto again = rule(scenario::Delay{3s}, {Method::register_});
  again.repeat = {1s};
  Stage stage({again});
  stage.send_at(1s, register_request);
  stage.run_until(10s);
  EXPECT_THAT(stage.client.times_of(200), ElementsAre(4s + round_trip, 5s + round_trip));
}

TEST(ForeignSentBy, comes_first_and_again_to_repeats_and_then_the_right_one) {
  auto astray = rule(scenario::Accept{}, {Method::register_});
  astray.foreign_sent_by = 1s;
  Stage stage({astray});
  stage.send_at(1s, register_request);
  stage.send_at(1500ms, register_request);
  stage.send_at(3s, register_request);
  stage.run_until(10s);
  std::vector<std::string> sent_by;
  for (const Seen& seen : stage.client.received) sent_by.emplace_back(seen.view().via().sent_by);
  EXPECT_THAT(sent_by,
              ElementsAre("nobody.invalid", "nobody.invalid", "10.0.0.1:5060", "10.0.0.1:5060"));
  EXPECT_THAT(stage.client.times_of(200),
              ElementsAre(1s + round_trip, 1500ms + round_trip, 2s + round_trip, 3s + round_trip));
  EXPECT_EQ(stage.client.received[0].view().via().branch,
            stage.client.received[2].view().via().branch);
}

TEST(RecordRoute, is_told_with_the_device_s_neighbour_last) {
  using enum scenario::Router;
  Stage stage(
      {rule(scenario::Accept{.expires = {}, .record_route = {strict, loose}}, {Method::invite})},
      plan(100ms, 1s));
  stage.send_at(1s, inviting);
  stage.run_until(2100ms);
  for (const int status : {180, 200}) {
    std::vector<std::string> routes;
    const sip::MessageView response = stage.client.first(status).view();
    for (const sip::Header& header : response.headers())
      if (header.id == HeaderId::record_route) routes.emplace_back(header.value);
    EXPECT_THAT(routes, ElementsAre("<sip:proxy-2.invalid;lr>", "<sip:10.0.0.11:5070>")) << status;
  }
}

TEST(SentByPort, stands_in_the_via_of_the_server_s_requests_which_ask_for_rport) {
  scenario::Server server;
  server.sent_by_port = 5999;
  Stage stage(server);
  stage.send_at(1s, register_request);
  stage.at(2s, [&] { stage.server.call_device(); });
  stage.run_until(2100ms);
  const sip::Via via = stage.client.first(Method::invite).view().via();
  EXPECT_EQ(via.port, 5999);
  EXPECT_TRUE(via.has_rport);
  EXPECT_FALSE(via.rport.has_value());
}

TEST(Rules, tell_the_author_which_never_matched) {
  auto never = rule(scenario::Drop{}, {Method::refer});
  never.name = "never";
  never.place = {"calls.json:7:5"};
  auto later = rule(scenario::Drop{});
  later.phase = "never_entered";
  Stage stage({never, rule(scenario::Accept{}, {Method::register_}), later});
  stage.send_at(1s, register_request);
  stage.run_until(2s);
  stage.server.note_unmatched_rules();
  const auto told = stage.journal.all<journal::UnmatchedRule>();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told.front().rule, "never");
  EXPECT_EQ(told.front().place, "calls.json:7:5");
}

TEST(Rules, with_chance_repeat_with_the_seed) {
  const auto answered = [](std::uint64_t seed) {
    auto lossy = rule(scenario::Drop{});
    lossy.probability = 0.5;
    Stage stage({lossy}, {}, seed);
    for (int i = 1; i <= 64; ++i) {
      Request request = register_request;
      request.branch += std::to_string(i);
      stage.send_at(i * 1s, request);
    }
    stage.run_until(65s);
    return stage.client.times_of(200);
  };
  EXPECT_EQ(answered(1), answered(1));
  EXPECT_NE(answered(1), answered(2));
}

}  // namespace
}  // namespace fake_servers::test
