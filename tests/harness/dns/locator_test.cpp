#include "harness/dns/locator.hpp"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/world_sim/simulated_world.hpp"

namespace sipharness::dns {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;

const Endpoint name_server_at = *Endpoint::parse("10.0.0.13:53");
const IpAddress host_at = *IpAddress::parse("10.0.0.1");

/// Says of each name what stands there.
class Zone final : public world::DatagramHandler {
 public:
  explicit Zone(world::World& world) : port_(world.open_datagram(name_server_at, *this)) {}

  std::map<std::string, std::vector<Answer>> addresses;
  std::map<std::string, std::vector<Service>> services;
  std::vector<std::string> asked;

 private:
  void on_datagram(const Endpoint& from, std::string_view payload) override {
    Message message = *parse(payload);
    asked.push_back(message.name);
    message.is_response = true;
    if (message.type == RecordType::srv)
      message.services = services[message.name];
    else
      message.answers = addresses[message.name];
    port_->send(from, encode(message));
  }
  void on_unreachable(const Endpoint&, Unreachable) override {}

  std::unique_ptr<world::DatagramPort> port_;
};

struct LocatorBench {
  world_sim::SimulatedWorld world;
  Zone zone{world};
  Resolver resolver{world, Rng(1), host_at, name_server_at};
  Locator locator{resolver, Rng(2)};

  LocatorBench() {
    for (const char* machine : {"1", "2", "3"})
      zone.addresses[std::string(machine) + ".test"] = {
          {*IpAddress::parse("10.0.1." + std::string(machine)), seconds(60)}};
  }
  std::vector<std::string> found(const Locator::Wanted& wanted) {
    std::vector<std::string> places;
    locator.locate(wanted, [&](const std::vector<Endpoint>& endpoints) {
      for (const Endpoint& endpoint : endpoints) places.push_back(endpoint.text());
    });
    EXPECT_TRUE(places.empty()) << "never from inside";
    EXPECT_TRUE(world.run(world.now() + 1s));
    return places;
  }
};

const Locator::Wanted domain{.host = "p.test", .port = {}, .service = "_sip._udp"};

TEST(Locator, asks_for_addresses_alone_where_a_port_is_given) {
  LocatorBench bench;
  bench.zone.addresses["p.test"] = {{*IpAddress::parse("10.0.1.1"), seconds(60)},
                                    {*IpAddress::parse("10.0.1.2"), seconds(60)}};
  EXPECT_THAT(bench.found({.host = "p.test", .port = 5070, .service = "_sip._udp"}),
              ElementsAre("10.0.1.1:5070", "10.0.1.2:5070"));
  EXPECT_THAT(bench.zone.asked, ElementsAre("p.test"));
}

TEST(Locator, takes_targets_by_priority) {
  LocatorBench bench;
  bench.zone.services["_sip._udp.p.test"] = {{20, 0, 5080, "2.test", seconds(60)},
                                             {10, 0, 5070, "1.test", seconds(60)}};
  EXPECT_THAT(bench.found(domain), ElementsAre("10.0.1.1:5070", "10.0.1.2:5080"));
  EXPECT_TRUE(bench.locator.knows(domain));
}

TEST(Locator, draws_among_equals_by_weight) {
  LocatorBench bench;
  bench.zone.services["_sip._udp.p.test"] = {{10, 60, 5070, "1.test", seconds(600)},
                                             {10, 40, 5070, "2.test", seconds(600)},
                                             {20, 0, 5070, "3.test", seconds(600)}};
  int first = 0;
  for (int i = 0; i < 200; ++i) {
    const auto places = bench.found(domain);
    ASSERT_EQ(places.size(), 3U);
    EXPECT_EQ(places.back(), "10.0.1.3:5070");
    if (places.front() == "10.0.1.1:5070") ++first;
  }
  EXPECT_GT(first, 90);
  EXPECT_LT(first, 150);
}

TEST(Locator, takes_a_name_without_a_service_for_a_machine) {
  LocatorBench bench;
  bench.zone.addresses["p.test"] = {{*IpAddress::parse("10.0.1.1"), seconds(60)}};
  EXPECT_THAT(bench.found(domain), ElementsAre("10.0.1.1:5060"));
  EXPECT_FALSE(bench.locator.knows(domain));
}

TEST(Locator, finds_nothing_where_nothing_leads) {
  LocatorBench bench;
  EXPECT_TRUE(bench.found(domain).empty());
}

}  // namespace
}  // namespace sipharness::dns
