#include "harness/packet/checksum.hpp"

#include <gtest/gtest.h>

#include "tests/harness/packet/bytes.hpp"

namespace sipharness::packet {
namespace {

struct KnownAnswer {
  const char* name;
  const char* bytes;
  std::uint16_t checksum;
};

TEST(InternetChecksum, gives_the_known_answers) {
  const KnownAnswer answers[] = {
      {"nothing", "", 0xffff},
      {"RFC 1071 section 3", "0001 f203 f4f5 f6f7", 0x220d},
      {"an odd byte is padded with zero", "0001 f203 f4f5 f6f7 01", 0x210d},
      {"an IPv4 header", "4500 0073 0000 4000 4011 0000 c0a8 0001 c0a8 00c7", 0xb861},
      {"a carry out of the carry", "ffff ffff 0001", 0xfffe},
  };
  for (const KnownAnswer& answer : answers)
    EXPECT_EQ(internet_checksum(from_hex(answer.bytes)), answer.checksum) << answer.name;
}

TEST(InternetChecksum, is_zero_over_bytes_that_hold_their_own) {
  EXPECT_EQ(internet_checksum(from_hex("4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7")), 0);
}

TEST(TransportChecksum, covers_the_ipv4_pseudo_header) {
  const std::string datagram = from_hex("0001 0002 000a 0000 6162");
  EXPECT_EQ(transport_checksum(*IpAddress::parse("10.0.0.1"), *IpAddress::parse("10.0.0.2"), 17,
                               datagram),
            0x8a72);
}

TEST(TransportChecksum, covers_the_ipv6_pseudo_header) {
  // Addresses 1 and 2, length 0a, protocol 11, then the words of the datagram.
  const std::string datagram = from_hex("0001 0002 000a 0000 6162");
  EXPECT_EQ(transport_checksum(*IpAddress::parse("::1"), *IpAddress::parse("::2"), 17, datagram),
            0xffff - (0x1 + 0x2 + 0xa + 0x11 + 0x1 + 0x2 + 0xa + 0x6162));
}

TEST(ChecksumSum, does_not_care_how_even_pieces_are_cut) {
  ChecksumSum pieces;
  pieces.add(std::uint16_t{0x0001});
  pieces.add(from_hex("f203"));
  pieces.add(from_hex("f4f5 f6f7"));
  EXPECT_EQ(pieces.checksum(), 0x220d);
}

}  // namespace
}  // namespace sipharness::packet
