#include "harness/sip/address.hpp"

#include <gtest/gtest.h>

namespace sipharness::sip {
namespace {

struct AddressCase {
  const char* name;
  std::string_view value;
  std::string_view display_name;
  std::string_view uri;
  std::string_view parameters;
  bool in_brackets;
};

class ReadableAddress : public testing::TestWithParam<AddressCase> {};

TEST_P(ReadableAddress, is_taken_apart) {
  const AddressCase& expected = GetParam();
  const auto address = parse_address(expected.value);
  ASSERT_TRUE(address);
  EXPECT_EQ(address->display_name, expected.display_name);
  EXPECT_EQ(address->uri, expected.uri);
  EXPECT_EQ(address->parameters, expected.parameters);
  EXPECT_EQ(address->in_brackets, expected.in_brackets);
}

INSTANTIATE_TEST_SUITE_P(
    Address, ReadableAddress,
    testing::Values(
        AddressCase{"bare", "sip:1001@host", "", "sip:1001@host", "", false},
        AddressCase{"bare_with_tag", "sip:1001@host;tag=a1", "", "sip:1001@host", ";tag=a1", false},
        AddressCase{"bare_with_blanks", " sip:1001@host ; tag=a1 ", "", "sip:1001@host", "; tag=a1",
                    false},
        AddressCase{"bracketed", "<sip:1001@host;lr>;tag=a1", "", "sip:1001@host;lr", ";tag=a1",
                    true},
        AddressCase{"token_name", "Bob Marley <sip:b@host>", "Bob Marley", "sip:b@host", "", true},
        AddressCase{"quoted_name", R"("A, <x> \"B\"" <sip:b@host>;tag=1)", R"(A, <x> \"B\")",
                    "sip:b@host", ";tag=1", true},
        AddressCase{"escaped_backslash", R"("\\" <sip:b@host>)", R"(\\)", "sip:b@host", "", true},
        AddressCase{"no_blank_before_bracket", "\"Bob\"<sip:b@host>", "Bob", "sip:b@host", "",
                    true},
        AddressCase{"other_scheme", "<tel:+1-201-555-0123>", "", "tel:+1-201-555-0123", "", true},
        AddressCase{"folded", "\"Bob\"\r\n <sip:b@host>\r\n ;tag=1", "Bob", "sip:b@host", ";tag=1",
                    true},
        AddressCase{"star", "*", "", "*", "", false}),
    [](const auto& instance) { return instance.param.name; });

TEST(Address, nothing_where_no_uri_can_be_found) {
  for (const std::string_view value : {"", " ", "Bob", "<>", "<sip:b@host", "\"Bob <sip:b@host>",
                                       "<1001>", ":b", ";tag=1", "\"Bob\""}) {
    EXPECT_FALSE(parse_address(value)) << value;
  }
}

TEST(Address, parameters_are_found_without_case_and_without_quotes) {
  const auto address =
      parse_address(R"(<sip:b@host>;Expires=60;+sip.instance="<urn:x;y>";q = 0.5)");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->parameter("expires"), "60");
  EXPECT_EQ(address->parameter("+SIP.instance"), "<urn:x;y>");
  EXPECT_EQ(address->parameter("q"), "0.5");
  EXPECT_FALSE(address->parameter("y"));
}

TEST(Address, a_parameter_without_value_is_there_and_empty) {
  EXPECT_EQ(find_parameter(";lr;a=;b=1", "lr"), "");
  EXPECT_EQ(find_parameter(";lr;a=;b=1", "a"), "");
  EXPECT_EQ(find_parameter(";lr;a=;b=1", "b"), "1");
  EXPECT_FALSE(find_parameter("", "lr"));
  EXPECT_FALSE(find_parameter("lr", "lr"));
}

TEST(Address, a_quoted_value_that_does_not_end_takes_the_rest) {
  EXPECT_EQ(find_parameter(";a=\"x;b=1", "a"), "\"x;b=1");
  EXPECT_FALSE(find_parameter(";a=\"x;b=1", "b"));
}

TEST(AddressList, commas_in_quotes_and_brackets_do_not_separate) {
  const auto addresses =
      parse_addresses(R"("Doe, John" <sip:j@a;x=1,2>;q=1 ,<sip:k@b>;note="a,b", sip:l@c)");
  ASSERT_EQ(addresses.size(), 3U);
  EXPECT_EQ(addresses[0].display_name, "Doe, John");
  EXPECT_EQ(addresses[0].uri, "sip:j@a;x=1,2");
  EXPECT_EQ(addresses[1].parameter("note"), "a,b");
  EXPECT_EQ(addresses[2].uri, "sip:l@c");
}

TEST(AddressList, unreadable_members_are_left_out) {
  const auto addresses = parse_addresses(",,junk,<sip:a@b>,<sip:c");
  ASSERT_EQ(addresses.size(), 1U);
  EXPECT_EQ(addresses[0].uri, "sip:a@b");
}

TEST(AddressList, a_quote_inside_brackets_does_not_swallow_the_next_member) {
  const auto addresses = parse_addresses("<sip:a\"b@c>,<sip:d@e>");
  ASSERT_EQ(addresses.size(), 2U);
  EXPECT_EQ(addresses[1].uri, "sip:d@e");
}

}  // namespace
}  // namespace sipharness::sip
