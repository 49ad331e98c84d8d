#include "harness/stage/place/bind.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/setup_error.hpp"
#include "tests/harness/stage/servers.hpp"

namespace sipharness::stage {
namespace {

using testing::AllOf;
using testing::HasSubstr;

IpAddress address(std::string_view text) {
  return *IpAddress::parse(text);
}

const std::vector<host::LocalAddress> present{
    {"lo", address("127.0.0.1"), true, true},       {"lo", address("::1"), true, true},
    {"eth0", address("10.0.0.1"), false, true},     {"eth0", address("fd00::1"), false, true},
    {"eth0", address("10.0.0.2"), false, true},     {"eth0", address("10.0.0.3"), false, true},
    {"eth1", address("192.168.7.1"), false, false},
};

std::string refusal(const std::vector<std::string>& words, bool ipv6 = false) {
  try {
    bound_addresses(words, ipv6, present);
  } catch (const SetupError& error) {
    return error.what();
  }
  return "taken";
}

TEST(Bind, one_address_is_shared) {
  const Addresses bound = bound_addresses({"10.0.0.2"}, false, present);
  EXPECT_EQ(bound.primary.text(), "10.0.0.2");
  EXPECT_EQ(bound.secondary.text(), "10.0.0.2");
}

TEST(Bind, two_addresses_are_the_primarys_and_the_secondarys) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"10.0.0.2,10.0.0.1"}, {"10.0.0.2", "10.0.0.1"}}) {
    const Addresses bound = bound_addresses(words, false, present);
    EXPECT_EQ(bound.primary.text(), "10.0.0.2");
    EXPECT_EQ(bound.secondary.text(), "10.0.0.1");
  }
}

TEST(Bind, a_third_address_is_the_spares) {
  EXPECT_EQ(bound_addresses({"10.0.0.2,10.0.0.1"}, false, present).spare.text(), "10.0.0.2");
  const Addresses bound = bound_addresses({"eth0", "10.0.0.3"}, false, present);
  EXPECT_EQ(bound.secondary.text(), "10.0.0.2");
  EXPECT_EQ(bound.spare.text(), "10.0.0.3");
}

TEST(Bind, an_interface_stands_for_its_first_two_addresses_of_the_family) {
  const Addresses bound = bound_addresses({"eth0"}, false, present);
  EXPECT_EQ(bound.primary.text(), "10.0.0.1");
  EXPECT_EQ(bound.secondary.text(), "10.0.0.2");
  EXPECT_EQ(bound_addresses({"eth0"}, true, present).secondary.text(), "fd00::1");
}

TEST(Bind, all_of_127_is_local) {
  EXPECT_EQ(bound_addresses({"127.9.9.9"}, false, present).primary.text(), "127.9.9.9");
}

TEST(Bind, refusals_say_what_there_is) {
  EXPECT_THAT(refusal({"10.0.0.9"}),
              AllOf(HasSubstr("--bind 10.0.0.9: no interface has this"),
                    HasSubstr("10.0.0.1 (eth0)"), HasSubstr("192.168.7.1 (eth1, down)")));
  EXPECT_THAT(refusal({"wlan7"}), HasSubstr("neither an address nor an interface"));
  EXPECT_THAT(refusal({"eth1"}, true), HasSubstr("has no IPv6 address"));
  EXPECT_THAT(refusal({"10.0.0.1"}, true), HasSubstr("the scenario wants IPv6"));
  EXPECT_THAT(refusal({"eth0", "10.0.0.3,127.0.0.1"}), HasSubstr("more than three"));
  EXPECT_THAT(refusal({"10.0.0.1", "192.168.7.1"}), HasSubstr("on one interface"));
  EXPECT_THAT(refusal({","}), HasSubstr("is needed"));
}

TEST(Bind, two_servers_at_one_endpoint_are_refused) {
  scenario::Scenario scenario = two_servers();
  EXPECT_NO_THROW(require_endpoints_of_their_own(scenario));
  scenario.servers[1].address = scenario.servers[0].address;
  EXPECT_NO_THROW(require_endpoints_of_their_own(scenario));
  scenario.servers[1].port = scenario.servers[0].port;
  EXPECT_THROW(require_endpoints_of_their_own(scenario), SetupError);
}

}  // namespace
}  // namespace sipharness::stage
