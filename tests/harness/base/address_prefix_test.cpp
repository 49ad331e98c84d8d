#include "harness/base/address_prefix.hpp"

#include <gtest/gtest.h>

namespace sipharness {
namespace {

bool holds(std::string_view prefix, std::string_view address) {
  return AddressPrefix::parse(prefix)->contains(*IpAddress::parse(address));
}

TEST(AddressPrefix, holds_the_addresses_that_begin_with_it) {
  EXPECT_TRUE(holds("192.0.2.0/24", "192.0.2.255"));
  EXPECT_FALSE(holds("192.0.2.0/24", "192.0.3.0"));
  EXPECT_TRUE(holds("192.0.2.128/25", "192.0.2.129"));
  EXPECT_FALSE(holds("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(holds("0.0.0.0/0", "203.0.113.9"));
  EXPECT_FALSE(holds("0.0.0.0/0", "::1"));
  EXPECT_TRUE(holds("fd00::/8", "fd12::1"));
  EXPECT_FALSE(holds("fd00::/8", "fe80::1"));
}

TEST(AddressPrefix, without_a_length_is_one_address) {
  EXPECT_TRUE(holds("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(holds("192.0.2.1", "192.0.2.2"));
  EXPECT_TRUE(holds("::1", "::1"));
}

TEST(AddressPrefix, refuses_what_is_none) {
  for (const auto text : {"", "/8", "192.0.2.0/33", "::/129", "192.0.2.0/", "192.0.2.0/-1",
                          "192.0.2.0/8x", "192.0.2/24", "example.test"})
    EXPECT_FALSE(AddressPrefix::parse(text).has_value()) << text;
}

}  // namespace
}  // namespace sipharness
