// Out of descriptors: connections are refused, the world goes on, and it is told once.

#include "harness/host/machine/descriptors.hpp"

#include <fcntl.h>
#include <sys/resource.h>

#include <gtest/gtest.h>

#include "harness/base/setup_error.hpp"
#include "tests/harness/host/host_test_support.hpp"

namespace sipharness::host {
namespace {

/// The soft limit of this process, until the end of the test.
class Limit {
 public:
  explicit Limit(rlim_t count) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = count;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  ~Limit() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;

 private:
  rlimit before_{};
};

TEST(Descriptors, the_last_ones_are_not_given_to_connections) {
  RealWorld world;
  int told = 0;
  world.on_shortage([&](const std::string& what) {
    ++told;
    EXPECT_NE(what.find("are refused"), std::string::npos) << what;
  });
  StreamServer server(world, own_endpoint(1));
  const Limit limit(200);
  std::vector<std::unique_ptr<StreamRecorder>> clients;
  for (int i = 0; i < 80; ++i) {
    auto client = std::make_unique<StreamRecorder>();
    client->stream = world.connect(own_endpoint(2), server.local(), *client);
    clients.push_back(std::move(client));
  }
  const auto is_settled = [](const auto& client) { return client->opened || client->ended; };
  ASSERT_TRUE(run_until(world, [&] { return std::ranges::all_of(clients, is_settled); }));
  ASSERT_TRUE(run_until(world, [&] { return told > 0; }));
  run_until(
      world, [] { return false; }, 200ms);
  EXPECT_EQ(told, 1);
  EXPECT_LT(server.accepted.size(), 80U);
  EXPECT_GT(server.accepted.size(), 20U);
  // What is kept back is there: a port can be opened all the same.
  class Deaf final : public world::DatagramHandler {
    void on_datagram(const Endpoint&, std::string_view) override {}
    void on_unreachable(const Endpoint&, Unreachable) override {}
  } deaf;
  EXPECT_NO_THROW(world.open_datagram(own_endpoint(3), deaf));
  // Those who hang up make room again.
  const std::size_t before = server.accepted.size();
  clients.clear();
  run_until(
      world, [] { return false; }, 200ms);
  for (const auto& stream : server.accepted) stream->stream.reset();
  StreamRecorder late;
  late.stream = world.connect(own_endpoint(2), server.local(), late);
  EXPECT_TRUE(run_until(world, [&] { return server.accepted.size() > before; }));
}

TEST(Descriptors, without_any_a_connection_fails_and_nothing_is_thrown) {
  RealWorld world;
  int told = 0;
  world.on_shortage([&](const std::string&) { ++told; });
  StreamServer server(world, own_endpoint(1));
  StreamRecorder client;
  {
    const Limit limit(static_cast<rlim_t>(::open("/dev/null", O_RDONLY | O_CLOEXEC)));
    client.stream = world.connect(own_endpoint(2), server.local(), client);
  }
  ASSERT_TRUE(run_until(world, [&] { return client.ended.has_value(); }));
  EXPECT_EQ(client.ended, world::StreamEnd::unreachable);
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace sipharness::host
