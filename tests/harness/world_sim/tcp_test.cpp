#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/setup_error.hpp"
#include "harness/world_sim/simulated_world.hpp"
#include "tests/harness/world_sim/frame_recorder.hpp"
#include "tests/support/world_recorders.hpp"

namespace sipharness::world_sim {
namespace {

using ::testing::ElementsAre;
using tests::StreamRecorder;
using tests::StreamServer;
using world::StreamEnd;

/// A phone at 10.0.0.1, a server at 10.0.0.2, and a tap at the phone.
class SimulatedTcp : public ::testing::Test {
 protected:
  SimulatedTcp() {
    world_.set_sink(&tap_);
    world_.set_tap_address(phone_);
  }

  void connect(StreamRecorder& client, const Endpoint& remote) {
    client.stream = world_.connect({phone_, 0}, remote, client);
  }
  void establish(StreamRecorder& client, const StreamServer& server) {
    connect(client, server.local());
    run_for(10ms);
    ASSERT_TRUE(client.opened);
    tap_.frames.clear();
  }
  void run_for(Duration duration) { ASSERT_TRUE(world_.run(world_.now() + duration)); }
  std::vector<std::string> lines() const {
    return tap_.tcp_lines(world_.capture_time(TimePoint{}));
  }

  SimulatedWorld world_;
  FrameRecorder tap_;
  IpAddress phone_ = IpAddress::v4({10, 0, 0, 1});
  Endpoint server_at_{IpAddress::v4({10, 0, 0, 2}), 5060};
};

TEST_F(SimulatedTcp, shakes_hands_carries_bytes_and_closes) {
  StreamServer server(world_, server_at_, true);
  StreamRecorder client;
  connect(client, server_at_);
  client.stream->send("REGISTER");
  run_for(1s);
  client.stream.reset();
  run_for(1s);
  server.accepted.clear();
  run_for(1s);
  EXPECT_THAT(lines(),
              ElementsAre("0.0000 s 10.0.0.1 S", "0.0010 s 10.0.0.2 S.", "0.0010 s 10.0.0.1 .",
                          "0.0010 s 10.0.0.1 P. 8", "0.0020 s 10.0.0.2 .", "0.0020 s 10.0.0.2 P. 8",
                          "0.0020 s 10.0.0.1 .", "1.0000 s 10.0.0.1 F.", "1.0010 s 10.0.0.2 .",
                          "2.0005 s 10.0.0.2 F.", "2.0005 s 10.0.0.1 ."));
}

TEST_F(SimulatedTcp, sends_syn_copies_as_linux_does_and_gives_up_at_63_s) {
  StreamServer server(world_, server_at_);
  StreamRecorder client;
  world_.swallow_syns(server_at_, true);
  connect(client, server_at_);
  run_for(62999ms);
  EXPECT_FALSE(client.ended.has_value());
  run_for(1ms);
  EXPECT_EQ(client.ended, StreamEnd::timed_out);
  EXPECT_THAT(lines(),
              ElementsAre("0.0000 s 10.0.0.1 S", "1.0000 s 10.0.0.1 S", "3.0000 s 10.0.0.1 S",
                          "7.0000 s 10.0.0.1 S", "15.0000 s 10.0.0.1 S", "31.0000 s 10.0.0.1 S"));
}

TEST_F(SimulatedTcp, connects_by_a_syn_copy_once_syns_are_let_through) {
  StreamServer server(world_, server_at_);
  StreamRecorder client;
  world_.swallow_syns(server_at_, true);
  connect(client, server_at_);
  run_for(2s);
  world_.swallow_syns(server_at_, false);
  run_for(2s);
  EXPECT_TRUE(client.opened);
  EXPECT_EQ(server.accepted.size(), 1U);
}

TEST_F(SimulatedTcp, ends_unreachable_when_icmp_answers_the_syn) {
  StreamRecorder client;
  world_.make_unreachable(server_at_.address, true);
  connect(client, server_at_);
  run_for(10ms);
  EXPECT_EQ(client.ended, StreamEnd::unreachable);
}

TEST_F(SimulatedTcp, sends_data_again_after_200_ms_doubling_to_120_s_and_gives_up_after_15) {
  StreamServer server(world_, server_at_);
  StreamRecorder client;
  establish(client, server);
  const TimePoint start = world_.now();
  world_.make_unreachable(server_at_.address, true);
  client.stream->send("into the void");
  world_.run(start + 924500ms);
  EXPECT_FALSE(client.ended.has_value()) << "ICMP is a soft error on an open connection";
  world_.run(start + 924600ms);
  EXPECT_EQ(client.ended, StreamEnd::timed_out);

  std::vector<Duration> copies;
  for (const FrameRecorder::Frame& frame : tap_.frames) {
    if (frame.ip().source == phone_) copies.push_back(frame.at - world_.capture_time(start));
  }
  ASSERT_EQ(copies.size(), 16U);
  Duration expected = 0ms;
  Duration wait = 200ms;
  for (const Duration copy : copies) {
    EXPECT_EQ(copy, expected);
    expected += wait;
    wait = std::min<Duration>(2 * wait, 120s);
  }
}

TEST_F(SimulatedTcp, delivers_everything_once_when_the_peer_comes_back) {
  StreamServer server(world_, server_at_);
  StreamRecorder client;
  establish(client, server);
  std::string sent;
  const auto say = [&](const std::string& bytes) {
    sent += bytes;
    client.stream->send(bytes);
  };
  world_.make_unreachable(server_at_.address, true);
  say(std::string(5000, 'a'));
  run_for(300ms);
  say(std::string(200'000, 'b'));
  run_for(200ms);
  world_.make_unreachable(server_at_.address, false);
  run_for(10s);
  EXPECT_EQ(server.accepted[0]->received, sent);
}

TEST_F(SimulatedTcp, a_running_retransmission_timer_is_not_put_off_by_new_data) {
  StreamServer server(world_, server_at_);
  StreamRecorder client;
  establish(client, server);
  world_.make_unreachable(server_at_.address, true);
  for (int turn = 0; turn < 5; ++turn) {
    client.stream->send("x");
    run_for(90ms);
  }
  // Three first sendings at 0, 90 and 180 ms, one copy at 200 ms; then it waits for the peer.
  const auto from_phone = [&](const FrameRecorder::Frame& frame) {
    return frame.ip().source == phone_;
  };
  EXPECT_EQ(std::count_if(tap_.frames.begin(), tap_.frames.end(), from_phone), 4);
}

TEST_F(SimulatedTcp, keeps_segments_to_the_size_its_peer_named_and_the_window_open) {
  StreamServer server(world_, server_at_);
  StreamRecorder client;
  establish(client, server);
  client.stream->send(std::string(100'000, 'x'));
  run_for(1s);
  std::size_t largest = 0;
  std::size_t total = 0;
  for (const FrameRecorder::Frame& frame : tap_.frames) {
    largest = std::max(largest, frame.tcp().payload.size());
    total += frame.tcp().payload.size();
  }
  EXPECT_EQ(largest, 1460U);
  EXPECT_EQ(total, 100'000U);
}

TEST_F(SimulatedTcp, does_not_retransmit_over_a_link_slower_than_the_least_timeout) {
  SimulatedWorld slow({.link_delay = 300ms});
  FrameRecorder tap;
  slow.set_sink(&tap);
  StreamServer server(slow, server_at_);
  StreamRecorder client;
  client.stream = slow.connect({phone_, 0}, server_at_, client);
  client.stream->send("sent once");
  slow.run(TimePoint(10s));
  EXPECT_EQ(server.accepted.at(0)->received, "sent once");
  EXPECT_EQ(tap.frames.size(), 5U);
}

TEST_F(SimulatedTcp, resets_who_sends_to_a_stream_its_owner_destroyed) {
  StreamServer server(world_, server_at_);
  StreamRecorder client;
  establish(client, server);
  server.accepted.clear();
  run_for(10ms);
  EXPECT_EQ(client.ended, StreamEnd::closed);
  client.stream->send("too late");
  run_for(10ms);
  EXPECT_THAT(lines().back(), ::testing::EndsWith("10.0.0.2 R."));
}

TEST_F(SimulatedTcp, both_sides_may_close_at_the_same_time) {
  StreamServer server(world_, server_at_);
  StreamRecorder client;
  establish(client, server);
  client.stream.reset();
  server.accepted.clear();
  run_for(200s);
  EXPECT_THAT(lines(), ElementsAre("0.0100 s 10.0.0.1 F.", "0.0105 s 10.0.0.2 F.",
                                   "0.0105 s 10.0.0.1 .", "0.0110 s 10.0.0.2 ."));
}

TEST_F(SimulatedTcp, a_vanished_client_answers_a_late_server_with_reset) {
  StreamServer server(world_, server_at_);
  StreamRecorder client;
  establish(client, server);
  client.stream->vanish();
  run_for(1h);
  EXPECT_TRUE(tap_.frames.empty());
  server.accepted[0]->stream->send("NOTIFY");
  run_for(1s);
  EXPECT_EQ(server.accepted[0]->ended, StreamEnd::reset);
}

TEST_F(SimulatedTcp, a_listener_destroyed_during_the_handshake_resets) {
  StreamServer server(world_, server_at_);
  StreamRecorder client;
  connect(client, server_at_);
  world_.run(TimePoint(1ms));
  server.listener.reset();
  run_for(1s);
  EXPECT_TRUE(client.opened);
  EXPECT_EQ(client.ended, StreamEnd::reset);
  EXPECT_TRUE(server.accepted.empty());
}

TEST_F(SimulatedTcp, an_accepted_stream_may_be_thrown_away_at_once) {
  StreamRecorder nobody;
  const auto listener = world_.listen(
      server_at_, [&](std::unique_ptr<world::Stream>) -> world::StreamHandler& { return nobody; });
  StreamRecorder client;
  connect(client, server_at_);
  run_for(1s);
  EXPECT_EQ(client.ended, StreamEnd::closed);
  EXPECT_FALSE(nobody.ended.has_value());
}

TEST_F(SimulatedTcp, a_connection_may_be_made_anew_from_the_same_port_after_it_was_closed) {
  StreamServer server(world_, server_at_);
  for (int turn = 0; turn < 3; ++turn) {
    StreamRecorder client;
    client.stream = world_.connect({phone_, 5060}, server_at_, client);
    run_for(10ms);
    EXPECT_TRUE(client.opened) << turn;
    EXPECT_THROW((void)world_.connect({phone_, 5060}, server_at_, client), SetupError);
    client.stream.reset();
    run_for(10ms);
    server.accepted.clear();
    run_for(10ms);
  }
}

TEST_F(SimulatedTcp, runs_out_of_ports_with_a_setup_error) {
  std::vector<std::unique_ptr<world::StreamListener>> listeners;
  const auto listen = [&] {
    listeners.push_back(world_.listen(
        {phone_, 0},
        [](std::unique_ptr<world::Stream>) -> world::StreamHandler& { std::abort(); }));
  };
  for (int port = 49152; port <= 65535; ++port) listen();
  EXPECT_THROW(listen(), SetupError);
  EXPECT_EQ(listeners.back()->local().port, 65535);
}

}  // namespace
}  // namespace sipharness::world_sim
