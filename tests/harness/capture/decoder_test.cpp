#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/rng.hpp"
#include "tests/harness/capture/recording_sink.hpp"

namespace sipharness::capture {
namespace {

using packet::LinkType;
using testing::ElementsAre;
using testing::IsEmpty;

/// The IP packet of a synthesised Ethernet frame.
std::string ip_of(const std::string& frame) {
  return frame.substr(packet::ethernet_header_size);
}

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
  EXPECT_THAT(sink.lines, ElementsAre("1 truncated"));
  EXPECT_EQ(decoder.counts().truncated, 1U);
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

struct CopyCase {
  const char* name;
  std::string second;
  Duration later;
  std::uint64_t copies;
};

TEST(Decoder, drops_a_copy_within_a_millisecond_only) {
  const CopyCase cases[] = {
      {"copy at once", datagram("x", 7), 0ns, 1},
      {"copy after 1 ms", datagram("x", 7), 1ms, 1},
      {"later: a retransmission", datagram("x", 7), 1001us, 0},
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

TEST(Decoder, an_ip_id_of_zero_never_makes_a_copy) {
  RecordingSink sink;
  Decoder decoder(sink);
  const std::string frame = datagram("x", 0);
  decoder.on_frame({CaptureTime(1s), LinkType::ethernet, 0, frame});
  decoder.on_frame({CaptureTime(1s), LinkType::ethernet, 0, frame});
  EXPECT_EQ(decoder.counts().duplicates, 0U);
}

// --- Fragments -----------------------------------------------------------------------------------

/// One IPv4 fragment of `packet` (an IP packet with a header of 20 bytes).
std::string fragment(const std::string& packet, std::size_t offset, std::size_t size) {
  const std::string_view payload = std::string_view(packet).substr(20);
  const bool more = offset + size < payload.size();
  std::string piece = packet.substr(0, 20) + std::string(payload.substr(offset, size));
  const std::size_t field = (more ? 0x2000U : 0U) | offset / 8;
  piece[2] = static_cast<char>(piece.size() >> 8U);
  piece[3] = static_cast<char>(piece.size());
  piece[6] = static_cast<char>(field >> 8U);
  piece[7] = static_cast<char>(field);
  return piece;
}

const std::string long_text(2000, 'L');

TEST(Fragments, are_put_together_in_any_order) {
  const std::string packet = ip_of(datagram(long_text));
  const std::string pieces[] = {fragment(packet, 0, 800), fragment(packet, 800, 800),
                                fragment(packet, 1600, 800)};
  const int orders[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 2, 0}};
  for (const auto& order : orders) {
    RecordingSink sink;
    Decoder decoder(sink);
    Feeder feeder(decoder);
    for (const int piece : order) feeder.feed(pieces[piece], LinkType::raw);
    EXPECT_THAT(sink.lines, ElementsAre("3 5062 > 5060 udp " + long_text));
  }
}

TEST(Fragments, of_two_packets_do_not_mix) {
  const std::string first = ip_of(datagram(long_text, 1));
  const std::string other_text(2000, 'M');
  const std::string second = ip_of(datagram(other_text, 2));
  RecordingSink sink;
  Decoder decoder(sink);
  Feeder feeder(decoder);
  feeder.feed(fragment(first, 0, 1600), LinkType::raw);
  feeder.feed(fragment(second, 0, 1600), LinkType::raw);
  feeder.feed(fragment(second, 1600, 800), LinkType::raw);
  feeder.feed(fragment(first, 1600, 800), LinkType::raw);
  EXPECT_THAT(sink.lines,
              ElementsAre("3 5062 > 5060 udp " + other_text, "4 5062 > 5060 udp " + long_text));
}

TEST(Fragments, that_never_become_whole_say_nothing) {
  const std::string packet = ip_of(datagram(long_text));
  RecordingSink sink;
  Decoder decoder(sink);
  Feeder feeder(decoder);
  feeder.feed(fragment(packet, 0, 800), LinkType::raw);
  feeder.wait(61s);
  feeder.feed(fragment(packet, 800, 800), LinkType::raw);
  feeder.feed(fragment(packet, 1600, 800), LinkType::raw);
  EXPECT_THAT(sink.lines, IsEmpty());
}

TEST(Fragments, that_overlap_are_refused) {
  const std::string packet = ip_of(datagram(long_text));
  RecordingSink sink;
  Decoder decoder(sink);
  Feeder feeder(decoder);
  feeder.feed(fragment(packet, 0, 800), LinkType::raw);
  feeder.feed(fragment(packet, 792, 808), LinkType::raw);
  feeder.feed(fragment(packet, 1600, 800), LinkType::raw);
  EXPECT_THAT(sink.lines, IsEmpty());
}

TEST(Fragments, are_bounded_when_a_flood_never_completes) {
  RecordingSink sink;
  Decoder decoder(sink);
  Feeder feeder(decoder);
  const std::string first = ip_of(datagram(long_text, 1));
  feeder.feed(fragment(first, 0, 1600), LinkType::raw);
  for (std::uint16_t id = 2; id < 1000; ++id) {
    feeder.feed(fragment(ip_of(datagram(long_text, id)), 0, 1600), LinkType::raw);
  }
  feeder.feed(fragment(first, 1600, 800), LinkType::raw);
  EXPECT_THAT(sink.lines, IsEmpty());
}

}  // namespace
}  // namespace sipharness::capture
