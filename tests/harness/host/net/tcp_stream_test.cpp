#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "harness/base/setup_error.hpp"
#include "tests/harness/host/host_test_support.hpp"

namespace sipharness::host {
namespace {

using world::StreamEnd;

/// A client and a server stream of one connection; what every world must do with them is in the
/// contract suite.
class RealTcp : public testing::Test {
 protected:
  void SetUp() override {
    client_.stream = world_.connect(own_endpoint(2), server_.local(), client_);
    ASSERT_TRUE(run_until(world_, [&] { return client_.opened && !server_.accepted.empty(); }));
  }
  StreamRecorder& accepted() { return *server_.accepted.front(); }
  bool runs_until_ended(const StreamRecorder& recorder) {
    return run_until(world_, [&] { return recorder.ended.has_value(); });
  }

  RealWorld world_;
  StreamServer server_{world_, own_endpoint(1)};
  StreamRecorder client_;
};

TEST_F(RealTcp, closes_in_order_even_over_unread_bytes) {
  accepted().stream->send("never read");
  client_.stream.reset();
  ASSERT_TRUE(runs_until_ended(accepted()));
  EXPECT_EQ(accepted().ended, StreamEnd::closed);
}

TEST_F(RealTcp, is_silent_after_abort) {
  client_.stream->abort();
  client_.stream->abort();
  client_.stream->vanish();
  client_.stream->send("into the void");
  ASSERT_TRUE(runs_until_ended(accepted()));
  EXPECT_EQ(accepted().ended, StreamEnd::reset);
  EXPECT_FALSE(client_.ended.has_value());
}

TEST_F(RealTcp, delivers_the_bytes_before_a_reset_that_a_send_ran_into) {
  accepted().stream->abort();
  for (int i = 0; i < 3; ++i) client_.stream->send("to a closed connection");
  EXPECT_FALSE(client_.ended.has_value()) << "nothing is delivered from inside send()";
  ASSERT_TRUE(runs_until_ended(client_));
  EXPECT_EQ(client_.ended, StreamEnd::reset);
}

TEST_F(RealTcp, moves_more_than_any_buffer_holds) {
  const std::string much(8'000'000, 'x');
  client_.stream->send(much);
  EXPECT_TRUE(run_until(world_, [&] { return accepted().received.size() >= much.size(); }));
  EXPECT_EQ(accepted().received.size(), much.size());
}

TEST_F(RealTcp, gives_up_on_more_than_it_may_queue) {
  client_.stream->send(std::string(17'000'000, 'x'));
  EXPECT_FALSE(client_.ended.has_value()) << "nothing is delivered from inside send()";
  ASSERT_TRUE(runs_until_ended(client_));
  EXPECT_EQ(client_.ended, StreamEnd::timed_out);
}

TEST_F(RealTcp, may_be_destroyed_by_its_handler_while_more_is_waiting) {
  accepted().on_received = [&] { accepted().stream.reset(); };
  client_.stream->send(std::string(500'000, 'x'));
  ASSERT_TRUE(runs_until_ended(client_));
  EXPECT_LT(accepted().received.size(), 500'000U);
  EXPECT_FALSE(accepted().ended.has_value());
}

TEST(RealTcpConnect, that_cannot_start_ends_later) {
  RealWorld world;
  StreamRecorder recorder;
  const Endpoint nowhere{*IpAddress::parse("255.255.255.255"), 5060};
  recorder.stream = world.connect(own_endpoint(1), nowhere, recorder);
  EXPECT_FALSE(recorder.ended.has_value());
  ASSERT_TRUE(run_until(world, [&] { return recorder.ended.has_value(); }));
  EXPECT_EQ(recorder.ended, StreamEnd::unreachable);
}

TEST(RealTcpListener, takes_a_port_that_only_old_connections_hold) {
  RealWorld world;
  StreamRecorder recorder;
  Endpoint at;
  {
    const StreamServer server(world, own_endpoint(1));
    at = server.local();
    recorder.stream = world.connect(own_endpoint(2), at, recorder);
    ASSERT_TRUE(run_until(world, [&] { return !server.accepted.empty(); }));
  }
  EXPECT_NO_THROW(StreamServer(world, at));
}

TEST(RealTcpListener, lets_accept_drop_the_stream_and_the_listener) {
  RealWorld world;
  StreamRecorder nobody;
  std::unique_ptr<world::StreamListener> listener;
  listener = world.listen(own_endpoint(1), [&](auto stream) -> world::StreamHandler& {
    stream.reset();
    listener.reset();
    return nobody;
  });
  StreamRecorder recorder;
  recorder.stream = world.connect(own_endpoint(2), listener->local(), recorder);
  ASSERT_TRUE(run_until(world, [&] { return recorder.ended.has_value(); }));
  EXPECT_EQ(recorder.ended, StreamEnd::closed);
}

}  // namespace
}  // namespace sipharness::host
