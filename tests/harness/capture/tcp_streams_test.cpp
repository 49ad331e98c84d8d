#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/capture/recording_sink.hpp"

namespace sipharness::capture {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

/// A connection of the phone to the server, segment by segment.
class TcpStreamsTest : public testing::Test {
 protected:
  RecordingSink sink_;
  Decoder decoder_{sink_};

  struct Segment {
    std::uint32_t sequence = 0;
    std::uint32_t acknowledgement = 0;
    packet::TcpFlags flags{};
    std::string_view payload{};
  };

  void from_phone(const Segment& segment) { send(phone, server, segment); }
  void from_server(const Segment& segment) { send(server, phone, segment); }

  void handshake(std::uint32_t first = 1000) {
    from_phone({.sequence = first - 1, .flags = {.syn = true}});
    from_server({.sequence = 4999, .acknowledgement = first, .flags = {.syn = true, .ack = true}});
    from_phone({.sequence = first, .acknowledgement = 5000, .flags = {.ack = true}});
    sink_.lines.clear();
  }

  static constexpr packet::TcpFlags ack{.ack = true};

 private:
  void send(const Endpoint& source, const Endpoint& destination, const Segment& segment) {
    packet::TcpSegment tcp;
    tcp.source = source;
    tcp.destination = destination;
    tcp.ip_id = ++ip_id_;
    tcp.sequence = segment.sequence;
    tcp.acknowledgement = segment.acknowledgement;
    tcp.flags = segment.flags;
    tcp.payload = segment.payload;
    feeder_.feed(packet::encode(tcp));
  }

  Feeder feeder_{decoder_};
  std::uint16_t ip_id_ = 0;
};

TEST_F(TcpStreamsTest, tell_of_a_connection_from_beginning_to_end) {
  from_phone({.sequence = 99, .flags = {.syn = true}});
  from_phone({.sequence = 99, .flags = {.syn = true}});
  from_server({.sequence = 499, .acknowledgement = 100, .flags = {.syn = true, .ack = true}});
  from_phone({.sequence = 100, .acknowledgement = 500, .flags = ack, .payload = "ask"});
  from_server({.sequence = 500, .acknowledgement = 103, .flags = ack, .payload = "answer"});
  from_phone({.sequence = 103, .acknowledgement = 506, .flags = {.fin = true, .ack = true}});
  from_server({.sequence = 506, .acknowledgement = 104, .flags = {.fin = true, .ack = true}});
  EXPECT_THAT(sink_.lines,
              ElementsAre("1 5062 > 5060 syn", "2 5062 > 5060 syn copy",
                          "3 5060 > 5062 established", "4 5062 > 5060 tcp ask",
                          "5 5060 > 5062 tcp answer", "6 5062 > 5060 fin", "7 5060 > 5062 fin"));
}

TEST_F(TcpStreamsTest, a_refused_connection_is_a_reset) {
  from_phone({.sequence = 99, .flags = {.syn = true}});
  from_server({.acknowledgement = 100, .flags = {.rst = true, .ack = true}});
  EXPECT_THAT(sink_.lines, ElementsAre("1 5062 > 5060 syn", "2 5060 > 5062 reset"));
}

TEST_F(TcpStreamsTest, segments_out_of_order_come_in_order) {
  handshake();
  from_phone({.sequence = 1006, .flags = ack, .payload = "ghi"});
  from_phone({.sequence = 1003, .flags = ack, .payload = "def"});
  from_phone({.sequence = 1000, .flags = ack, .payload = "abc"});
  EXPECT_THAT(sink_.lines, ElementsAre("6 5062 > 5060 tcp abc", "6 5062 > 5060 tcp def",
                                       "6 5062 > 5060 tcp ghi"));
}

TEST_F(TcpStreamsTest, copies_and_overlaps_are_told_once) {
  handshake();
  from_phone({.sequence = 1000, .flags = ack, .payload = "abc"});
  from_phone({.sequence = 1000, .flags = ack, .payload = "abc"});
  from_phone({.sequence = 1001, .flags = ack, .payload = "bcde"});
  from_phone({.sequence = 1004, .flags = ack, .payload = "e"});
  EXPECT_THAT(sink_.lines, ElementsAre("4 5062 > 5060 tcp abc", "6 5062 > 5060 tcp de"));
}

TEST_F(TcpStreamsTest, sequence_numbers_wrap) {
  handshake(0xfffffffeU);
  from_phone({.sequence = 1, .flags = ack, .payload = "def"});
  from_phone({.sequence = 0xfffffffeU, .flags = ack, .payload = "abc"});
  EXPECT_THAT(sink_.lines, ElementsAre("5 5062 > 5060 tcp abc", "5 5062 > 5060 tcp def"));
}

TEST_F(TcpStreamsTest, a_hole_that_the_peer_acknowledges_is_a_gap) {
  handshake();
  from_phone({.sequence = 1003, .flags = ack, .payload = "def"});
  from_server({.sequence = 5000, .acknowledgement = 1006, .flags = ack});
  from_phone({.sequence = 1006, .flags = ack, .payload = "ghi"});
  EXPECT_THAT(sink_.lines,
              ElementsAre("5 5062 > 5060 gap", "5 5062 > 5060 tcp def", "6 5062 > 5060 tcp ghi"));
}

TEST_F(TcpStreamsTest, bytes_that_are_missing_altogether_are_a_gap) {
  handshake();
  from_server({.sequence = 5000, .acknowledgement = 1010, .flags = ack});
  from_phone({.sequence = 1010, .flags = ack, .payload = "next"});
  EXPECT_THAT(sink_.lines, ElementsAre("4 5062 > 5060 gap", "5 5062 > 5060 tcp next"));
}

TEST_F(TcpStreamsTest, a_connection_can_be_joined_in_the_middle) {
  from_phone({.sequence = 777, .flags = ack, .payload = "middle"});
  EXPECT_THAT(sink_.lines, ElementsAre("1 5062 > 5060 tcp middle"));
}

TEST_F(TcpStreamsTest, a_fin_waits_for_the_bytes_before_it) {
  handshake();
  from_phone({.sequence = 1003, .flags = {.fin = true, .ack = true}});
  EXPECT_THAT(sink_.lines, Not(Contains("4 5062 > 5060 fin")));
  from_phone({.sequence = 1000, .flags = ack, .payload = "abc"});
  EXPECT_THAT(sink_.lines, ElementsAre("5 5062 > 5060 tcp abc", "5 5062 > 5060 fin"));
}

TEST_F(TcpStreamsTest, a_flood_of_early_segments_is_bounded) {
  handshake();
  for (std::uint32_t segment = 0; segment < 1000; ++segment) {
    from_phone({.sequence = 2000 + 10 * segment, .flags = ack, .payload = "x"});
  }
  EXPECT_THAT(sink_.lines, Contains("260 5062 > 5060 gap"));
}

TEST_F(TcpStreamsTest, sequence_numbers_beyond_any_window_are_left_out) {
  handshake();
  from_phone({.sequence = 1000 + 0x60000000U, .flags = ack, .payload = "far"});
  from_phone({.sequence = 1000, .flags = ack, .payload = "near"});
  EXPECT_THAT(sink_.lines, ElementsAre("5 5062 > 5060 tcp near"));
}

TEST_F(TcpStreamsTest, a_port_used_again_is_a_new_connection) {
  handshake();
  from_phone({.sequence = 1000, .flags = ack, .payload = "one"});
  from_phone({.sequence = 70000, .flags = {.syn = true}});
  from_phone({.sequence = 70001, .flags = ack, .payload = "two"});
  EXPECT_THAT(sink_.lines,
              ElementsAre("4 5062 > 5060 tcp one", "5 5062 > 5060 syn", "6 5062 > 5060 tcp two"));
}

}  // namespace
}  // namespace sipharness::capture
