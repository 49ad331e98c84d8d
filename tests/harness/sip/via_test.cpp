#include "harness/sip/via.hpp"

#include <gtest/gtest.h>

namespace sipharness::sip {
namespace {

Via read(std::string_view value) {
  Via via;
  EXPECT_TRUE(parse_via(value, via)) << value;
  return via;
}

TEST(Via, the_usual_one) {
  const Via via = read("SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1;rport");
  EXPECT_EQ(via.transport, "UDP");
  EXPECT_EQ(via.host, "127.0.0.1");
  EXPECT_EQ(via.port, 5060);
  EXPECT_EQ(via.sent_by, "127.0.0.1:5060");
  EXPECT_EQ(via.branch, "z9hG4bK1");
  EXPECT_TRUE(via.has_rport);
  EXPECT_FALSE(via.rport);
}

TEST(Via, one_that_a_server_filled_in) {
  const Via via = read("SIP/2.0/TCP phone;branch=z9hG4bK2;rport=40123;received=192.0.2.1");
  EXPECT_EQ(via.port, 0);
  EXPECT_EQ(via.rport, 40123);
  EXPECT_EQ(via.received, "192.0.2.1");
}

TEST(Via, ipv6) {
  const Via via = read("SIP/2.0/UDP [2001:db8::9:1]:5062;received=[2001:db8::9:255];branch=b");
  EXPECT_EQ(via.host, "2001:db8::9:1");
  EXPECT_EQ(via.port, 5062);
  EXPECT_EQ(via.received, "2001:db8::9:255");
  EXPECT_EQ(read("SIP/2.0/UDP [::1];branch=b").host, "::1");
}

TEST(Via, blanks_wherever_the_grammar_lets_them_be) {
  const Via via =
      read("SIP  / 2.0\r\n /\tUDP   first.example.com : 4000 ; ttl = 16 ; branch = b1 ");
  EXPECT_EQ(via.transport, "UDP");
  EXPECT_EQ(via.host, "first.example.com");
  EXPECT_EQ(via.port, 4000);
  EXPECT_EQ(via.branch, "b1");
}

TEST(Via, the_first_of_several_in_one_line) {
  const Via via = read("SIP/2.0/UDP a;branch=b1;x=\"1,2\", SIP/2.0/TCP b;branch=b2;rport");
  EXPECT_EQ(via.host, "a");
  EXPECT_EQ(via.branch, "b1");
  EXPECT_FALSE(via.has_rport);
}

TEST(Via, what_could_be_read_of_a_bad_one_is_there) {
  Via via;
  EXPECT_FALSE(parse_via("SIP/2.0/UDP host:port;branch=b1", via));
  EXPECT_EQ(via.host, "host");
  EXPECT_EQ(via.branch, "b1");
}

TEST(Via, unreadable_ones) {
  for (const std::string_view value :
       {"", "SIP/2.0", "SIP/2.0/UDP", "SIP/2.0/UDP ;branch=b", "SIP/3.0/UDP host",
        "HTTP/2.0/UDP host", "SIP/2.0/UDP [::1", "SIP/2.0/UDP host:99999", "SIP/2.0/UDP two hosts",
        "host;branch=b", "SIP/2.0/ host", "SIP/2.0/UDP host:"}) {
    Via via;
    EXPECT_FALSE(parse_via(value, via)) << value;
  }
}

struct Stamping {
  const char* name;
  std::string_view via;
  std::string_view stamped;
};

class StampedVia : public testing::TestWithParam<Stamping> {};

/// The request came from 192.0.2.1:40123. @source RFC 3261 §18.2.1, RFC 3581 §4
TEST_P(StampedVia, tells_where_the_request_came_from) {
  EXPECT_EQ(stamped_via(GetParam().via, *Endpoint::parse("192.0.2.1:40123")), GetParam().stamped);
}

INSTANTIATE_TEST_SUITE_P(
    Via, StampedVia,
    testing::Values(Stamping{"same_address_no_rport", "SIP/2.0/UDP 192.0.2.1;branch=b",
                             "SIP/2.0/UDP 192.0.2.1;branch=b"},
                    Stamping{"other_address", "SIP/2.0/UDP 10.0.0.1:5060;branch=b",
                             "SIP/2.0/UDP 10.0.0.1:5060;branch=b;received=192.0.2.1"},
                    Stamping{"name", "SIP/2.0/UDP phone;branch=b",
                             "SIP/2.0/UDP phone;branch=b;received=192.0.2.1"},
                    Stamping{"rport_makes_received_too", "SIP/2.0/UDP 192.0.2.1;rport;branch=b",
                             "SIP/2.0/UDP 192.0.2.1;rport=40123;branch=b;received=192.0.2.1"},
                    Stamping{"the_peer_may_not_forge",
                             "SIP/2.0/UDP 10.0.0.1;received=1.2.3.4;rport=9;branch=b",
                             "SIP/2.0/UDP 10.0.0.1;rport=40123;branch=b;received=192.0.2.1"},
                    Stamping{"only_the_first", "SIP/2.0/UDP a;branch=b, SIP/2.0/UDP c;rport",
                             "SIP/2.0/UDP a;branch=b;received=192.0.2.1, SIP/2.0/UDP c;rport"},
                    Stamping{"quotes_stay", "SIP/2.0/UDP a;x=\"1;2,3\";branch=b",
                             "SIP/2.0/UDP a;x=\"1;2,3\";branch=b;received=192.0.2.1"},
                    Stamping{"unreadable_stays", "nonsense;rport", "nonsense;rport"}),
    [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace sipharness::sip
