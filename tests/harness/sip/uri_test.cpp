#include "harness/sip/uri.hpp"

#include <gtest/gtest.h>

namespace sipharness::sip {
namespace {

TEST(Uri, every_part_is_found) {
  const auto uri = parse_uri("sips:al;ice%40:se%63ret@[2001:db8::1]:5071;transport=tcp;lr?a=b&c=d");
  ASSERT_TRUE(uri);
  EXPECT_EQ(uri->scheme, "sips");
  EXPECT_EQ(uri->user, "al;ice%40");
  EXPECT_EQ(uri->password, "se%63ret");
  EXPECT_EQ(uri->host, "2001:db8::1");
  EXPECT_EQ(uri->port, 5071);
  EXPECT_EQ(uri->parameters, ";transport=tcp;lr");
  EXPECT_EQ(uri->headers, "?a=b&c=d");
  EXPECT_EQ(uri->parameter("Transport"), "tcp");
  EXPECT_EQ(uri->parameter("lr"), "");
  EXPECT_FALSE(uri->parameter("maddr"));
}

TEST(Uri, a_bare_host_is_enough) {
  const auto uri = parse_uri("sip:example.com");
  ASSERT_TRUE(uri);
  EXPECT_FALSE(uri->has_user());
  EXPECT_EQ(uri->host, "example.com");
  EXPECT_EQ(uri->port, 0);
  EXPECT_FALSE(uri->endpoint());
}

TEST(Uri, tel_has_a_number_and_no_host) {
  const auto uri = parse_uri("tel:+1-201-555-0123;phone-context=example.com");
  ASSERT_TRUE(uri);
  EXPECT_EQ(uri->user, "+1-201-555-0123");
  EXPECT_TRUE(uri->host.empty());
  EXPECT_EQ(uri->parameter("phone-context"), "example.com");
}

TEST(Uri, a_numeric_host_is_an_endpoint_with_5060_by_default) {
  EXPECT_EQ(parse_uri("sip:a@127.0.0.11:5070")->endpoint(), Endpoint::parse("127.0.0.11:5070"));
  EXPECT_EQ(parse_uri("sip:a@127.0.0.11")->endpoint(), Endpoint::parse("127.0.0.11:5060"));
  EXPECT_EQ(parse_uri("sip:[::1]:5070")->endpoint(), Endpoint::parse("[::1]:5070"));
}

TEST(Uri, what_is_no_sip_uri_is_refused) {
  for (const std::string_view text :
       {"", "sip", "sip:", "http://example.com", "sip:@host", "sip:a@",
        "sip:a@host:", "sip:a@host:0", "sip:a@host:65536", "sip:a@host:5o60", "sip:a@[::1",
        "sip:a@[::1]5060", "sip:a b@host", "sip:a@host;x=\"1\"", "<sip:a@host>", "sip:a@ho\r\nst",
        "sip:a@b@c", "tel:", "sip:a@h\xC3\xB6st"}) {
    EXPECT_FALSE(parse_uri(text)) << text;
  }
}

struct Pair {
  const char* name;
  std::string_view a;
  std::string_view b;
  bool same;
};

class UriComparison : public testing::TestWithParam<Pair> {};

/// The examples of RFC 3261 §19.1.4 and what its rules imply.
TEST_P(UriComparison, follows_19_1_4_both_ways) {
  EXPECT_EQ(same_uri(GetParam().a, GetParam().b), GetParam().same);
  EXPECT_EQ(same_uri(GetParam().b, GetParam().a), GetParam().same);
}

INSTANTIATE_TEST_SUITE_P(
    Same, UriComparison,
    testing::Values(Pair{"escape_and_case", "sip:%61lice@atlanta.com;transport=TCP",
                         "sip:alice@AtLanTa.CoM;Transport=tcp", true},
                    Pair{"unknown_parameter_on_one_side", "sip:carol@chicago.com",
                         "sip:carol@chicago.com;newparam=5", true},
                    Pair{"unknown_parameter_on_the_other", "sip:carol@chicago.com",
                         "sip:carol@chicago.com;security=on", true},
                    Pair{"different_unknown_parameters", "sip:carol@chicago.com;newparam=5",
                         "sip:carol@chicago.com;security=on", true},
                    Pair{"order_of_parameters",
                         "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40b.com",
                         "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40b.com", true},
                    Pair{"order_of_headers",
                         "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
                         "sip:alice@atlanta.com?priority=urgent&subject=project%20x", true},
                    Pair{"lr_is_no_difference", "sip:a@b;lr", "sip:a@b", true},
                    Pair{"ipv6_spelling", "sip:a@[2001:db8::1]", "sip:a@[2001:DB8:0::1]", true},
                    Pair{"unreadable_but_equal_bytes", "sip:a b", "sip:a b", true}),
    [](const auto& instance) { return instance.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Different, UriComparison,
    testing::Values(
        Pair{"user_case", "SIP:ALICE@AtLanTa.CoM;Transport=udp",
             "sip:alice@AtLanTa.CoM;Transport=UDP", false},
        Pair{"default_port", "sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false},
        Pair{"default_transport", "sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false},
        Pair{"port_and_transport", "sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp",
             false},
        Pair{"header_on_one_side", "sip:carol@chicago.com",
             "sip:carol@chicago.com?Subject=next%20meeting", false},
        Pair{"name_and_address", "sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false},
        Pair{"parameter_values", "sip:carol@chicago.com;security=on",
             "sip:carol@chicago.com;security=off", false},
        Pair{"scheme", "sip:a@b", "sips:a@b", false}, Pair{"no_user", "sip:b", "sip:a@b", false},
        Pair{"password", "sip:a:x@b", "sip:a:X@b", false},
        Pair{"maddr_on_one_side", "sip:a@b;maddr=c", "sip:a@b", false},
        Pair{"user_parameter_on_one_side", "sip:1@b;user=phone", "sip:1@b", false},
        Pair{"escaped_reserved_character", "sip:a%3Bb@c", "sip:a;b@c", false},
        Pair{"one_unreadable", "sip:a b", "sip:ab@c", false}),
    [](const auto& instance) { return instance.param.name; });

TEST(UriText, make_uri_writes_user_and_transport_only_where_there_are_any) {
  const Endpoint v4 = *Endpoint::parse("127.0.0.11:5070");
  EXPECT_EQ(make_uri("1001", v4), "sip:1001@127.0.0.11:5070");
  EXPECT_EQ(make_uri("", v4, Transport::tcp), "sip:127.0.0.11:5070;transport=tcp");
  EXPECT_EQ(make_uri("a", *Endpoint::parse("[::1]:5060")), "sip:a@[::1]:5060");
}

}  // namespace
}  // namespace sipharness::sip
