#include "harness/base/endpoint.hpp"

#include <set>

#include <gtest/gtest.h>

namespace sipharness {
namespace {

TEST(IpAddress, is_read_and_written) {
  for (const char* text :
       {"127.0.0.11", "0.0.0.0", "255.255.255.255", "::1", "fd00::1:2", "2001:db8:1:2:3:4:5:6"}) {
    const auto address = IpAddress::parse(text);
    ASSERT_TRUE(address.has_value()) << text;
    EXPECT_EQ(address->text(), text);
  }
}

TEST(IpAddress, refuses_what_is_none) {
  for (const char* text : {"", "1.2.3", "1.2.3.256", "[::1]", "localhost", "1.2.3.4 ", ":::"})
    EXPECT_FALSE(IpAddress::parse(text).has_value()) << text;
}

TEST(IpAddress, stands_in_brackets_in_a_uri_if_it_is_ipv6) {
  EXPECT_EQ(IpAddress::parse("10.0.0.1")->uri_text(), "10.0.0.1");
  EXPECT_EQ(IpAddress::parse("::1")->uri_text(), "[::1]");
}

TEST(IpAddress, keeps_families_apart) {
  EXPECT_NE(IpAddress::v4({0, 0, 0, 0}), IpAddress::v6({}));
  EXPECT_TRUE(IpAddress::v4({1, 2, 3, 4}).is_v4());
  EXPECT_FALSE(IpAddress::v6({1, 2, 3, 4}).is_v4());
}

TEST(Endpoint, is_read_and_written) {
  for (const char* text : {"127.0.0.11:5070", "[::1]:5070", "10.0.0.1:0", "10.0.0.1:65535"}) {
    const auto endpoint = Endpoint::parse(text);
    ASSERT_TRUE(endpoint.has_value()) << text;
    EXPECT_EQ(endpoint->text(), text);
  }
}

TEST(Endpoint, refuses_what_is_none) {
  for (const char* text : {"", "10.0.0.1", "10.0.0.1:", "10.0.0.1:65536", "10.0.0.1:-1",
                           "10.0.0.1:5a", "::1:5060", "[10.0.0.1]:5060", "[]:1", "host:5060"})
    EXPECT_FALSE(Endpoint::parse(text).has_value()) << text;
}

TEST(EndpointHash, spreads_neighbours) {
  std::set<std::size_t> hashes;
  for (std::uint8_t host = 0; host < 20; ++host) {
    for (std::uint16_t port = 5060; port < 5080; ++port)
      hashes.insert(EndpointHash()({IpAddress::v4({127, 0, 0, host}), port}));
  }
  EXPECT_EQ(hashes.size(), 400U);
}

TEST(Transport, is_named_as_in_a_scenario) {
  EXPECT_EQ(to_string(Transport::udp), "udp");
  EXPECT_EQ(to_string(Transport::tcp), "tcp");
}

}  // namespace
}  // namespace sipharness
