#include "harness/packet/hep.hpp"

#include <gtest/gtest.h>

#include "tests/harness/packet/bytes.hpp"

namespace sipharness::packet {
namespace {

const std::string head = from_hex(
    "00000001 0007 02 00000002 0007 11 00000003 000a c0000232 00000004 000a c000020a"
    "00000007 0008 13c4 00000008 0008 13ce 00000009 000a 6553f100 0000000a 000a 0007a120");

std::string hep(std::string chunks) {
  const auto size = 6 + chunks.size();
  return std::string("HEP3") + static_cast<char>(size >> 8U) + static_cast<char>(size) + chunks;
}

TEST(Hep, tells_addresses_time_and_message) {
  const std::string bytes = hep(head + from_hex("0000000b 0007 01 0000000f 0009") + "SIP");
  const auto packet = decode_hep(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->source.text(), "192.0.2.50:5060");
  EXPECT_EQ(packet->destination.text(), "192.0.2.10:5070");
  EXPECT_EQ(packet->at->time_since_epoch(), 1'700'000'000'500ms);
  EXPECT_EQ(packet->payload, "SIP");
}

TEST(Hep, gives_nothing_of_what_is_no_whole_sip_message) {
  const std::string sip = from_hex("0000000b 0007 01");
  const std::string message = from_hex("0000000f 0009") + "SIP";
  const std::pair<const char*, std::string> cases[] = {
      {"no payload", hep(head + sip)},
      {"RTCP", hep(head + from_hex("0000000b 0007 05") + message)},
      {"no address", hep(head.substr(0, 14) + sip + message)},
      {"a chunk without its header", hep(head + sip + message + from_hex("00000001 0003"))},
      {"a chunk beyond the end", hep(head + sip + from_hex("0000000f 0019") + "SIP")},
      {"another length", hep(head + sip + message) + "x"},
      {"another version", "HEP2" + hep(head + sip + message).substr(4)},
      {"nothing", ""},
  };
  for (const auto& [name, bytes] : cases) EXPECT_FALSE(decode_hep(bytes)) << name;
}

TEST(Hep, tells_the_same_of_the_earlier_versions) {
  struct Case {
    const char* name;
    std::string bytes;
    std::string source;
    Transport transport = Transport::udp;
    std::optional<std::chrono::milliseconds> at{};
  };
  constexpr auto at = 1'700'000'000'500ms;
  const std::string v4 = "c0000232 c000020a";
  const std::string v6 = "20010db8000000000000000000000032 20010db800000000000000000000000a";
  const Case cases[] = {
      {"1 of IPv4", from_hex("01 10 02 11 13c4 13ce" + v4), "192.0.2.50:5060"},
      {"1 of IPv6", from_hex("01 28 0a 11 13c4 13ce" + v6), "[2001:db8::32]:5060"},
      {"1 of TCP", from_hex("01 10 02 06 13c4 13ce" + v4), "192.0.2.50:5060", Transport::tcp},
      {"2, little-endian", from_hex("02 1c 02 11 13c4 13ce" + v4 + "00f15365 20a10700 d1070000"),
       "192.0.2.50:5060", Transport::udp, at},
      {"2, big-endian", from_hex("02 1c 02 11 13c4 13ce" + v4 + "6553f100 0007a120 000007d1"),
       "192.0.2.50:5060", Transport::udp, at},
      {"2 of IPv6", from_hex("02 34 0a 11 13c4 13ce" + v6 + "00f15365 20a10700 d1070000"),
       "[2001:db8::32]:5060", Transport::udp, at},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    const std::string bytes = one.bytes + "SIP/2.0 200 OK";
    const auto packet = decode_hep(bytes);
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->source.text(), one.source);
    EXPECT_EQ(packet->transport, one.transport);
    EXPECT_EQ(packet->at.has_value(), one.at.has_value());
    if (one.at) {
      EXPECT_EQ(packet->at->time_since_epoch(), *one.at);
    }
    EXPECT_EQ(packet->payload, "SIP/2.0 200 OK");
    for (std::size_t size = 0; size < one.bytes.size() + 3; ++size)
      EXPECT_FALSE(decode_hep(std::string_view(bytes).substr(0, size))) << size;
    EXPECT_FALSE(decode_hep(one.bytes + "\x01\x02\x03")) << "no message";
  }
}

TEST(Hep, is_named_where_it_is_not_decoded) {
  const std::string sip = from_hex("0000000b 0007 01");
  EXPECT_EQ(hep_name(hep(head + sip + from_hex("00000010 0009") + "zip")), "compressed HEP");
  EXPECT_EQ(hep_name(hep(head + from_hex("0000000b 0007 05"))), "HEP");
  EXPECT_EQ(hep_name("HEP3...."), "HEP");
  EXPECT_EQ(hep_name("INVITE sip:x SIP/2.0"), "");
}

}  // namespace
}  // namespace sipharness::packet
