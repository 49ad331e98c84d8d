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
  EXPECT_EQ(packet->at.time_since_epoch(), 1'700'000'000'500ms);
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

}  // namespace
}  // namespace sipharness::packet
