// The same server over TCP. @source RFC 3261 §18; RFC 5626 §4.4.1; requirements trap 10

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/rng.hpp"
#include "harness/sip/transport/stream_framer.hpp"
#include "tests/fake_servers/stage.hpp"

namespace fake_servers::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// One TCP connection to the server; keeps whole messages and keep-alives.
class StreamClient final : public world::StreamHandler {
 public:
  explicit StreamClient(world::World& world)
      : stream_(world.connect(client_endpoint, server_endpoint, *this)) {}

  void send(std::string_view text) { stream_->send(text); }

  std::vector<std::string> messages;
  std::vector<std::string> keep_alives;
  std::vector<world::StreamEnd> ends;

 private:
  void on_open() override {}
  void on_bytes(std::string_view bytes) override {
    framer_.push(bytes);
    while (const auto piece = framer_.next())
      (piece->kind == sip::StreamPiece::Kind::message ? messages : keep_alives)
          .emplace_back(piece->bytes);
  }
  void on_end(world::StreamEnd end) override { ends.push_back(end); }

  sip::StreamFramer framer_;
  std::unique_ptr<world::Stream> stream_;
};

Request by_tcp(std::string method) {
  return {.method = std::move(method),
          .headers = {{"Contact", "<sip:1001@10.0.0.1:5060;transport=tcp>"}},
          .transport = Transport::tcp};
}

TEST(Tcp, registers_and_calls_back_on_the_same_connection) {
  Stage stage;
  StreamClient client(stage.world);
  stage.at(1s, [&] { client.send(by_tcp("REGISTER").text()); });
  stage.at(2s, [&] { stage.server.call_device(); });
  stage.run_until(20s);
  ASSERT_THAT(client.messages, SizeIs(2));
  EXPECT_EQ(MessageView::parse(client.messages[0]).status(), 200);
  const MessageView invite = MessageView::parse(client.messages[1]);
  EXPECT_EQ(invite.method(), Method::invite) << "sent once: a stream repeats nothing";
  EXPECT_EQ(invite.via().transport, "TCP");
  EXPECT_EQ(invite.header(HeaderId::contact), "<sip:primary@10.0.0.11:5070;transport=tcp>");
}

TEST(Tcp, trap_10_takes_a_large_invite_by_stream_from_a_device_on_udp) {
  Stage stage;
  stage.send_at(1s, {.headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"}}});
  StreamClient client(stage.world);
  Request invite = by_tcp("INVITE");
  invite.headers.emplace_back("Subject", std::string(1300, 'x'));
  stage.at(2s, [&] { client.send(invite.text()); });
  stage.run_until(6s);
  ASSERT_THAT(client.messages, testing::Not(IsEmpty()));
  EXPECT_EQ(MessageView::parse(client.messages.front()).method(), Method::invite);
  EXPECT_EQ(MessageView::parse(client.messages.back()).status(), 200);
}

TEST(Tcp, journal_names_messages_of_the_stream) {
  Stage stage;
  StreamClient client(stage.world);
  stage.at(1s, [&] { client.send(by_tcp("OPTIONS").text()); });
  stage.run_until(2s);
  ASSERT_THAT(client.messages, SizeIs(1));
  const auto sent = stage.journal.all<journal::Sent>();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0].packet, (journal::PacketName{Transport::tcp, server_endpoint, client_endpoint,
                                                 sipharness::fnv1a(client.messages[0]), 0}));
}

/// How the connection of a REGISTER ends that met this rule.
std::vector<world::StreamEnd> ends_after(const scenario::Rule& rule, std::size_t& answers) {
  Stage stage({rule});
  StreamClient client(stage.world);
  stage.at(1s, [&] { client.send(by_tcp("REGISTER").text()); });
  stage.run_until(10s);
  answers = client.messages.size();
  return client.ends;
}

TEST(Tcp, a_connection_is_ended_behind_the_answer) {
  scenario::Rule made = rule(scenario::Accept{});
  made.close = scenario::Closing{scenario::Ending::fin, 2s};
  std::size_t answers = 0;
  EXPECT_THAT(ends_after(made, answers), ElementsAre(world::StreamEnd::closed));
  EXPECT_EQ(answers, 1u);
  made.close->how = scenario::Ending::reset;
  EXPECT_THAT(ends_after(made, answers), ElementsAre(world::StreamEnd::reset));
  EXPECT_EQ(answers, 1u);
}

TEST(Tcp, a_connection_is_ended_instead_of_an_answer) {
  scenario::Rule made = rule(scenario::Drop{});
  made.close = scenario::Closing{scenario::Ending::reset, 0s};
  std::size_t answers = 0;
  EXPECT_THAT(ends_after(made, answers), ElementsAre(world::StreamEnd::reset));
  EXPECT_EQ(answers, 0u);
}

TEST(Tcp, all_connections_are_ended_and_new_ones_taken) {
  Stage stage;
  StreamClient client(stage.world);
  stage.at(1s, [&] { client.send(by_tcp("REGISTER").text()); });
  stage.at(2s, [&] { stage.server.close_connections(scenario::Ending::fin); });
  stage.run_until(3s);
  EXPECT_THAT(client.ends, ElementsAre(world::StreamEnd::closed));
}

TEST(Tcp, an_unanswered_200_is_repeated_on_streams_too) {
  Stage stage({}, plan({}, 1s));
  StreamClient client(stage.world);
  stage.at(1s, [&] { client.send(by_tcp("INVITE").text()); });
  stage.run_until(40s);
  std::size_t successes = 0;
  for (const std::string& message : client.messages)
    successes += MessageView::parse(message).status() == 200;
  EXPECT_EQ(successes, 11u);
}

TEST(Tcp, a_ping_is_answered_by_a_pong_that_the_journal_does_not_name) {
  Stage stage;
  StreamClient client(stage.world);
  stage.at(1s, [&] { client.send("\r\n\r\n"); });
  stage.run_until(2s);
  EXPECT_THAT(client.keep_alives, ElementsAre("\r\n"));
  EXPECT_THAT(stage.journal.all<journal::Sent>(), IsEmpty());
}

TEST(Tcp, silence_ignores_messages_and_pings) {
  Stage stage({rule(scenario::Drop{})});
  StreamClient client(stage.world);
  stage.at(1s, [&] { client.send("\r\n\r\n" + by_tcp("OPTIONS").text()); });
  stage.run_until(2s);
  EXPECT_THAT(client.messages, IsEmpty());
  EXPECT_THAT(client.keep_alives, IsEmpty());
  const auto ignored = stage.journal.all<journal::Ignored>();
  ASSERT_THAT(ignored, SizeIs(1));
  EXPECT_EQ(ignored[0].packet.transport, Transport::tcp);
}

TEST(Tcp, swallowing_closes_connections_and_answers_no_new_one) {
  Stage stage;
  StreamClient client(stage.world);
  stage.at(1s, [&] { stage.server.swallow_syns(); });
  stage.run_until(2s);
  EXPECT_THAT(client.ends, ElementsAre(world::StreamEnd::closed));
  stage.at(3s, [&] { stage.server.open_port(); });
  stage.run_until(4s);
  const auto phases = stage.journal.all<journal::Phase>();
  ASSERT_THAT(phases, SizeIs(2));
  EXPECT_TRUE(phases[0].silent);
  EXPECT_FALSE(phases[1].silent);
}

TEST(Tcp, unplugged_it_keeps_silent_and_resets_when_it_is_back) {
  Stage stage;
  StreamClient client(stage.world);
  stage.at(1s, [&] { stage.server.unplug(); });
  stage.at(2s, [&] { client.send(by_tcp("OPTIONS").text()); });
  stage.run_until(9s);
  EXPECT_THAT(client.messages, IsEmpty());
  EXPECT_THAT(client.ends, IsEmpty());
  stage.at(10s, [&] { stage.server.open_port(); });
  stage.run_until(30s);
  EXPECT_THAT(client.ends, ElementsAre(world::StreamEnd::reset));
}

TEST(Tcp, unplugged_it_ignores_datagrams_too) {
  Stage stage;
  stage.at(1s, [&] { stage.server.unplug(); });
  stage.send_at(2s, {.method = "OPTIONS"});
  stage.run_until(3s);
  EXPECT_THAT(stage.client.statuses(), IsEmpty());
  EXPECT_THAT(stage.journal.all<journal::Ignored>(), SizeIs(1));
}

TEST(Tcp, closing_the_port_resets_connections) {
  Stage stage;
  StreamClient client(stage.world);
  stage.at(1s, [&] { stage.server.close_port(); });
  stage.run_until(2s);
  EXPECT_THAT(client.ends, ElementsAre(world::StreamEnd::reset));
}

}  // namespace
}  // namespace fake_servers::test
