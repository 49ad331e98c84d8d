#include "harness/stage/place/addresses.hpp"

#include <set>

#include <gtest/gtest.h>

#include "tests/harness/stage/servers.hpp"

namespace sipharness::stage {
namespace {

TEST(Addresses, are_local_without_any_set_up) {
  struct Case {
    std::string_view name;
    Addresses addresses;
    std::string primary;
    std::string secondary;
    std::string device;
  };
  for (const Case& c :
       {Case{"simulated", default_addresses(false, true), "127.0.0.11", "127.0.0.12",
             "127.0.0.1:5062"},
        Case{"real", default_addresses(false, false), "127.0.0.11", "127.0.0.12", "127.0.0.1:0"},
        Case{"simulated IPv6", default_addresses(true, true), "fd00::11", "fd00::12",
             "[fd00::1]:5062"},
        Case{"real IPv6", default_addresses(true, false), "::1", "::1", "[::1]:0"}}) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(c.addresses.primary.text(), c.primary);
    EXPECT_EQ(c.addresses.secondary.text(), c.secondary);
    EXPECT_EQ(c.addresses.device.text(), c.device);
  }
}

TEST(Addresses, of_parallel_runs_are_all_different) {
  constexpr unsigned slots = 64;
  std::set<IpAddress> seen;
  for (unsigned slot = 0; slot < slots; ++slot) {
    const Addresses addresses = addresses_of_slot(slot);
    seen.insert({addresses.primary, addresses.secondary, addresses.device.address});
    EXPECT_EQ(addresses.primary.bytes()[0], 127);
    EXPECT_EQ(addresses.device.port, 0);
    const Addresses common = default_addresses(false, false);
    EXPECT_FALSE(seen.contains(common.primary) || seen.contains(common.device.address));
  }
  EXPECT_EQ(seen.size(), 3U * slots);
}

TEST(Addresses, of_several_devices_are_all_different) {
  for (const bool ipv6 : {false, true}) {
    const Addresses addresses = default_addresses(ipv6, true);
    EXPECT_EQ(device_endpoints(addresses.device, 1), std::vector{addresses.device});
    const auto herd = device_endpoints(addresses.device, 10'000);
    std::set<IpAddress> seen{addresses.primary, addresses.secondary, addresses.name_server};
    for (const Endpoint& one : herd) {
      EXPECT_EQ(one.port, addresses.device.port);
      seen.insert(one.address);
    }
    EXPECT_EQ(seen.size(), 10'003U);
  }
}

TEST(Addresses, of_a_device_that_moves_are_its_own_and_lead_back) {
  std::set<IpAddress> seen;
  for (const bool ipv6 : {false, true})
    for (const Endpoint& one : device_endpoints(default_addresses(ipv6, true).device, 1000)) {
      const auto elsewhere = elsewhere_from(one.address);
      ASSERT_TRUE(elsewhere);
      EXPECT_EQ(elsewhere_from(*elsewhere), one.address);
      seen.insert({one.address, *elsewhere});
    }
  EXPECT_EQ(seen.size(), 4000U);
  for (const std::string_view only : {"::1", "192.0.2.5", "2001:db8::5"})
    EXPECT_EQ(elsewhere_from(*IpAddress::parse(only)), std::nullopt) << only;
}

TEST(Addresses, fill_in_only_what_the_scenario_leaves_open) {
  scenario::Scenario scenario = two_servers();
  scenario.servers[0].address = IpAddress::parse("10.0.0.5");
  scenario.servers[1].address = std::nullopt;
  const scenario::Scenario filled = with_addresses(scenario, default_addresses(false, true));
  EXPECT_EQ(filled.server("primary").address->text(), "10.0.0.5");
  EXPECT_EQ(filled.server("secondary").address->text(), "127.0.0.12");
}

}  // namespace
}  // namespace sipharness::stage
