#include "harness/world_sim/simulated_world.hpp"

#include <gtest/gtest.h>

#include "harness/base/setup_error.hpp"
#include "harness/packet/decode.hpp"
#include "tests/harness/world_sim/frame_recorder.hpp"
#include "tests/support/world_recorders.hpp"

namespace sipharness::world_sim {
namespace {

using tests::DatagramRecorder;

const IpAddress phone = IpAddress::v4({10, 0, 0, 1});
const IpAddress primary = IpAddress::v4({10, 0, 0, 2});
const IpAddress secondary = IpAddress::v4({10, 0, 0, 3});

TEST(SimulatedRun, ends_at_the_time_asked_for_even_if_nothing_happens) {
  SimulatedWorld world;
  EXPECT_TRUE(world.run(TimePoint(1h)));
  EXPECT_EQ(world.now(), TimePoint(1h));
  EXPECT_EQ(world.capture_time(world.now()), CaptureTime(std::chrono::seconds(1'704'070'800)));
}

TEST(SimulatedRun, runs_events_at_its_end_and_none_after) {
  SimulatedWorld world;
  int ran = 0;
  const auto at_end = world.call_at(TimePoint(1s), [&] { ++ran; });
  const auto after = world.call_at(TimePoint(1s) + 1ns, [&] { ++ran; });
  EXPECT_TRUE(world.run(TimePoint(1s)));
  EXPECT_EQ(ran, 1);
}

TEST(SimulatedRun, stops_early_when_it_is_done) {
  SimulatedWorld world;
  int ran = 0;
  const auto first = world.call_at(TimePoint(1s), [&] { ++ran; });
  const auto second = world.call_at(TimePoint(2s), [&] { ++ran; });
  EXPECT_TRUE(world.run(TimePoint(1h), [&] { return ran == 1; }));
  EXPECT_EQ(world.now(), TimePoint(1s));
}

TEST(SimulatedRun, is_bounded_in_events) {
  SimulatedWorld world({.max_events = 100});
  world::Timer timer;
  std::function<void()> again = [&] { timer = world.call_after(0s, again); };
  again();
  EXPECT_FALSE(world.run(TimePoint(1s)));
  EXPECT_EQ(world.events(), 100U);
}

TEST(SimulatedRun, puts_a_past_time_behind_what_is_due_now) {
  SimulatedWorld world;
  std::string order;
  world::Timer late;
  const auto first = world.call_at(
      TimePoint(1s), [&] { late = world.call_at(TimePoint(1ms), [&] { order += 'b'; }); });
  const auto tie = world.call_at(TimePoint(1s), [&] { order += 'a'; });
  world.run(TimePoint(1s));
  EXPECT_EQ(order, "ab");
}

TEST(SimulatedUdp, delivers_after_the_link_delay) {
  SimulatedWorld world({.link_delay = 3ms});
  DatagramRecorder heard;
  TimePoint arrived;
  heard.on_each = [&] { arrived = world.now(); };
  const auto from = world.open_datagram({phone, 5060}, heard);
  const auto to = world.open_datagram({primary, 5060}, heard);
  from->send(to->local(), "x");
  world.run(TimePoint(1s));
  EXPECT_EQ(arrived, TimePoint(3ms));
}

TEST(SimulatedUdp, picks_ports_from_49152_up_for_each_address) {
  SimulatedWorld world;
  DatagramRecorder heard;
  const auto taken = world.open_datagram({phone, 49153}, heard);
  EXPECT_EQ(world.open_datagram({phone, 0}, heard)->local().port, 49152);
  EXPECT_EQ(world.open_datagram({phone, 0}, heard)->local().port, 49154);
  EXPECT_EQ(world.open_datagram({primary, 0}, heard)->local().port, 49152);
}

TEST(SimulatedUdp, swallows_a_payload_no_packet_can_carry) {
  SimulatedWorld world;
  FrameRecorder tap;
  world.set_sink(&tap);
  DatagramRecorder heard;
  const auto port = world.open_datagram({phone, 5060}, heard);
  port->send(port->local(), std::string(65508, 'x'));
  port->send(port->local(), std::string(65507, 'x'));
  world.run(TimePoint(1s));
  ASSERT_EQ(heard.datagrams.size(), 1U);
  EXPECT_EQ(heard.datagrams[0].payload.size(), 65507U);
  EXPECT_EQ(tap.frames.size(), 1U);
}

TEST(SimulatedUdp, finds_no_network_to_another_family) {
  SimulatedWorld world;
  DatagramRecorder heard;
  const auto port = world.open_datagram({phone, 5060}, heard);
  port->send({*IpAddress::parse("fd00::1"), 5060}, "x");
  EXPECT_TRUE(heard.complaints.empty());
  world.run(TimePoint(1s));
  ASSERT_EQ(heard.complaints.size(), 1U);
  EXPECT_EQ(heard.complaints[0].reason, Unreachable::network);
}

TEST(SimulatedUdp, draws_host_unreachable_from_a_router_until_the_host_is_back) {
  SimulatedWorld world;
  FrameRecorder tap;
  world.set_sink(&tap);
  DatagramRecorder heard;
  DatagramRecorder server_heard;
  const auto port = world.open_datagram({phone, 5060}, heard);
  const auto server = world.open_datagram({primary, 5060}, server_heard);
  world.make_unreachable(primary, true);
  port->send(server->local(), "lost");
  world.run(TimePoint(1s));
  ASSERT_EQ(heard.complaints.size(), 1U);
  EXPECT_EQ(heard.complaints[0].reason, Unreachable::host);
  EXPECT_EQ(heard.complaints[0].destination, server->local());
  EXPECT_TRUE(server_heard.datagrams.empty());
  EXPECT_EQ(tap.frames.at(1).ip().source, IpAddress::v4({192, 0, 2, 254}));

  world.make_unreachable(primary, false);
  port->send(server->local(), "found");
  world.run(TimePoint(2s));
  EXPECT_EQ(server_heard.datagrams.size(), 1U);
}

TEST(SimulatedUdp, answers_no_icmp_error_with_another) {
  SimulatedWorld world;
  FrameRecorder tap;
  world.set_sink(&tap);
  DatagramRecorder heard;
  auto port = world.open_datagram({phone, 5060}, heard);
  world.make_unreachable(phone, true);
  port->send({primary, 9}, "nobody there, and nobody to tell");
  world.run(TimePoint(1s));
  EXPECT_EQ(tap.frames.size(), 2U);
}

TEST(SimulatedTap, stamps_at_the_devices_interface) {
  SimulatedWorld world({.link_delay = 10ms});
  FrameRecorder tap;
  world.set_sink(&tap);
  world.set_tap_address(phone);
  DatagramRecorder heard;
  const auto device = world.open_datagram({phone, 5060}, heard);
  const auto server = world.open_datagram({primary, 5060}, heard);
  device->send(server->local(), "leaves at once");
  server->send(device->local(), "arrives after the link delay");
  world.run(TimePoint(1s));
  ASSERT_EQ(tap.frames.size(), 2U);
  EXPECT_EQ(tap.frames[0].at, world.capture_time(TimePoint(0ms)));
  EXPECT_EQ(tap.frames[0].ip().source, phone);
  EXPECT_EQ(tap.frames[1].at, world.capture_time(TimePoint(10ms)));
  EXPECT_EQ(tap.frames[1].ip().destination, phone);
}

TEST(SimulatedTap, does_not_see_what_passes_no_device) {
  SimulatedWorld world;
  FrameRecorder tap;
  world.set_sink(&tap);
  world.set_tap_address(phone);
  DatagramRecorder heard;
  const auto one = world.open_datagram({primary, 5060}, heard);
  const auto other = world.open_datagram({secondary, 5060}, heard);
  one->send(other->local(), "between servers");
  world.run(TimePoint(1s));
  EXPECT_EQ(heard.datagrams.size(), 1U);
  EXPECT_TRUE(tap.frames.empty());
}

TEST(SimulatedTap, sees_a_datagram_between_two_devices_once) {
  SimulatedWorld world;
  FrameRecorder tap;
  world.set_sink(&tap);
  world.set_tap_address(phone);
  world.set_tap_address(primary);
  DatagramRecorder heard;
  const auto one = world.open_datagram({phone, 5060}, heard);
  const auto other = world.open_datagram({primary, 5060}, heard);
  one->send(other->local(), "x");
  world.run(TimePoint(1s));
  EXPECT_EQ(tap.frames.size(), 1U);
}

TEST(SimulatedTap, counts_ip_ids_so_that_no_two_packets_of_a_host_look_alike) {
  SimulatedWorld world;
  FrameRecorder tap;
  world.set_sink(&tap);
  DatagramRecorder heard;
  const auto port = world.open_datagram({phone, 5060}, heard);
  const auto server = world.open_datagram({primary, 5060}, heard);
  for (int copy = 0; copy < 3; ++copy) port->send(server->local(), "same bytes");
  ASSERT_EQ(tap.frames.size(), 3U);
  EXPECT_EQ(tap.frames[1].ip().id, tap.frames[0].ip().id + 1);
  EXPECT_EQ(tap.frames[2].ip().id, tap.frames[0].ip().id + 2);
}

/// A busy program: datagrams, ICMP, streams that close, abort and are refused.
std::string bytes_of_a_busy_run() {
  SimulatedWorld world;
  FrameRecorder tap;
  world.set_sink(&tap);
  DatagramRecorder heard;
  tests::StreamRecorder client;
  tests::StreamRecorder refused;
  const auto port = world.open_datagram({phone, 0}, heard);
  tests::StreamServer server(world, {primary, 5060}, true);
  client.stream = world.connect({phone, 0}, server.local(), client);
  refused.stream = world.connect({phone, 0}, {secondary, 5060}, refused);
  client.stream->send(std::string(5000, 'x'));
  port->send({primary, 5060}, "nobody");
  world.run(TimePoint(1s));
  client.stream->abort();
  world.run(TimePoint(2s));
  std::string all;
  for (const FrameRecorder::Frame& frame : tap.frames)
    all += format_seconds(frame.at.time_since_epoch(), 9) + frame.bytes;
  return all;
}

TEST(SimulatedWorld, gives_the_same_bytes_for_the_same_program) {
  const std::string first = bytes_of_a_busy_run();
  EXPECT_GT(first.size(), 10'000U);
  EXPECT_EQ(first, bytes_of_a_busy_run());
}

TEST(SimulatedWorld, writes_frames_in_order_of_time_with_right_checksums) {
  SimulatedWorld world;
  FrameRecorder tap;
  world.set_sink(&tap);
  world.set_tap_address(phone);
  tests::StreamRecorder client;
  tests::StreamServer server(world, {primary, 5060}, true);
  client.stream = world.connect({phone, 0}, server.local(), client);
  client.stream->send(std::string(100'000, 'x'));
  world.run(TimePoint(1s));
  ASSERT_EQ(client.received.size(), 100'000U);
  CaptureTime last{};
  for (const FrameRecorder::Frame& frame : tap.frames) {
    EXPECT_TRUE(packet::has_right_checksums(frame.ip()));
    EXPECT_GE(frame.at, last);
    last = frame.at;
  }
}

}  // namespace
}  // namespace sipharness::world_sim
