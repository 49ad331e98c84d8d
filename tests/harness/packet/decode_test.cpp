#include "harness/packet/decode.hpp"

#include <gtest/gtest.h>

#include "harness/base/rng.hpp"
#include "harness/packet/encode.hpp"
#include "harness/packet/link_layer.hpp"
#include "tests/harness/packet/bytes.hpp"

namespace sipharness::packet {
namespace {

const Endpoint phone{IpAddress::v4({10, 0, 0, 1}), 5060};
const Endpoint server{IpAddress::v4({10, 0, 0, 2}), 5070};
const Endpoint phone6 = *Endpoint::parse("[fd00::1]:5060");
const Endpoint server6 = *Endpoint::parse("[fd00::2]:5070");

std::string ip_packet(std::string_view payload) {
  return encode(UdpDatagram{.source = phone, .destination = server, .payload = payload})
      .substr(ethernet_header_size);
}

std::string ip_packet_v6(std::string_view payload) {
  return encode(UdpDatagram{.source = phone6, .destination = server6, .payload = payload})
      .substr(ethernet_header_size);
}

/// Puts extension headers between the IPv6 header and the UDP datagram.
std::string with_extensions(std::string packet, std::uint8_t first, const std::string& headers) {
  packet[6] = static_cast<char>(first);
  packet.insert(40, headers);
  const std::size_t size = packet.size() - 40;
  packet[4] = static_cast<char>(size >> 8U);
  packet[5] = static_cast<char>(size & 0xffU);
  return packet;
}

struct LinkCase {
  const char* name;
  LinkType link;
  const char* header;
};

TEST(DecodeFrame, takes_off_every_link_layer) {
  const LinkCase cases[] = {
      {"null, little endian", LinkType::null, "02000000"},
      {"ethernet", LinkType::ethernet, "020400000002 020400000001 0800"},
      {"ethernet, VLAN", LinkType::ethernet, "020400000002 020400000001 8100 0064 0800"},
      {"ethernet, double VLAN", LinkType::ethernet,
       "020400000002 020400000001 88a8 0001 8100 0064 0800"},
      {"raw", LinkType::raw, ""},
      {"ipv4", LinkType::ipv4, ""},
      {"linux cooked", LinkType::linux_cooked, "0000 0001 0006 0204000000010000 0800"},
      {"linux cooked 2", LinkType::linux_cooked_2,
       "0800 0000 00000002 0001 00 06 0204000000010000"},
  };
  for (const LinkCase& one : cases) {
    const std::string frame = from_hex(one.header) + ip_packet("hello");
    const auto packet = decode_frame(one.link, frame);
    ASSERT_TRUE(packet.has_value()) << one.name;
    EXPECT_EQ(packet->source, phone.address) << one.name;
    EXPECT_EQ(packet->payload.substr(8), "hello") << one.name;
  }
}

TEST(DecodeFrame, gives_nothing_for_what_is_not_ip) {
  const LinkCase cases[] = {
      {"ARP", LinkType::ethernet, "ffffffffffff 020400000001 0806 0001 0800 0604 0001"},
      {"an 802.3 length", LinkType::ethernet, "0180c2000000 020400000001 0026 4242 03"},
      {"five VLAN tags", LinkType::ethernet,
       "020400000002 020400000001 8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 0800"},
      {"a header cut short", LinkType::ethernet, "0204 0000"},
      {"nothing at all", LinkType::raw, ""},
      {"IP version 5", LinkType::raw, "55 00"},
  };
  for (const LinkCase& one : cases)
    EXPECT_FALSE(decode_frame(one.link, from_hex(one.header)).has_value()) << one.name;
}

TEST(DecodeIp, cuts_off_ethernet_padding) {
  const std::string padded = ip_packet("x") + std::string(17, '\0');
  EXPECT_EQ(decode_ip(padded)->payload.size(), 9U);
  EXPECT_FALSE(decode_ip(padded)->truncated);
}

TEST(DecodeIp, says_when_the_capture_cut_the_packet_short) {
  for (const std::string& whole : {ip_packet("a long payload"), ip_packet_v6("a long payload")}) {
    const std::string cut = whole.substr(0, whole.size() - 5);
    const auto packet = decode_ip(cut);
    ASSERT_TRUE(packet.has_value());
    EXPECT_TRUE(packet->truncated);
    EXPECT_TRUE(decode_udp(packet->payload)->truncated);
    EXPECT_EQ(decode_udp(packet->payload)->payload, "a long pa");
  }
}

TEST(DecodeIp, takes_all_there_is_where_offloading_left_the_length_zero) {
  std::string packet = ip_packet("payload");
  packet[2] = packet[3] = '\0';
  EXPECT_EQ(decode_udp(decode_ip(packet)->payload)->payload, "payload");
}

TEST(DecodeIp, describes_ipv4_fragments) {
  std::string packet = ip_packet("payload");
  packet[6] = '\x20';
  packet[7] = '\x05';
  const auto fragment = decode_ip(packet);
  EXPECT_TRUE(fragment->is_fragment());
  EXPECT_TRUE(fragment->more_fragments);
  EXPECT_EQ(fragment->fragment_offset, 40U);
}

TEST(DecodeIp, skips_ipv4_options) {
  std::string packet = ip_packet("payload");
  packet[0] = '\x46';
  packet[3] = static_cast<char>(packet[3] + 4);
  packet.insert(20, from_hex("01010101"));
  EXPECT_EQ(decode_udp(decode_ip(packet)->payload)->payload, "payload");
  EXPECT_EQ(decode_ip(packet)->header.size(), 24U);
}

struct Ipv6Case {
  const char* name;
  std::uint8_t first;
  const char* headers;
};

TEST(DecodeIp, walks_ipv6_extension_headers) {
  const Ipv6Case cases[] = {
      {"hop by hop", 0, "11 00 010400000000"},
      {"destination options of 16 bytes", 60, "11 01 010c 000000000000000000000000"},
      {"authentication", 51, "11 01 0000 00000001 00000001"},
      {"hop by hop, routing", 0, "2b 00 010400000000 11 00 000000000000"},
  };
  for (const Ipv6Case& one : cases) {
    const auto bytes = with_extensions(ip_packet_v6("payload"), one.first, from_hex(one.headers));
    const auto packet = decode_ip(bytes);
    ASSERT_TRUE(packet.has_value()) << one.name;
    EXPECT_EQ(packet->protocol, protocol::udp) << one.name;
    EXPECT_EQ(decode_udp(packet->payload)->payload, "payload") << one.name;
    EXPECT_TRUE(has_right_checksums(*packet)) << one.name;
  }
}

TEST(DecodeIp, describes_ipv6_fragments) {
  const auto bytes = with_extensions(ip_packet_v6("payload"), 44, from_hex("11 00 05a9 cafe0001"));
  const auto fragment = decode_ip(bytes);
  ASSERT_TRUE(fragment.has_value());
  EXPECT_EQ(fragment->id, 0xcafe0001U);
  EXPECT_TRUE(fragment->more_fragments);
  EXPECT_EQ(fragment->fragment_offset, 0x05a8U);
  EXPECT_EQ(fragment->protocol, protocol::udp);
}

TEST(DecodeIp, gives_nothing_for_a_header_that_does_not_hold_together) {
  std::string short_header = ip_packet("x");
  short_header[0] = '\x44';
  std::string short_total = ip_packet("x");
  short_total[2] = '\0';
  short_total[3] = '\x13';
  const std::string endless = with_extensions(ip_packet_v6(""), 0, from_hex("00 00 010400000000"));
  for (const std::string& bytes : {short_header, short_total, endless, std::string("\x45")})
    EXPECT_FALSE(decode_ip(bytes).has_value());
}

TEST(DecodeUdp, needs_a_whole_header_and_an_honest_length) {
  EXPECT_FALSE(decode_udp(from_hex("13c4 13ce 0008")).has_value());
  EXPECT_FALSE(decode_udp(from_hex("13c4 13ce 0007 0000")).has_value());
  EXPECT_EQ(decode_udp(from_hex("13c4 13ce 0008 0000 ffff"))->payload, "");
}

TEST(DecodeTcp, finds_the_segment_size_among_other_options) {
  const auto segment = decode_tcp(
      from_hex("13c4 13ce 00000001 00000002 8002 ffff 0000 0000 01 0402 0204 05b4 030307 0000"));
  ASSERT_TRUE(segment.has_value());
  EXPECT_EQ(segment->maximum_segment_size, 1460);
}

TEST(DecodeTcp, survives_options_of_length_zero_and_beyond_the_end) {
  const std::string head = "13c4 13ce 00000001 00000002 6002 ffff 0000 0000 ";
  for (const char* option : {"0200 0000", "0204 05b4", "02ff 05b4", "00000000"})
    EXPECT_TRUE(decode_tcp(from_hex(head + option)).has_value()) << option;
  EXPECT_FALSE(decode_tcp(from_hex(head)).has_value());
  EXPECT_FALSE(decode_tcp(from_hex("13c4 13ce 00000001 00000002 4002 ffff 0000 0000")).has_value());
}

TEST(DecodeIcmpError, ignores_messages_about_anything_but_reachability) {
  const std::string original = ip_packet("x");
  const auto error_of = [&](const char* header) {
    const std::string payload = from_hex(header) + original;
    IpPacket packet;
    packet.protocol = protocol::icmp;
    packet.payload = payload;
    return decode_icmp_error(packet);
  };
  EXPECT_TRUE(error_of("0303 0000 00000000").has_value());
  EXPECT_FALSE(error_of("0800 0000 00000000").has_value()) << "echo";
  EXPECT_FALSE(error_of("0304 0000 000005dc").has_value()) << "fragmentation needed";
  EXPECT_FALSE(error_of("0303 00").has_value()) << "the original starts in the header";
}

TEST(HasRightChecksums, sees_one_wrong_bit_in_each_place) {
  const std::string whole = ip_packet("payload");
  ASSERT_TRUE(has_right_checksums(*decode_ip(whole)));
  for (const std::size_t place : {8U, 12U, 20U, 30U}) {
    std::string damaged = whole;
    damaged[place] = static_cast<char>(damaged[place] ^ 1);
    EXPECT_FALSE(has_right_checksums(*decode_ip(damaged))) << place;
  }
}

TEST(HasRightChecksums, does_not_judge_udp_without_a_checksum) {
  std::string packet = ip_packet("payload");
  packet[26] = packet[27] = '\0';
  EXPECT_TRUE(has_right_checksums(*decode_ip(packet)));
}

TEST(Soundness, tells_a_turned_bit_from_other_changes) {
  const std::string whole = ip_packet("payload");
  const auto soundness = [](const std::string& bytes) { return soundness_of(*decode_ip(bytes)); };
  EXPECT_EQ(soundness(whole), Soundness::sound);
  for (std::size_t bit = 8 * 8; bit < whole.size() * 8; ++bit) {
    if (bit / 8 == 9) continue;  // another transport
    std::string turned = whole;
    turned[bit / 8] = static_cast<char>(turned[bit / 8] ^ (1 << bit % 8));
    EXPECT_EQ(soundness(turned), Soundness::bit_turned) << bit;
  }
  std::string longer = whole;
  longer[0] = '\x47';
  EXPECT_EQ(soundness(longer), Soundness::bit_turned) << "the header's length";
  std::string edited = whole;
  edited.replace(edited.size() - 7, 7, "anymore");
  EXPECT_EQ(soundness(edited), Soundness::changed);
  std::string unfinished = whole;
  unfinished.replace(26, 2, from_hex("0000"));
  EXPECT_EQ(soundness(unfinished), Soundness::sound) << "left to the card";
}

/// What any bytes lead to must stay inside them.
void expect_views_inside(const std::string& bytes, LinkType link) {
  const auto packet = decode_frame(link, bytes);
  if (!packet) return;
  const char* const last = bytes.data() + bytes.size();
  EXPECT_LE(packet->payload.data() + packet->payload.size(), last);
  const auto udp = decode_udp(packet->payload);
  const auto tcp = decode_tcp(packet->payload);
  for (const std::string_view payload :
       {udp ? udp->payload : std::string_view(), tcp ? tcp->payload : std::string_view()}) {
    EXPECT_TRUE(payload.empty() || payload.data() + payload.size() <= last);
  }
  (void)decode_icmp_error(*packet);
  (void)has_right_checksums(*packet);
}

TEST(DecodeFrame, stays_inside_whatever_bytes_it_is_given) {
  Rng rng(1);
  const std::string seeds[] = {ip_packet("payload"), ip_packet_v6("payload"),
                               with_extensions(ip_packet_v6("payload"), 0,
                                               from_hex("2b 00 010400000000 11 00 000000000000"))};
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = seeds[rng.below(3)];
    for (std::uint64_t flips = rng.below(6); flips > 0; --flips)
      bytes[rng.below(bytes.size())] = static_cast<char>(rng.below(256));
    bytes.resize(rng.below(bytes.size() + 1));
    bytes.shrink_to_fit();
    expect_views_inside(bytes, LinkType::raw);
    expect_views_inside(bytes, LinkType::ethernet);
    expect_views_inside(bytes, LinkType::linux_cooked_2);
  }
}

}  // namespace
}  // namespace sipharness::packet
