#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/capture/pcap_writer.hpp"
#include "harness/files/files.hpp"
#include "harness/packet/decode.hpp"
#include "tests/harness/host/host_test_support.hpp"

namespace sipharness::host {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// A plain UDP socket that the world knows nothing of: the device.
class ForeignSocket {
 public:
  ForeignSocket() : port_(world_.open_datagram(own_endpoint(9), recorder_)) {}
  const Endpoint& local() const { return port_->local(); }
  void send(const Endpoint& to, std::string_view payload) { port_->send(to, payload); }

 private:
  RealWorld world_;
  DatagramRecorder recorder_;
  std::unique_ptr<world::DatagramPort> port_;
};

class Tap : public testing::Test {
 protected:
  Tap() { world_.set_tap(&frames_); }

  packet::IpPacket ip(std::size_t index) const {
    const RecordedFrame& frame = frames_.frames.at(index);
    return packet::decode_frame(frame.link, frame.bytes).value();
  }
  std::string udp_payload(std::size_t index) const {
    return std::string(packet::decode_udp(ip(index).payload).value().payload);
  }
  /// "S", "SA", "A", "PA:bytes", "FA", "RA": one text a frame.
  std::vector<std::string> segments() const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < frames_.frames.size(); ++i) {
      const auto tcp = packet::decode_tcp(ip(i).payload).value();
      std::string text;
      if (tcp.flags.syn) text += 'S';
      if (tcp.flags.fin) text += 'F';
      if (tcp.flags.rst) text += 'R';
      if (tcp.flags.psh) text += 'P';
      if (tcp.flags.ack) text += 'A';
      if (!tcp.payload.empty()) text.append(":").append(tcp.payload);
      all.push_back(text);
    }
    return all;
  }

  FrameRecorder frames_;
  RealWorld world_;
  DatagramRecorder recorder_;
  DatagramRecorder other_recorder_;
};

TEST_F(Tap, shows_a_datagram_between_two_of_our_ports_once) {
  const auto left = world_.open_datagram(own_endpoint(1), recorder_);
  const auto right = world_.open_datagram(own_endpoint(2), other_recorder_);
  left->send(right->local(), "REGISTER");
  ASSERT_TRUE(run_until(world_, [&] { return !other_recorder_.datagrams.empty(); }));
  ASSERT_THAT(frames_.frames, SizeIs(1));
  EXPECT_EQ(udp_payload(0), "REGISTER");
  EXPECT_EQ(ip(0).source, own_address(1));
  EXPECT_EQ(ip(0).destination, own_address(2));
}

TEST_F(Tap, shows_a_datagram_once_though_its_port_is_closed_before_it_arrives) {
  auto left = world_.open_datagram(own_endpoint(1), recorder_);
  const auto right = world_.open_datagram(own_endpoint(2), other_recorder_);
  left->send(right->local(), "BYE");
  left.reset();
  ASSERT_TRUE(run_until(world_, [&] { return !other_recorder_.datagrams.empty(); }));
  EXPECT_THAT(frames_.frames, SizeIs(1));
}

TEST_F(Tap, shows_what_comes_from_a_foreign_socket) {
  ForeignSocket device;
  const auto port = world_.open_datagram(own_endpoint(1), recorder_);
  device.send(port->local(), "OPTIONS");
  ASSERT_TRUE(run_until(world_, [&] { return !recorder_.datagrams.empty(); }));
  ASSERT_THAT(frames_.frames, SizeIs(1));
  EXPECT_EQ(udp_payload(0), "OPTIONS");
  EXPECT_EQ(ip(0).source, device.local().address);
}

TEST_F(Tap, shows_icmp_errors_with_the_datagram_they_are_about) {
  const auto port = world_.open_datagram(own_endpoint(1), recorder_);
  port->send(own_endpoint(2, 9), "REGISTER");
  ASSERT_TRUE(run_until(world_, [&] { return !recorder_.complaints.empty(); }));
  ASSERT_THAT(frames_.frames, SizeIs(2));
  const auto error = packet::decode_icmp_error(ip(1));
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->reason, Unreachable::port);
  EXPECT_EQ(error->original_source, port->local());
  EXPECT_EQ(error->original_destination, own_endpoint(2, 9));
}

TEST_F(Tap, stamps_frames_with_the_capture_clock) {
  const auto port = world_.open_datagram(own_endpoint(1), recorder_);
  const CaptureTime before = world_.read_clocks().capture;
  port->send(port->local(), "now");
  const CaptureTime after = world_.read_clocks().capture;
  ASSERT_THAT(frames_.frames, SizeIs(1));
  EXPECT_GE(frames_.frames[0].at, before);
  EXPECT_LE(frames_.frames[0].at, after);
}

TEST_F(Tap, that_is_taken_away_shows_nothing_more) {
  const auto port = world_.open_datagram(own_endpoint(1), recorder_);
  world_.set_tap(nullptr);
  port->send(port->local(), "unseen");
  ASSERT_TRUE(run_until(world_, [&] { return !recorder_.datagrams.empty(); }));
  EXPECT_THAT(frames_.frames, IsEmpty());
}

TEST_F(Tap, tells_a_connection_between_two_of_our_streams_once) {
  const StreamServer server(world_, own_endpoint(1));
  StreamRecorder client;
  client.stream = world_.connect(own_endpoint(2), server.local(), client);
  client.stream->send("ping");
  ASSERT_TRUE(run_until(
      world_, [&] { return !server.accepted.empty() && server.accepted[0]->received == "ping"; }));
  server.accepted[0]->stream->send("pong");
  ASSERT_TRUE(run_until(world_, [&] { return client.received == "pong"; }));
  client.stream.reset();
  ASSERT_TRUE(run_until(world_, [&] { return server.accepted[0]->ended.has_value(); }));
  server.accepted[0]->stream.reset();
  EXPECT_THAT(segments(),
              ElementsAre("S", "SA", "A", "PA:ping", "A", "PA:pong", "A", "FA", "A", "FA", "A"));
}

TEST_F(Tap, tells_a_connection_from_a_foreign_stream) {
  const StreamServer server(world_, own_endpoint(1));
  RealWorld device;
  StreamRecorder client;
  client.stream = device.connect(own_endpoint(2), server.local(), client);
  client.stream->send("ping");
  ASSERT_TRUE(run_until(device, [&] { return client.opened; }));
  ASSERT_TRUE(run_until(
      world_, [&] { return !server.accepted.empty() && server.accepted[0]->received == "ping"; }));
  client.stream->abort();
  ASSERT_TRUE(run_until(world_, [&] { return server.accepted[0]->ended.has_value(); }));
  EXPECT_THAT(segments(), ElementsAre("S", "SA", "A", "PA:ping", "A", "RA"));
}

TEST_F(Tap, tells_a_refused_connection) {
  StreamRecorder client;
  client.stream = world_.connect(own_endpoint(1), own_endpoint(2, 9), client);
  ASSERT_TRUE(run_until(world_, [&] { return client.ended.has_value(); }));
  EXPECT_THAT(segments(), ElementsAre("S", "RA"));
}

TEST_F(Tap, tells_an_aborted_connection_once) {
  const StreamServer server(world_, own_endpoint(1));
  StreamRecorder client;
  client.stream = world_.connect(own_endpoint(2), server.local(), client);
  ASSERT_TRUE(run_until(world_, [&] { return client.opened && !server.accepted.empty(); }));
  client.stream->abort();
  ASSERT_TRUE(run_until(world_, [&] { return server.accepted[0]->ended.has_value(); }));
  EXPECT_THAT(segments(), ElementsAre("S", "SA", "A", "RA"));
}

/// What `command` prints.
std::string output_of(const std::string& command) {
  std::string text;
  std::FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return "cannot run " + command;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
  ::pclose(pipe);
  return text;
}

/// UDP, ICMP and TCP both ways, written to `path` by the tap; how many frames.
std::uint64_t write_varied_capture(const std::string& path) {
  capture::PcapWriter writer(path, packet::LinkType::ethernet);
  RealWorld world;
  world.set_tap(&writer);
  DatagramRecorder datagrams;
  const auto port = world.open_datagram(own_endpoint(1), datagrams);
  port->send(own_endpoint(2, 9), "to a closed port");
  const StreamServer server(world, own_endpoint(1));
  StreamRecorder client;
  client.stream = world.connect(own_endpoint(2), server.local(), client);
  const std::string much(10'000, 'x');
  client.stream->send(much);
  EXPECT_TRUE(run_until(world, [&] {
    return !server.accepted.empty() && server.accepted[0]->received.size() == much.size();
  }));
  server.accepted[0]->stream->send(much);
  server.accepted[0]->stream.reset();
  EXPECT_TRUE(
      run_until(world, [&] { return client.ended.has_value() && !datagrams.complaints.empty(); }));
  client.stream.reset();
  return writer.frames();
}

TEST(TapCapture, is_read_by_tshark_without_a_complaint) {
  if (std::system("command -v tshark >/dev/null") != 0) GTEST_SKIP() << "tshark is not installed";
  const files::TemporaryFolder folder;
  const std::string path = folder.path() + "/tap.pcap";
  const std::uint64_t frames = write_varied_capture(path);
  EXPECT_GT(frames, 20U);
  const std::string flawless = output_of(
      "tshark -n -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -o tcp.check_checksum:TRUE "
      "-Y 'not (tcp.analysis.flags || _ws.malformed || ip.checksum.status == 0 || "
      "udp.checksum.status == 0 || tcp.checksum.status == 0)' -r " +
      path + " 2>/dev/null");
  EXPECT_EQ(std::count(flawless.begin(), flawless.end(), '\n'), frames) << flawless;
}

}  // namespace
}  // namespace sipharness::host
