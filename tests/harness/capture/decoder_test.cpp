#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/rng.hpp"
#include "harness/packet/checksum.hpp"
#include "tests/harness/capture/recording_sink.hpp"
#include "tests/harness/packet/bytes.hpp"

namespace sipharness::capture {
namespace {

using packet::LinkType;
using testing::ElementsAre;
using testing::HasSubstr;

struct LinkCase {
  const char* name;
  LinkType link;
  std::string prefix;
};

TEST(Decoder, reads_datagrams_behind_every_link_layer) {
  const LinkCase cases[] = {
      {"ethernet", LinkType::ethernet, std::string("\2\0\0\0\0\2\2\0\0\0\0\1\x08\0", 14)},
      {"vlan", LinkType::ethernet, std::string("\2\0\0\0\0\2\2\0\0\0\0\1\x81\0\0\x05\x08\0", 18)},
      {"loopback", LinkType::null, std::string("\2\0\0\0", 4)},
      {"raw", LinkType::raw, ""},
      {"ipv4", LinkType::ipv4, ""},
      {"cooked", LinkType::linux_cooked, std::string("\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x08\0", 16)},
      {"cooked 2", LinkType::linux_cooked_2,
       std::string("\x08\0\0\0\0\0\0\1\0\1\0\6\2\0\0\0\0\1\0\0", 20)},
  };
  for (const LinkCase& link : cases) {
    SCOPED_TRACE(link.name);
    RecordingSink sink;
    Decoder decoder(sink);
    Feeder(decoder).feed(link.prefix + ip_of(datagram("hello")), link.link);
    EXPECT_THAT(sink.lines, ElementsAre("1 5062 > 5060 udp hello"));
    EXPECT_EQ(decoder.counts().undecodable, 0U);
  }
}

TEST(Decoder, reads_ipv6) {
  const Endpoint from{*IpAddress::parse("fd00::1"), 5062};
  const Endpoint to{*IpAddress::parse("fd00::2"), 5060};
  RecordingSink sink;
  Decoder decoder(sink);
  const std::string frame = packet::encode(packet::UdpDatagram{from, to, 0, "six"});
  Feeder feeder(decoder);
  feeder.feed(frame);
  feeder.feed(ip_of(frame), LinkType::ipv6);
  EXPECT_THAT(sink.lines, ElementsAre("1 5062 > 5060 udp six", "2 5062 > 5060 udp six"));
}

TEST(Decoder, counts_what_it_cannot_decode_and_goes_on) {
  RecordingSink sink;
  Decoder decoder(sink);
  Feeder feeder(decoder);
  feeder.feed("");
  feeder.feed(std::string(60, '\xff'));
  feeder.feed(datagram("after"));
  EXPECT_THAT(sink.lines, ElementsAre("3 5062 > 5060 udp after"));
  EXPECT_EQ(decoder.counts().frames, 3U);
  EXPECT_EQ(decoder.counts().undecodable, 2U);
}

TEST(Decoder, tells_of_a_payload_that_was_cut_off) {
  RecordingSink sink;
  Decoder decoder(sink);
  const std::string frame = datagram("a payload that is longer than the snapshot");
  Feeder(decoder).feed_cut(frame, frame.size() - 10);
  EXPECT_THAT(sink.lines, ElementsAre("1 5062 > 5060 cut a payload that is longer than th"));
}

TEST(Decoder, tells_of_a_frame_that_was_cut_in_its_headers) {
  RecordingSink sink;
  Decoder decoder(sink);
  const std::string frame = datagram("payload");
  Feeder feeder(decoder);
  for (const std::size_t kept : {0U, 19U, 30U, 36U}) feeder.feed_cut(frame, kept);
  EXPECT_THAT(sink.lines,
              ElementsAre("1 0 > 0 cut ", "2 0 > 0 cut ", "3 0 > 0 cut ", "4 0 > 0 cut "));
}

TEST(Decoder, tells_of_a_packet_with_a_wrong_checksum) {
  const std::string sound = datagram("payload");
  const auto told = [](const std::string& frame) {
    RecordingSink sink;
    Decoder decoder(sink);
    Feeder(decoder).feed(frame);
    return sink.lines;
  };
  constexpr std::size_t ip_header = packet::ethernet_header_size;
  constexpr std::size_t udp_checksum = ip_header + 26;
  for (const std::size_t byte : {ip_header + 8, ip_header + 13, ip_header + 28}) {
    std::string frame = sound;
    frame[byte] ^= 4;
    EXPECT_THAT(told(frame), testing::Contains(HasSubstr("damaged"))) << byte;
  }
  std::string unfinished = sound;
  unfinished[udp_checksum] = unfinished[udp_checksum + 1] = 0;
  EXPECT_THAT(told(unfinished), ElementsAre(HasSubstr("udp payload")));
  const std::uint16_t pseudo = packet::pseudo_header_sum(phone.address, server.address, 17, 15);
  unfinished[udp_checksum] = static_cast<char>(pseudo >> 8U);
  unfinished[udp_checksum + 1] = static_cast<char>(pseudo);
  EXPECT_THAT(told(unfinished), ElementsAre(HasSubstr("udp payload"))) << "left to the card";
}

std::string tag(std::uint16_t number, std::string_view value) {
  std::string bytes;
  for (const std::size_t field : {std::size_t{number}, value.size()}) {
    bytes += static_cast<char>(field >> 8U);
    bytes += static_cast<char>(field);
  }
  return bytes.append(value);
}

TEST(Decoder, takes_exported_messages) {
  using namespace std::string_literals;
  const std::string ends = tag(20, "\x0a\0\0\1"s) + tag(21, "\x0a\0\0\2"s) +
                           tag(25, "\0\0\x13\xc6"s) + tag(26, "\0\0\x13\xc4"s);
  const std::string sip = tag(12, "sip\0"s) + ends;
  RecordingSink sink;
  Decoder decoder(sink);
  Feeder feeder(decoder);
  feeder.feed(sip + tag(24, "\0\0\0\3"s) + tag(0, "") + "by udp", LinkType::exported_pdu);
  feeder.feed(sip + tag(24, "\0\0\0\2"s) + tag(0, "") + "by tcp", LinkType::exported_pdu);
  feeder.feed(tag(12, "ip\0\0"s) + tag(0, "") + ip_of(datagram("packet")), LinkType::exported_pdu);
  feeder.feed(sip, LinkType::exported_pdu);
  EXPECT_THAT(sink.lines, ElementsAre("1 5062 > 5060 udp by udp", HasSubstr("2 5062 > 5060"),
                                      "3 5062 > 5060 udp packet", HasSubstr("4 0 > 0 cut")));
}

TEST(Decoder, names_link_layers_that_it_does_not_decode) {
  RecordingSink sink;
  Decoder decoder(sink);
  Feeder feeder(decoder);
  feeder.feed("whatever", static_cast<LinkType>(147));
  feeder.feed("whatever", static_cast<LinkType>(189));  // USB, where no IP is
  const std::string encrypted = std::string("\x08\x41", 2) + std::string(60, 'x');
  feeder.feed(encrypted, LinkType::wifi);
  feeder.feed(std::string("\0\0\x08\0\0\0\0\0", 8) + encrypted, LinkType::wifi_radiotap);
  EXPECT_THAT(sink.lines, ElementsAre("1 0 > 0 a private link layer (USER)",
                                      "3 0 > 0 encrypted Wi-Fi", "4 0 > 0 encrypted Wi-Fi"));
}

TEST(Decoder, opens_tunnels_and_names_what_it_does_not_decode) {
  const std::string inside = ip_of(datagram("inside"));
  const Endpoint outer_phone{phone.address, 4000};
  const auto in_udp = [&](std::uint16_t port, const std::string& payload) {
    return packet::encode(packet::UdpDatagram{outer_phone, {server.address, port}, 9, payload});
  };
  const auto in_ip = [&](std::uint8_t protocol, const std::string& payload) {
    std::string frame = in_udp(4000, payload);
    frame.erase(packet::ethernet_header_size + 20, 8);
    frame[packet::ethernet_header_size + 3] =
        static_cast<char>(frame.size() - packet::ethernet_header_size);
    frame[packet::ethernet_header_size + 9] = static_cast<char>(protocol);
    return frame;
  };
  const auto bytes = [](std::string_view hex) { return packet::from_hex(hex); };
  const std::string ethernet = bytes("020000000001 020000000002 0800") + inside;
  const std::pair<const char*, std::string> opened[] = {
      {"IP in IP", in_ip(4, inside)},
      {"GRE", in_ip(47, bytes("0000 0800") + inside)},
      {"GRE with key and sequence", in_ip(47, bytes("3000 0800 00000001 00000002") + inside)},
      {"GRE with Ethernet", in_ip(47, bytes("0000 6558") + ethernet)},
      {"ERSPAN I", in_ip(47, bytes("0000 88be") + ethernet)},
      {"ERSPAN II", in_ip(47, bytes("1000 88be 00000001 1001 0001 00000000") + ethernet)},
      {"ERSPAN III",
       in_ip(47, bytes("1000 22eb 00000001 2001 0001 00000000 0000 0000") + ethernet)},
      {"AH", in_ip(51, bytes("04 01 0000 00000001 00000001") + inside)},
      {"VXLAN", in_udp(4789, bytes("08000000 00000100") + ethernet)},
      {"Geneve", in_udp(6081, bytes("0000 6558 00000100") + ethernet)},
      {"TZSP", in_udp(37008, bytes("01000001 00 2802ffd0 01") + ethernet)},
      {"GRE in VXLAN",
       in_udp(4789, bytes("08000000 00000100") + in_ip(47, bytes("00000800") + inside))},
      {"PPTP", in_ip(47, bytes("3001 880b 00000001 00000002 0021") + inside)},
  };
  for (const auto& [name, frame] : opened) {
    RecordingSink sink;
    Decoder decoder(sink);
    Feeder(decoder).feed(frame);
    EXPECT_THAT(sink.lines, ElementsAre("1 5062 > 5060 udp inside")) << name;
  }
  const std::pair<const char*, std::string> named[] = {
      {"ESP", in_ip(50, "12345678")},
      {"SCTP", in_ip(132, "12345678")},
      {"L2TP", in_udp(1701, bytes("0002 0001 0001"))},
      {"HEP", in_udp(9060, "HEP3....")},
      {"ESP over UDP", in_udp(4500, bytes("00000001 00000001 0011"))},
  };
  for (const auto& [name, frame] : named) {
    RecordingSink sink;
    Decoder decoder(sink);
    Feeder(decoder).feed(frame);
    EXPECT_THAT(sink.lines, ElementsAre(std::string("1 0 > 0 ") + name));
  }
  RecordingSink sink;
  Decoder decoder(sink);
  Feeder(decoder).feed(in_udp(9060, "INVITE sip:x SIP/2.0"));
  EXPECT_THAT(sink.lines, ElementsAre("1 4000 > 9060 udp INVITE sip:x SIP/2.0"));
}

TEST(Decoder, takes_off_labels_and_ppp) {
  const std::string inside = ip_of(datagram("inside"));
  const auto behind = [&](std::string_view hex) {
    return packet::from_hex("020000000001 020000000002") + packet::from_hex(hex) + inside;
  };
  const std::string frames[] = {behind("8847 00064140"), behind("8847 00064040 00012140"),
                                behind("8100 0007 8864 1100 0001 0040 0021"),
                                behind("8847 00064140 00000000 020000000001 020000000002 0800")};
  for (const std::string& frame : frames) {
    RecordingSink sink;
    Decoder decoder(sink);
    Feeder(decoder).feed(frame);
    EXPECT_THAT(sink.lines, ElementsAre("1 5062 > 5060 udp inside"));
  }
}

TEST(Decoder, tells_of_icmp_errors_with_the_packet_they_are_about) {
  RecordingSink sink;
  Decoder decoder(sink);
  packet::IcmpUnreachable error;
  error.source = server.address;
  error.destination = phone.address;
  const std::string original = ip_of(datagram("REGISTER"));
  error.original = original;
  Feeder(decoder).feed(packet::encode(error));
  EXPECT_THAT(sink.lines,
              ElementsAre("1 icmp port unreachable for 10.0.0.1:5062 to 10.0.0.2:5060"));
}

TEST(Decoder, survives_whatever_is_done_to_its_frames) {
  RecordingSink sink;
  Decoder decoder(sink);
  Feeder feeder(decoder);
  packet::TcpSegment tcp;
  tcp.source = phone;
  tcp.destination = server;
  tcp.flags = {.psh = true, .ack = true};
  tcp.payload = "OPTIONS sip:x SIP/2.0";
  const std::string originals[] = {datagram("payload"), packet::encode(tcp)};
  Rng rng(1);
  constexpr std::uint64_t rounds = 20'000;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    std::string frame = originals[round % 2];
    for (int change = 0; change < 3; ++change) {
      frame[rng.below(frame.size())] = static_cast<char>(rng.next());
    }
    feeder.feed_cut(frame, rng.below(frame.size() + 1));
  }
  feeder.feed(datagram("still here"));
  EXPECT_EQ(decoder.counts().frames, rounds + 1);
  EXPECT_EQ(sink.lines.back(), "20001 5062 > 5060 udp still here");
}

// --- Copies --------------------------------------------------------------------------------------

/// As it leaves a router.
std::string routed(std::string frame) {
  frame[0] = frame[6] = 6;
  --frame[packet::ethernet_header_size + 8];
  ++frame[packet::ethernet_header_size + 10];
  return frame;
}

struct CopyCase {
  const char* name;
  std::string second;
  Duration later;
  std::uint64_t copies;
};

TEST(Decoder, drops_a_copy_within_milliseconds_only) {
  const CopyCase cases[] = {
      {"copy at once", datagram("x", 7), 0ns, 1},
      {"copy after 5 ms", datagram("x", 7), 5ms, 1},
      {"later: a retransmission", datagram("x", 7), 5001us, 0},
      {"another TTL, checksum and MAC", routed(datagram("x", 7)), 1ms, 1},
      {"another IP id", datagram("x", 8), 0ns, 0},
      {"other bytes", datagram("y", 7), 0ns, 0},
  };
  for (const CopyCase& one : cases) {
    SCOPED_TRACE(one.name);
    RecordingSink sink;
    Decoder decoder(sink);
    const std::string first = datagram("x", 7);
    const CaptureTime at{std::chrono::seconds(1704067200)};
    decoder.on_frame({at, LinkType::ethernet, 0, first});
    decoder.on_frame({at + one.later, LinkType::ethernet, 0, one.second});
    EXPECT_EQ(decoder.counts().duplicates, one.copies);
    EXPECT_EQ(sink.lines.size(), 2U - one.copies);
  }
}

TEST(Decoder, an_ip_id_of_zero_makes_a_copy_where_nobody_sends_twice_on_purpose) {
  for (const auto& [copies, expected] : {std::pair(Copies::with_id, 0U), {Copies::any, 1U}}) {
    RecordingSink sink;
    Decoder decoder(sink, copies);
    const std::string frame = datagram("x", 0);
    decoder.on_frame({CaptureTime(1s), LinkType::ethernet, 0, frame});
    decoder.on_frame({CaptureTime(1s), LinkType::ethernet, 0, frame});
    EXPECT_EQ(decoder.counts().duplicates, expected);
  }
}

}  // namespace
}  // namespace sipharness::capture
