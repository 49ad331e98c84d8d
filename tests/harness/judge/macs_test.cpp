#include "harness/judge/macs.hpp"

#include <gtest/gtest.h>

namespace sipharness::judge {
namespace {

struct MacCase {
  const char* text;
  const char* mac;
};

TEST(Macs, of_a_user_agent_are_a_word_of_twelve_hexadecimal_digits) {
  for (const MacCase& c :
       {MacCase{"Yealink SIP-T46U 108.86.0.20 C074AD0D1234", "c074ad0d1234"},
        MacCase{"snom370/8.4.35 c0:74:ad:0d:12:34", "c074ad0d1234"},
        MacCase{"Grandstream GRP2614 1.0.11.6", ""}, MacCase{"Phone 1.0 202401010000", ""},
        MacCase{"Phone c074ad0d12345", ""}, MacCase{"", ""}})
    EXPECT_EQ(mac_in_user_agent(c.text), c.mac) << c.text;
}

TEST(Macs, of_a_contact_end_an_instance_id_that_has_no_time) {
  for (const MacCase& c :
       {MacCase{"<sip:1001@192.0.2.50:5060>;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-"
                "C074AD0D1234>\"",
                "c074ad0d1234"},
        MacCase{"<sip:1001@192.0.2.50>;+sip.instance=\"<urn:uuid:f81d4fae-7dec-41d0-a765-"
                "00a0c91e6bf6>\"",
                ""},
        MacCase{"<sip:1001@192.0.2.50>;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-C0", ""},
        MacCase{"*", ""}})
    EXPECT_EQ(mac_in_contact(c.text), c.mac) << c.text;
}

}  // namespace
}  // namespace sipharness::judge
