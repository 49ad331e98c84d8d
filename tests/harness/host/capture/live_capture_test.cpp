#include "harness/host/capture/live_capture.hpp"

#include <algorithm>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/setup_error.hpp"
#include "harness/packet/decode.hpp"
#include "tests/harness/host/host_test_support.hpp"

namespace sipharness::host {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::SizeIs;

class LiveCaptureOnLoopback : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto obstacle = live_capture_obstacle("lo")) GTEST_SKIP() << *obstacle;
    capture_ = std::make_unique<LiveCapture>(
        world_, LiveCaptureOptions{.interface = "lo", .hosts = {own_address(1), own_address(2)}},
        frames_);
    port_ = world_.open_datagram(own_endpoint(1), recorder_);
  }

  FrameRecorder frames_;
  RealWorld world_;
  std::unique_ptr<LiveCapture> capture_;
  DatagramRecorder recorder_;
  std::unique_ptr<world::DatagramPort> port_;
};

TEST_F(LiveCaptureOnLoopback, shows_every_datagram_once_with_the_time_it_was_sent) {
  const CaptureTime before = world_.read_clocks().capture;
  port_->send(port_->local(), "REGISTER");
  const CaptureTime after = world_.read_clocks().capture;
  ASSERT_TRUE(run_until(world_, [&] { return !frames_.frames.empty(); }));
  capture_->drain(5s);
  ASSERT_THAT(frames_.frames, SizeIs(1));
  const RecordedFrame& frame = frames_.frames[0];
  EXPECT_EQ(frame.link, packet::LinkType::ethernet);
  EXPECT_EQ(capture_->link(), packet::LinkType::ethernet);
  EXPECT_EQ(frame.original_length, frame.bytes.size());
  EXPECT_GE(frame.at, before);
  EXPECT_LE(frame.at, after);
  const auto packet = packet::decode_frame(frame.link, frame.bytes);
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(packet::decode_udp(packet->payload).value().payload, "REGISTER");
}

TEST_F(LiveCaptureOnLoopback, loses_nothing_of_a_burst) {
  constexpr std::size_t count = 500;
  const std::string payload(1200, 'x');
  for (std::size_t i = 0; i < count; ++i) port_->send(port_->local(), payload);
  capture_->drain(5s);
  EXPECT_EQ(frames_.frames.size(), count);
  EXPECT_EQ(capture_->statistics().received, count);
  EXPECT_EQ(capture_->statistics().dropped, 0U);
  EXPECT_TRUE(std::is_sorted(
      frames_.frames.begin(), frames_.frames.end(),
      [](const RecordedFrame& left, const RecordedFrame& right) { return left.at < right.at; }));
}

TEST_F(LiveCaptureOnLoopback, keeps_fragments_and_large_frames_whole) {
  const std::string largest(65507, 'x');
  port_->send(port_->local(), largest);
  capture_->drain(5s);
  std::size_t bytes = 0;
  for (const RecordedFrame& frame : frames_.frames) {
    EXPECT_EQ(frame.bytes.size(), frame.original_length);
    const auto packet = packet::decode_frame(frame.link, frame.bytes);
    ASSERT_TRUE(packet.has_value());
    bytes += packet->payload.size();
  }
  EXPECT_EQ(bytes, largest.size() + 8) << "the UDP header included";
}

TEST_F(LiveCaptureOnLoopback, shows_icmp_and_leaves_out_other_hosts) {
  DatagramRecorder other_recorder;
  const auto other = world_.open_datagram(own_endpoint(3), other_recorder);
  other->send(other->local(), "not of our servers");
  port_->send(own_endpoint(2, 9), "nobody");
  capture_->drain(5s);
  ASSERT_THAT(frames_.frames, SizeIs(2));
  const auto icmp = packet::decode_frame(frames_.frames[1].link, frames_.frames[1].bytes);
  ASSERT_TRUE(icmp.has_value());
  EXPECT_EQ(packet::decode_icmp_error(*icmp)->original_destination, own_endpoint(2, 9));
}

TEST_F(LiveCaptureOnLoopback, hands_frames_over_while_the_world_runs) {
  for (const std::size_t count : {1U, 2U}) {
    port_->send(port_->local(), "one more");
    EXPECT_TRUE(run_until(world_, [&] { return frames_.frames.size() == count; }))
        << "each frame comes without waiting for the next";
  }
}

TEST_F(LiveCaptureOnLoopback, drains_at_once_when_nothing_is_under_way) {
  const TimePoint before = world_.now();
  capture_->drain(60s);
  EXPECT_LT(world_.now() - before, 60s);
  EXPECT_THAT(frames_.frames, SizeIs(0));
}

TEST(LiveCapture, names_the_remedy_where_it_is_impossible) {
  RealWorld world;
  FrameRecorder frames;
  try {
    const LiveCapture capture(world, {.interface = "no-such-interface", .hosts = {}}, frames);
    FAIL() << "there is no such interface";
  } catch (const SetupError& error) {
    EXPECT_THAT(error.what(), HasSubstr("cannot capture on no-such-interface"));
    EXPECT_THAT(error.what(), HasSubstr("--capture tap"));
  }
  EXPECT_TRUE(live_capture_obstacle("no-such-interface").has_value());
}

TEST(InterfaceOf, knows_loopback) {
  EXPECT_TRUE(is_loopback_interface("lo"));
  EXPECT_FALSE(is_loopback_interface("no-such-interface"));
}

TEST(InterfaceOf, finds_the_interface_that_holds_an_address) {
  EXPECT_EQ(interface_of(own_address(1)), "lo");
  EXPECT_THAT(interface_of(*IpAddress::parse("::1")), AnyOf("lo", std::nullopt))
      << "a host may have no IPv6";
  EXPECT_EQ(interface_of(*IpAddress::parse("192.0.2.1")), std::nullopt);
}

}  // namespace
}  // namespace sipharness::host
