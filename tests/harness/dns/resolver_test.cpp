#include "harness/dns/resolver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/world_sim/simulated_world.hpp"

namespace sipharness::dns {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;

const Endpoint server_at = *Endpoint::parse("10.0.0.13:53");
const IpAddress host = *IpAddress::parse("10.0.0.1");
const IpAddress primary = *IpAddress::parse("10.0.0.11");

/// A name server of a few lines.
class Server final : public world::DatagramHandler {
 public:
  explicit Server(world::World& world) : port_(world.open_datagram(server_at, *this)) {}

  std::vector<std::string> asked;
  int deaf_for = 0;  ///< so many queries go unanswered
  ResponseCode code = ResponseCode::ok;
  seconds time_to_live{60};

 private:
  void on_datagram(const Endpoint& from, std::string_view payload) override {
    auto message = *parse(payload);
    asked.push_back(message.name);
    if (deaf_for-- > 0) return;
    message.is_response = true;
    message.code = code;
    if (code == ResponseCode::ok) message.answers.push_back({primary, time_to_live});
    port_->send(from, encode(message));
  }
  void on_unreachable(const Endpoint&, Unreachable) override {}

  std::unique_ptr<world::DatagramPort> port_;
};

struct Bench {
  world_sim::SimulatedWorld world;
  Server server{world};
  Resolver resolver{world, Rng(1), host, server_at};
  std::vector<std::vector<IpAddress>> answers;
  Duration answered_at{};

  void lookup() {
    resolver.lookup("p.test", RecordType::a, [this](const Message& answer) {
      std::vector<IpAddress> addresses;
      for (const Answer& one : answer.answers) addresses.push_back(one.address);
      answers.push_back(addresses);
      answered_at = world.now() - TimePoint{};
    });
  }
  void run_for(Duration duration) { ASSERT_TRUE(world.run(world.now() + duration)); }
};

TEST(Resolver, finds_an_address) {
  Bench bench;
  bench.lookup();
  EXPECT_TRUE(bench.answers.empty()) << "never from inside";
  bench.run_for(1s);
  ASSERT_EQ(bench.answers.size(), 1U);
  EXPECT_THAT(bench.answers[0], ElementsAre(primary));
}

TEST(Resolver, keeps_what_it_knows_for_its_time_to_live) {
  Bench bench;
  for (int i = 0; i < 2; ++i) {
    bench.lookup();
    bench.run_for(1s);
  }
  EXPECT_EQ(bench.server.asked.size(), 1U);
  EXPECT_NE(bench.resolver.known("p.test", RecordType::a), nullptr);
  bench.run_for(60s);
  EXPECT_EQ(bench.resolver.known("p.test", RecordType::a), nullptr);
  bench.lookup();
  bench.run_for(1s);
  EXPECT_EQ(bench.server.asked.size(), 2U);
  EXPECT_EQ(bench.answers.size(), 3U);
}

TEST(Resolver, asks_again_after_five_seconds) {
  Bench bench;
  bench.server.deaf_for = 1;
  bench.lookup();
  bench.run_for(20s);
  ASSERT_EQ(bench.answers.size(), 1U);
  EXPECT_THAT(bench.answers[0], ElementsAre(primary));
  EXPECT_GE(bench.answered_at, 5s);
}

TEST(Resolver, gives_up_after_two_tries) {
  Bench bench;
  bench.server.deaf_for = 9;
  bench.lookup();
  bench.run_for(30s);
  ASSERT_EQ(bench.answers.size(), 1U);
  EXPECT_TRUE(bench.answers[0].empty());
  EXPECT_EQ(bench.answered_at, 10s);
}

TEST(Resolver, tells_at_once_that_there_is_no_such_name) {
  Bench bench;
  bench.server.code = ResponseCode::no_such_name;
  bench.lookup();
  bench.run_for(1s);
  ASSERT_EQ(bench.answers.size(), 1U);
  EXPECT_TRUE(bench.answers[0].empty());
}

}  // namespace
}  // namespace sipharness::dns
