// IP fragments: put together, given up, bounded.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/packet/checksum.hpp"
#include "tests/harness/capture/recording_sink.hpp"

namespace sipharness::capture {
namespace {

using packet::LinkType;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

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
  piece[10] = piece[11] = 0;
  const std::uint16_t checksum = packet::internet_checksum(std::string_view(piece).substr(0, 20));
  piece[10] = static_cast<char>(checksum >> 8U);
  piece[11] = static_cast<char>(checksum);
  return piece;
}

/// The same of an IPv6 packet.
std::string fragment_v6(const std::string& packet, std::size_t offset, std::size_t size) {
  const std::string_view payload = std::string_view(packet).substr(40);
  const bool more = offset + size < payload.size();
  const std::string_view part = payload.substr(offset, size);
  std::string piece = packet.substr(0, 40);
  piece[4] = static_cast<char>((part.size() + 8) >> 8U);
  piece[5] = static_cast<char>(part.size() + 8);
  piece[6] = 44;
  const std::size_t field = offset | (more ? 1 : 0);
  piece += std::string{17, 0, static_cast<char>(field >> 8U), static_cast<char>(field), 0, 0, 0, 7};
  return piece.append(part);
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

TEST(Fragments, that_never_become_whole_are_told_of) {
  const std::string packet = ip_of(datagram(long_text));
  RecordingSink sink;
  Decoder decoder(sink);
  Feeder feeder(decoder);
  feeder.feed(fragment(packet, 0, 800), LinkType::raw);
  feeder.wait(61s);
  feeder.feed(fragment(packet, 800, 800), LinkType::raw);
  feeder.feed(fragment(packet, 1600, 800), LinkType::raw);
  decoder.finish();
  EXPECT_THAT(sink.lines, ElementsAre("1 5062 > 5060 not whole " + long_text.substr(0, 792),
                                      "2 0 > 0 not whole "));
}

/// What is told of these fragments, fed one after the other.
std::vector<std::string> told_of(const std::vector<std::string>& fragments) {
  RecordingSink sink;
  Decoder decoder(sink);
  Feeder feeder(decoder);
  for (const std::string& one : fragments) feeder.feed(one, LinkType::raw);
  decoder.finish();
  return sink.lines;
}

TEST(Fragments, that_overlap_with_the_same_bytes_are_joined_over_ipv4) {
  const std::string packet = ip_of(datagram(long_text));
  EXPECT_THAT(told_of({fragment(packet, 0, 800), fragment(packet, 792, 808),
                       fragment(packet, 0, 1600), fragment(packet, 1600, 800)}),
              ElementsAre("4 5062 > 5060 udp " + long_text));
}

TEST(Fragments, that_overlap_with_other_bytes_are_refused_and_told) {
  const std::string packet = ip_of(datagram(long_text));
  std::string other = packet;
  other[20 + 796] = 'x';
  EXPECT_THAT(told_of({fragment(packet, 0, 800), fragment(other, 792, 808),
                       fragment(packet, 800, 800), fragment(packet, 1600, 800)}),
              ElementsAre(HasSubstr("1 5062 > 5060 in conflict")));
  EXPECT_THAT(told_of({fragment(packet, 1600, 408), fragment(ip_of(datagram("short")), 8, 8)}),
              ElementsAre(HasSubstr("1 0 > 0 in conflict")))
      << "with two ends";
}

TEST(Fragments, that_overlap_are_refused_over_ipv6) {
  const Endpoint from{*IpAddress::parse("fd00::1"), 5062};
  const Endpoint to{*IpAddress::parse("fd00::2"), 5060};
  const std::string packet = ip_of(packet::encode(packet::UdpDatagram{from, to, 0, long_text}));
  const std::string first = fragment_v6(packet, 0, 800);
  EXPECT_THAT(
      told_of({fragment_v6(packet, 1600, 800), first, first, fragment_v6(packet, 800, 800)}),
      ElementsAre("4 5062 > 5060 udp " + long_text))
      << "a copy is none";
  EXPECT_THAT(told_of({first, fragment_v6(packet, 792, 808), fragment_v6(packet, 1600, 800)}),
              ElementsAre(HasSubstr("1 5062 > 5060 in conflict")));
}

TEST(Fragments, that_come_again_behind_the_whole_are_copies) {
  const std::string packet = ip_of(datagram(long_text));
  const std::vector<std::string> pieces = {fragment(packet, 0, 1600), fragment(packet, 1600, 800)};
  EXPECT_THAT(told_of({pieces[0], pieces[1], pieces[0], pieces[1]}),
              ElementsAre("2 5062 > 5060 udp " + long_text));
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
  EXPECT_THAT(sink.lines, Each(HasSubstr("not whole")));
}

}  // namespace
}  // namespace sipharness::capture
