#include "harness/packet/encode.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "harness/packet/decode.hpp"

namespace sipharness::packet {
namespace {

struct Pair {
  const char* name;
  Endpoint from;
  Endpoint to;
};

std::vector<Pair> pairs() {
  return {{"IPv4", *Endpoint::parse("10.0.0.1:5060"), *Endpoint::parse("10.0.0.2:5070")},
          {"IPv6", *Endpoint::parse("[fd00::1]:5060"), *Endpoint::parse("[fd00::2]:5070")}};
}

IpPacket decoded(const std::string& frame) {
  const std::optional<IpPacket> packet = decode_frame(LinkType::ethernet, frame);
  EXPECT_TRUE(packet.has_value());
  return packet.value_or(IpPacket{});
}

TEST(EncodeUdp, is_read_back_with_right_checksums) {
  for (const Pair& pair : pairs()) {
    SCOPED_TRACE(pair.name);
    const std::string frame =
        encode(UdpDatagram{.source = pair.from, .destination = pair.to, .payload = "OPTIONS"});
    const IpPacket packet = decoded(frame);
    const auto datagram = decode_udp(packet.payload);
    ASSERT_TRUE(datagram.has_value());
    EXPECT_EQ(packet.source, pair.from.address);
    EXPECT_EQ(packet.destination, pair.to.address);
    EXPECT_EQ(datagram->source_port, pair.from.port);
    EXPECT_EQ(datagram->destination_port, pair.to.port);
    EXPECT_EQ(datagram->payload, "OPTIONS");
    EXPECT_TRUE(has_right_checksums(packet));
  }
}

TEST(EncodeUdp, takes_the_largest_payload) {
  for (const Pair& pair : pairs()) {
    SCOPED_TRACE(pair.name);
    const std::string payload(max_udp_payload(pair.to.address), 'x');
    const std::string frame =
        encode(UdpDatagram{.source = pair.from, .destination = pair.to, .payload = payload});
    const IpPacket packet = decoded(frame);
    EXPECT_EQ(decode_udp(packet.payload)->payload, payload);
    EXPECT_TRUE(has_right_checksums(packet));
  }
}

TEST(EncodeUdp, sends_a_computed_checksum_of_zero_as_all_ones) {
  const Pair pair = pairs()[0];
  // The checksum over an empty pair of bytes, put into the payload, makes the whole sum zero.
  const std::string probe = encode(UdpDatagram{
      .source = pair.from, .destination = pair.to, .payload = std::string_view("\0\0", 2)});
  const std::string balance = probe.substr(ethernet_header_size + 20 + 6, 2);
  const std::string frame =
      encode(UdpDatagram{.source = pair.from, .destination = pair.to, .payload = balance});
  EXPECT_EQ(frame.substr(ethernet_header_size + 20 + 6, 2), "\xff\xff");
  EXPECT_TRUE(has_right_checksums(decoded(frame)));
}

TEST(EncodeUdp, carries_the_callers_ip_id_over_ipv4) {
  const Pair pair = pairs()[0];
  const std::string frame = encode(
      UdpDatagram{.source = pair.from, .destination = pair.to, .ip_id = 4711, .payload = "x"});
  EXPECT_EQ(decoded(frame).id, 4711U);
}

TEST(EncodeTcp, is_read_back_with_right_checksums) {
  for (const Pair& pair : pairs()) {
    SCOPED_TRACE(pair.name);
    const std::string frame = encode(TcpSegment{.source = pair.from,
                                                .destination = pair.to,
                                                .sequence = 0xfffffff0,
                                                .acknowledgement = 77,
                                                .flags = {.psh = true, .ack = true},
                                                .window = 1234,
                                                .maximum_segment_size = std::nullopt,
                                                .payload = "odd"});
    const IpPacket packet = decoded(frame);
    const auto segment = decode_tcp(packet.payload);
    ASSERT_TRUE(segment.has_value());
    EXPECT_EQ(segment->source_port, pair.from.port);
    EXPECT_EQ(segment->destination_port, pair.to.port);
    EXPECT_EQ(segment->sequence, 0xfffffff0U);
    EXPECT_EQ(segment->acknowledgement, 77U);
    EXPECT_EQ(segment->flags, (TcpFlags{.psh = true, .ack = true}));
    EXPECT_EQ(segment->window, 1234);
    EXPECT_FALSE(segment->maximum_segment_size.has_value());
    EXPECT_EQ(segment->payload, "odd");
    EXPECT_TRUE(has_right_checksums(packet));
  }
}

TEST(EncodeTcp, carries_the_maximum_segment_size_on_a_syn) {
  const Pair pair = pairs()[0];
  const std::string frame = encode(TcpSegment{.source = pair.from,
                                              .destination = pair.to,
                                              .flags = {.syn = true},
                                              .maximum_segment_size = 1460,
                                              .payload = {}});
  const IpPacket packet = decoded(frame);
  EXPECT_EQ(decode_tcp(packet.payload)->maximum_segment_size, 1460);
  EXPECT_EQ(decode_tcp(packet.payload)->payload, "");
  EXPECT_TRUE(has_right_checksums(packet));
}

TEST(EncodeIcmp, complains_about_the_original_with_every_reason) {
  for (const Pair& pair : pairs()) {
    const std::string original =
        encode(UdpDatagram{.source = pair.from, .destination = pair.to, .payload = "INVITE"});
    for (const Unreachable reason : {Unreachable::port, Unreachable::host, Unreachable::network,
                                     Unreachable::administratively}) {
      SCOPED_TRACE(std::string(pair.name) + ", " + std::string(to_string(reason)));
      const std::string frame = encode(
          IcmpUnreachable{.source = pair.to.address,
                          .destination = pair.from.address,
                          .reason = reason,
                          .original = std::string_view(original).substr(ethernet_header_size)});
      const IpPacket packet = decoded(frame);
      const auto error = decode_icmp_error(packet);
      ASSERT_TRUE(error.has_value());
      EXPECT_EQ(error->reason, reason);
      EXPECT_EQ(error->transport, Transport::udp);
      EXPECT_EQ(error->original_source, pair.from);
      EXPECT_EQ(error->original_destination, pair.to);
      EXPECT_TRUE(has_right_checksums(packet));
    }
  }
}

TEST(EncodeIcmp, quotes_no_more_than_the_smallest_link_carries) {
  const std::size_t most[] = {576, 1280};
  for (std::size_t family = 0; family < 2; ++family) {
    const Pair pair = pairs()[family];
    const std::string payload(5000, 'x');
    const std::string original =
        encode(UdpDatagram{.source = pair.from, .destination = pair.to, .payload = payload});
    const std::string frame =
        encode(IcmpUnreachable{.source = pair.to.address,
                               .destination = pair.from.address,
                               .original = std::string_view(original).substr(14)});
    EXPECT_EQ(frame.size(), ethernet_header_size + most[family]) << pair.name;
    EXPECT_TRUE(decode_icmp_error(decoded(frame)).has_value()) << pair.name;
  }
}

TEST(EncodeDeathTest, families_must_not_be_mixed) {
  EXPECT_DEATH(
      encode(UdpDatagram{.source = pairs()[0].from, .destination = pairs()[1].to, .payload = {}}),
      "assertion failed");
}

}  // namespace
}  // namespace sipharness::packet
