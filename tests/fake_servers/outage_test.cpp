// Silence, one-way paths and closed ports: what leaves, what does not, and what the journal says.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/rng.hpp"
#include "tests/fake_servers/stage.hpp"

namespace fake_servers::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

scenario::Rule in_phase(const std::string& phase, scenario::Verb verb) {
  auto made = rule(std::move(verb));
  made.phase = phase;
  return made;
}

std::vector<std::string> withheld(const Stage& stage) {
  std::vector<std::string> texts;
  for (const auto& entry : stage.journal.all<journal::Withheld>()) texts.push_back(entry.what);
  return texts;
}

TEST(Silence, suppresses_what_was_under_way_while_state_goes_on) {
  Stage stage({in_phase("silent", scenario::Drop{})}, plan(1s, 3s));
  stage.send_at(10s, inviting);
  stage.at(12s, [&] { stage.server.enter_phase("silent"); });
  stage.at(15s, [&] { stage.server.enter_phase(""); });
  stage.run_until(17s);
  EXPECT_THAT(stage.client.times_of(180), ElementsAre(11s + round_trip));
  EXPECT_THAT(stage.client.times_of(200), ElementsAre(16500ms + round_trip))
      << "the 200 of 13, 13.5, 14.5 s fell silent, the one of 16.5 s did not";
  EXPECT_THAT(withheld(stage), ElementsAre("200 to INVITE", "200 to INVITE", "200 to INVITE"));
}

TEST(Silence, hears_neither_requests_nor_ack_nor_responses) {
  Stage stage({in_phase("silent", scenario::Drop{})}, plan({}, 1s));
  stage.send_at(1s, {.headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"}}});
  stage.at(2s, [&] { stage.server.call_device(); });
  stage.at(2100ms, [&] { stage.server.enter_phase("silent"); });
  stage.at(3s, [&] { stage.client.answer(stage.client.first(Method::invite), 200); });
  stage.send_at(4s, {.method = "ACK", .branch = "z9hG4bKack"});
  stage.send_at(5s, {.method = "BYE", .branch = "z9hG4bKbye"});
  stage.at(5100ms, [&] { stage.client.send("\x01garbage"); });
  stage.run_until(100s);
  EXPECT_EQ(stage.client.received.size(), 2u) << "the REGISTER's 200 and one INVITE";
  EXPECT_THAT(stage.journal.all<journal::Ignored>(), SizeIs(4));
}

TEST(Silence, withholds_actions_but_does_not_forget_them) {
  Stage stage({in_phase("silent", scenario::Drop{})});
  stage.send_at(1s, {.headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"}}});
  stage.at(2s, [&] { stage.server.enter_phase("silent"); });
  stage.at(3s, [&] { stage.server.call_device(); });
  stage.at(5s, [&] { stage.server.enter_phase(""); });
  stage.run_until(7s);
  EXPECT_THAT(stage.client.times_of(Method::invite), ElementsAre(6500ms + round_trip / 2));
  EXPECT_THAT(withheld(stage), ElementsAre("INVITE", "INVITE", "INVITE"));
}

TEST(Silence, every_phase_is_journalled_with_whether_it_is_silent) {
  Stage stage({in_phase("silent", scenario::Drop{})});
  stage.at(1s, [&] { stage.server.enter_phase("silent"); });
  stage.at(2s, [&] { stage.server.enter_phase("odd"); });
  stage.at(3s, [&] { stage.server.enter_phase(""); });
  stage.run_until(4s);
  const auto phases = stage.journal.all<journal::Phase>();
  ASSERT_THAT(phases, SizeIs(3));
  EXPECT_TRUE(phases[0].silent);
  EXPECT_EQ(phases[0].phase, "silent");
  EXPECT_FALSE(phases[1].silent);
  EXPECT_EQ(phases[2].phase, "");
}

TEST(Silence, by_time_window_is_journalled_at_its_edges) {
  auto windowed = rule(scenario::Drop{});
  windowed.from = 30s;
  windowed.until = 60s;
  Stage stage({windowed});
  stage.run_until(100s);
  std::vector<Duration> edges;
  for (const auto& entry : stage.journal.entries)
    if (std::holds_alternative<journal::Phase>(entry.event)) edges.push_back(entry.at);
  EXPECT_THAT(edges, ElementsAre(30s, 60s));
}

TEST(Silence, windows_move_with_scenario_zero) {
  auto windowed = rule(scenario::Drop{});
  windowed.until = 10s;
  Stage stage({windowed});
  stage.at(20s, [&] { stage.server.set_zero(TimePoint{} + 15s); });
  stage.send_at(21s, {.method = "OPTIONS"});
  stage.send_at(26s, {.method = "OPTIONS", .branch = "z9hG4bKlater"});
  stage.run_until(27s);
  EXPECT_THAT(stage.client.times_of(200), ElementsAre(26s + round_trip));
}

TEST(Silence, from_the_start_is_told_at_scenario_zero) {
  Stage stage({rule(scenario::Drop{})});
  stage.run_until(1s);
  const auto phases = stage.journal.all<journal::Phase>();
  ASSERT_THAT(phases, SizeIs(1));
  EXPECT_TRUE(phases[0].silent);
}

TEST(OneWay, hears_everything_and_says_nothing) {
  Stage stage({in_phase("one-way", scenario::Mute{})}, plan({}, 1s));
  stage.send_at(1s, {.headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"}}});
  stage.at(2s, [&] { stage.server.enter_phase("one-way"); });
  stage.send_at(3s, inviting);
  stage.at(3500ms, [&] { stage.server.call_device(); });
  stage.at(10s, [&] { stage.server.enter_phase(""); });
  stage.run_until(12s);
  EXPECT_THAT(stage.journal.all<journal::Ignored>(), IsEmpty());
  EXPECT_THAT(stage.client.times_of(200), ElementsAre(1s + round_trip, 11500ms + round_trip))
      << "the 200 of the INVITE, sent first at 4 s, gets through at +7.5 s";
  EXPECT_THAT(stage.client.times_of(Method::invite), ElementsAre(11s + round_trip / 2));
}

TEST(Journal, names_everything_sent_with_its_occurrence) {
  Stage stage;
  const Request options{.method = "OPTIONS"};
  stage.send_at(1s, options);
  stage.send_at(2s, options);
  stage.run_until(3s);
  const auto sent = stage.journal.all<journal::Sent>();
  ASSERT_THAT(sent, SizeIs(2));
  for (std::uint32_t i = 0; i < 2; ++i) {
    EXPECT_EQ(sent[i].server, "primary");
    EXPECT_EQ(sent[i].packet,
              (journal::PacketName{Transport::udp, server_endpoint, client_endpoint,
                                   sipharness::fnv1a(stage.client.received[i].bytes), i}));
  }
}

TEST(Port, closed_draws_icmp_and_is_journalled) {
  Stage stage;
  stage.at(1s, [&] { stage.server.close_port(); });
  stage.send_at(2s, {.method = "OPTIONS"});
  stage.at(3s, [&] { stage.server.open_port(); });
  stage.send_at(4s, {.method = "OPTIONS", .branch = "z9hG4bKtwo"});
  stage.run_until(5s);
  EXPECT_THAT(stage.client.unreachable, ElementsAre(2s + round_trip));
  EXPECT_THAT(stage.client.times_of(200), ElementsAre(4s + round_trip));
  const auto ports = stage.journal.all<journal::Port>();
  ASSERT_THAT(ports, SizeIs(2));
  EXPECT_FALSE(ports[0].open);
  EXPECT_TRUE(ports[1].open);
}

TEST(Port, closing_and_opening_twice_is_said_once) {
  Stage stage;
  stage.at(1s, [&] {
    stage.server.open_port();
    stage.server.close_port();
    stage.server.close_port();
  });
  stage.run_until(2s);
  EXPECT_THAT(stage.journal.all<journal::Port>(), SizeIs(1));
}

TEST(Port, what_a_closed_one_would_have_sent_is_withheld) {
  Stage stage({}, plan(1s, {}));
  stage.send_at(1s, inviting);
  stage.at(1500ms, [&] { stage.server.close_port(); });
  stage.run_until(3s);
  EXPECT_THAT(withheld(stage), ElementsAre("180 to INVITE"));
  EXPECT_EQ(stage.journal.all<journal::Withheld>()[0].rule, "port closed");
}

}  // namespace
}  // namespace fake_servers::test
