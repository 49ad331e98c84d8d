#pragma once
// The contract of harness/world/world.hpp as one suite over every world. To instantiate it, derive
// from ContractWorld with a default constructor and write
//   INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, WorldContract, SimulatedContractWorld);
// in a test file, inside namespace sipharness::tests. Times are tens of milliseconds and tolerances
// one-sided where a real host may be late.
/// @source harness/world/world.hpp, contract 1 to 6

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/base/setup_error.hpp"
#include "harness/world/world.hpp"
#include "tests/support/world_recorders.hpp"

namespace sipharness::tests {

/// What the suite needs from a world beyond World itself.
class ContractWorld {
 public:
  virtual ~ContractWorld() = default;
  virtual world::World& world() = 0;
  /// Runs handlers for this long and returns.
  virtual void run_for(Duration duration) = 0;
  /// An IPv4 address of this host that no other test uses.
  virtual IpAddress fresh_v4() = 0;
  /// An IPv6 address of this host; nothing if it has none.
  virtual std::optional<IpAddress> v6() = 0;
  /// Whether Stream::vanish() leaves the peer without FIN and RST.
  virtual bool can_vanish() const = 0;
};

template <class SomeWorld>
class WorldContract : public ::testing::Test {
 protected:
  static constexpr Duration settle = 40ms;
  static constexpr Duration timeout = 2s;

  world::World& world() { return contract_world_.world(); }
  void run_for(Duration duration) { contract_world_.run_for(duration); }
  Endpoint fresh() { return {contract_world_.fresh_v4(), 0}; }
  std::optional<IpAddress> v6() { return contract_world_.v6(); }
  bool can_vanish() const { return contract_world_.can_vanish(); }

  /// Runs until `holds`, at most `timeout`; what it says then.
  bool eventually(const std::function<bool()>& holds) {
    const TimePoint deadline = world().now() + timeout;
    while (!holds() && world().now() < deadline) run_for(5ms);
    return holds();
  }

  /// A UDP endpoint nobody listens on.
  Endpoint closed_datagram_port(const IpAddress& address) {
    DatagramRecorder nobody;
    return world().open_datagram({address, 0}, nobody)->local();
  }

  /// A TCP endpoint nobody listens on.
  Endpoint closed_stream_port(const IpAddress& address) {
    return StreamServer(world(), {address, 0}).local();
  }

  void connect(StreamRecorder& client, const Endpoint& remote) {
    client.stream = world().connect({remote.address, 0}, remote, client);
  }

  /// Connects and waits until both sides know.
  void establish(StreamRecorder& client, const StreamServer& server) {
    const std::size_t before = server.accepted.size();
    connect(client, server.local());
    ASSERT_TRUE(eventually([&] { return client.opened && server.accepted.size() > before; }));
  }

  void expect_datagrams_both_ways(const IpAddress& address);
  void expect_complaint_from_closed_port(const IpAddress& address);
  void expect_echo(const IpAddress& address);

 private:
  SomeWorld contract_world_;
};

template <class SomeWorld>
void WorldContract<SomeWorld>::expect_datagrams_both_ways(const IpAddress& address) {
  DatagramRecorder left_heard;
  DatagramRecorder right_heard;
  const auto left = world().open_datagram({address, 0}, left_heard);
  const auto right = world().open_datagram({address, 0}, right_heard);
  left->send(right->local(), "there");
  right->send(left->local(), "and back");
  ASSERT_TRUE(
      eventually([&] { return !left_heard.datagrams.empty() && !right_heard.datagrams.empty(); }));
  EXPECT_EQ(right_heard.datagrams[0].payload, "there");
  EXPECT_EQ(right_heard.datagrams[0].from, left->local());
  EXPECT_EQ(left_heard.datagrams[0].payload, "and back");
  EXPECT_EQ(left_heard.datagrams[0].from, right->local());
}

template <class SomeWorld>
void WorldContract<SomeWorld>::expect_complaint_from_closed_port(const IpAddress& address) {
  const Endpoint closed = closed_datagram_port(address);
  DatagramRecorder heard;
  const auto port = world().open_datagram({address, 0}, heard);
  port->send(closed, "anyone?");
  ASSERT_TRUE(eventually([&] { return !heard.complaints.empty(); }));
  EXPECT_EQ(heard.complaints[0].destination, closed);
  EXPECT_EQ(heard.complaints[0].reason, Unreachable::port);
}

template <class SomeWorld>
void WorldContract<SomeWorld>::expect_echo(const IpAddress& address) {
  StreamServer server(world(), {address, 0}, true);
  StreamRecorder client;
  establish(client, server);
  client.stream->send("REGISTER");
  ASSERT_TRUE(eventually([&] { return client.received == "REGISTER"; }));
  EXPECT_EQ(client.stream->remote(), server.local());
  EXPECT_EQ(server.accepted[0]->stream->remote(), client.stream->local());
}

TYPED_TEST_SUITE_P(WorldContract);

// 1 to 4: time and timers.

TYPED_TEST_P(WorldContract, timers_run_in_order_of_time_and_then_of_making) {
  std::string order;
  const TimePoint start = this->world().now();
  const auto third = this->world().call_at(start + 30ms, [&] { order += '3'; });
  const auto first = this->world().call_at(start + 10ms, [&] { order += '1'; });
  const auto tie_a = this->world().call_at(start + 20ms, [&] { order += 'a'; });
  const auto tie_b = this->world().call_at(start + 20ms, [&] { order += 'b'; });
  const auto tie_c = this->world().call_at(start + 20ms, [&] { order += 'c'; });
  EXPECT_TRUE(this->eventually([&] { return order.size() == 5; }));
  EXPECT_EQ(order, "1abc3");
}

TYPED_TEST_P(WorldContract, a_timer_runs_once_and_not_before_its_time) {
  const TimePoint due = this->world().now() + 25ms;
  std::vector<TimePoint> ran;
  const auto timer = this->world().call_at(due, [&] { ran.push_back(this->world().now()); });
  EXPECT_TRUE(this->eventually([&] { return !ran.empty(); }));
  this->run_for(this->settle);
  ASSERT_EQ(ran.size(), 1U);
  EXPECT_GE(ran[0], due);
}

TYPED_TEST_P(WorldContract, a_past_time_means_now_but_not_from_inside_call_at) {
  bool ran = false;
  const auto timer = this->world().call_after(-1s, [&] { ran = true; });
  EXPECT_FALSE(ran);
  EXPECT_TRUE(this->eventually([&] { return ran; }));
}

TYPED_TEST_P(WorldContract, now_does_not_go_back) {
  TimePoint last = this->world().now();
  for (int step = 0; step < 5; ++step) {
    this->run_for(2ms);
    EXPECT_GE(this->world().now(), last + 2ms);
    last = this->world().now();
  }
}

TYPED_TEST_P(WorldContract, a_destroyed_or_reassigned_timer_does_not_run) {
  int ran = 0;
  world::Timer cancelled = this->world().call_after(5ms, [&] { ran += 1; });
  world::Timer reassigned = this->world().call_after(5ms, [&] { ran += 10; });
  {
    const auto scoped = this->world().call_after(5ms, [&] { ran += 100; });
  }
  cancelled.cancel();
  reassigned = this->world().call_after(10ms, [&] { ran += 1000; });
  this->run_for(this->settle);
  EXPECT_EQ(ran, 1000);
}

TYPED_TEST_P(WorldContract, a_handler_may_cancel_another_timer_due_at_the_same_time) {
  bool ran = false;
  world::Timer victim;
  const TimePoint due = this->world().now() + 10ms;
  const auto killer = this->world().call_at(due, [&] { victim.cancel(); });
  victim = this->world().call_at(due, [&] { ran = true; });
  this->run_for(this->settle);
  EXPECT_FALSE(ran);
}

TYPED_TEST_P(WorldContract, a_handler_may_destroy_its_own_timer_and_make_it_anew) {
  int ran = 0;
  world::Timer timer;
  const std::string far_away = "what the handler captured outlives the timer";
  std::function<void()> tick = [&, far_away] {
    timer.cancel();
    EXPECT_EQ(far_away.substr(0, 4), "what");
    if (++ran < 3) timer = this->world().call_after(5ms, tick);
  };
  timer = this->world().call_after(5ms, tick);
  EXPECT_TRUE(this->eventually([&] { return ran == 3; }));
}

// 5 and 6: datagrams.

TYPED_TEST_P(WorldContract, datagrams_go_both_ways_over_ipv4) {
  this->expect_datagrams_both_ways(this->fresh().address);
}

TYPED_TEST_P(WorldContract, datagrams_go_both_ways_over_ipv6) {
  if (!this->v6()) GTEST_SKIP() << "no IPv6 here";
  this->expect_datagrams_both_ways(*this->v6());
}

TYPED_TEST_P(WorldContract, datagrams_keep_their_order_and_boundaries) {
  DatagramRecorder heard;
  const auto from = this->world().open_datagram(this->fresh(), heard);
  const auto to = this->world().open_datagram(this->fresh(), heard);
  from->send(to->local(), "one");
  from->send(to->local(), "");
  from->send(to->local(), std::string(20'000, 'x'));
  ASSERT_TRUE(this->eventually([&] { return heard.datagrams.size() == 3; }));
  EXPECT_EQ(heard.datagrams[0].payload, "one");
  EXPECT_EQ(heard.datagrams[1].payload, "");
  EXPECT_EQ(heard.datagrams[2].payload, std::string(20'000, 'x'));
}

TYPED_TEST_P(WorldContract, nothing_is_delivered_from_inside_send) {
  DatagramRecorder heard;
  const auto port = this->world().open_datagram(this->fresh(), heard);
  port->send(port->local(), "to myself");
  EXPECT_TRUE(heard.datagrams.empty());
  EXPECT_TRUE(this->eventually([&] { return heard.datagrams.size() == 1; }));
}

TYPED_TEST_P(WorldContract, a_closed_port_answers_with_icmp_over_ipv4) {
  this->expect_complaint_from_closed_port(this->fresh().address);
}

TYPED_TEST_P(WorldContract, a_closed_port_answers_with_icmp_over_ipv6) {
  if (!this->v6()) GTEST_SKIP() << "no IPv6 here";
  this->expect_complaint_from_closed_port(*this->v6());
}

TYPED_TEST_P(WorldContract, a_port_works_on_after_an_icmp_error) {
  DatagramRecorder heard;
  DatagramRecorder peer_heard;
  const Endpoint local = this->fresh();
  const Endpoint closed = this->closed_datagram_port(local.address);
  const auto port = this->world().open_datagram(local, heard);
  const auto peer = this->world().open_datagram(this->fresh(), peer_heard);
  port->send(closed, "lost");
  ASSERT_TRUE(this->eventually([&] { return !heard.complaints.empty(); }));
  port->send(peer->local(), "found");
  peer->send(port->local(), "answer");
  EXPECT_TRUE(this->eventually(
      [&] { return peer_heard.datagrams.size() == 1 && heard.datagrams.size() == 1; }));
}

TYPED_TEST_P(WorldContract, a_destroyed_port_is_silent_and_its_number_is_free_again) {
  DatagramRecorder heard;
  DatagramRecorder heard_later;
  const auto sender = this->world().open_datagram(this->fresh(), heard);
  auto port = this->world().open_datagram(this->fresh(), heard);
  const Endpoint local = port->local();
  sender->send(local, "on its way");
  port.reset();
  this->run_for(this->settle);
  EXPECT_TRUE(heard.datagrams.empty());
  const auto again = this->world().open_datagram(local, heard_later);
  sender->send(local, "hello again");
  EXPECT_TRUE(this->eventually([&] { return heard_later.datagrams.size() == 1; }));
}

TYPED_TEST_P(WorldContract, a_port_may_be_destroyed_from_inside_its_own_handler) {
  DatagramRecorder heard;
  DatagramRecorder ignored;
  const auto sender = this->world().open_datagram(this->fresh(), ignored);
  auto port = this->world().open_datagram(this->fresh(), heard);
  heard.on_each = [&] { port.reset(); };
  sender->send(port->local(), "first");
  sender->send(port->local(), "second");
  this->run_for(this->settle);
  EXPECT_EQ(heard.datagrams.size(), 1U);
}

TYPED_TEST_P(WorldContract, a_taken_port_is_a_setup_error) {
  DatagramRecorder heard;
  const auto port = this->world().open_datagram(this->fresh(), heard);
  EXPECT_THROW((void)this->world().open_datagram(port->local(), heard), SetupError);
  const StreamServer server(this->world(), this->fresh());
  EXPECT_THROW(StreamServer(this->world(), server.local()), SetupError);
}

// 5 and 6: streams.

TYPED_TEST_P(WorldContract, a_stream_connects_and_carries_bytes_both_ways_over_ipv4) {
  this->expect_echo(this->fresh().address);
}

TYPED_TEST_P(WorldContract, a_stream_connects_and_carries_bytes_both_ways_over_ipv6) {
  if (!this->v6()) GTEST_SKIP() << "no IPv6 here";
  this->expect_echo(*this->v6());
}

TYPED_TEST_P(WorldContract, nothing_is_told_from_inside_connect) {
  StreamServer server(this->world(), this->fresh());
  StreamRecorder client;
  this->connect(client, server.local());
  EXPECT_FALSE(client.opened);
  EXPECT_TRUE(this->eventually([&] { return client.opened; }));
}

TYPED_TEST_P(WorldContract, bytes_sent_before_the_connection_is_up_wait_for_it) {
  StreamServer server(this->world(), this->fresh());
  StreamRecorder client;
  this->connect(client, server.local());
  client.stream->send("early");
  EXPECT_TRUE(this->eventually(
      [&] { return !server.accepted.empty() && server.accepted[0]->received == "early"; }));
}

TYPED_TEST_P(WorldContract, a_destroyed_stream_tells_its_peer_closed_after_all_bytes) {
  StreamServer server(this->world(), this->fresh());
  StreamRecorder client;
  this->establish(client, server);
  client.stream->send("last words");
  client.stream.reset();
  ASSERT_TRUE(this->eventually([&] { return server.accepted[0]->ended.has_value(); }));
  EXPECT_EQ(server.accepted[0]->ended, world::StreamEnd::closed);
  EXPECT_EQ(server.accepted[0]->received, "last words");
  EXPECT_FALSE(client.ended.has_value());
}

TYPED_TEST_P(WorldContract, a_server_that_destroys_its_stream_closes_the_client) {
  StreamServer server(this->world(), this->fresh());
  StreamRecorder client;
  this->establish(client, server);
  server.accepted[0]->stream.reset();
  ASSERT_TRUE(this->eventually([&] { return client.ended.has_value(); }));
  EXPECT_EQ(client.ended, world::StreamEnd::closed);
}

TYPED_TEST_P(WorldContract, a_closed_port_refuses) {
  StreamRecorder client;
  this->connect(client, this->closed_stream_port(this->fresh().address));
  ASSERT_TRUE(this->eventually([&] { return client.ended.has_value(); }));
  EXPECT_EQ(client.ended, world::StreamEnd::refused);
  EXPECT_FALSE(client.opened);
}

TYPED_TEST_P(WorldContract, a_stream_to_an_address_of_another_family_is_unreachable) {
  StreamRecorder client;
  client.stream = this->world().connect({this->fresh().address, 0},
                                        *Endpoint::parse("[2001:db8::1]:5060"), client);
  EXPECT_FALSE(client.ended.has_value());
  ASSERT_TRUE(this->eventually([&] { return client.ended.has_value(); }));
  EXPECT_EQ(client.ended, world::StreamEnd::unreachable);
  EXPECT_FALSE(client.opened);
}

TYPED_TEST_P(WorldContract, abort_resets_the_peer) {
  StreamServer server(this->world(), this->fresh());
  StreamRecorder client;
  this->establish(client, server);
  client.stream->abort();
  ASSERT_TRUE(this->eventually([&] { return server.accepted[0]->ended.has_value(); }));
  EXPECT_EQ(server.accepted[0]->ended, world::StreamEnd::reset);
  EXPECT_FALSE(client.ended.has_value());
}

TYPED_TEST_P(WorldContract, a_vanished_peer_says_nothing_until_data_draws_a_reset) {
  if (!this->can_vanish()) GTEST_SKIP() << "this world cannot vanish";
  StreamServer server(this->world(), this->fresh());
  StreamRecorder client;
  this->establish(client, server);
  server.accepted[0]->stream->vanish();
  this->run_for(this->settle);
  EXPECT_FALSE(client.ended.has_value());
  client.stream->send("still there?");
  ASSERT_TRUE(this->eventually([&] { return client.ended.has_value(); }));
  EXPECT_EQ(client.ended, world::StreamEnd::reset);
}

TYPED_TEST_P(WorldContract, a_frozen_peer_says_nothing_and_resets_when_it_has_vanished) {
  if (!this->can_vanish()) GTEST_SKIP() << "this world cannot vanish";
  StreamServer server(this->world(), this->fresh());
  StreamRecorder client;
  this->establish(client, server);
  server.accepted[0]->stream->freeze();
  client.stream->send("still there?");
  this->run_for(10 * this->settle);
  EXPECT_FALSE(client.ended.has_value());
  EXPECT_EQ(server.accepted[0]->received, "");
  server.accepted[0]->stream->vanish();
  // The copy that draws the reset comes by the sender's own timer, which doubles from 0.2 s.
  ASSERT_TRUE(this->eventually([&] { return client.ended.has_value(); }));
  EXPECT_EQ(client.ended, world::StreamEnd::reset);
}

TYPED_TEST_P(WorldContract, a_listener_may_swallow_connection_attempts) {
  StreamServer server(this->world(), this->fresh());
  server.listener->swallow(true);
  StreamRecorder client;
  this->connect(client, server.local());
  this->run_for(10 * this->settle);
  EXPECT_FALSE(client.opened);
  EXPECT_FALSE(client.ended.has_value());
  server.listener->swallow(false);
  ASSERT_TRUE(this->eventually([&] { return client.opened; })) << "by the next copy of the SYN";
}

TYPED_TEST_P(WorldContract, a_large_send_arrives_whole_and_in_order) {
  StreamServer server(this->world(), this->fresh());
  StreamRecorder client;
  this->establish(client, server);
  std::string large;
  for (int number = 0; large.size() < 100'000; ++number) large += std::to_string(number) + ' ';
  client.stream->send(large);
  ASSERT_TRUE(
      this->eventually([&] { return server.accepted[0]->received.size() >= large.size(); }));
  EXPECT_EQ(server.accepted[0]->received, large);
}

TYPED_TEST_P(WorldContract, a_destroyed_listener_refuses_and_keeps_accepted_streams) {
  StreamServer server(this->world(), this->fresh(), true);
  StreamRecorder client;
  StreamRecorder late;
  this->establish(client, server);
  server.listener.reset();
  this->connect(late, server.local());
  client.stream->send("still served");
  EXPECT_TRUE(this->eventually(
      [&] { return late.ended.has_value() && client.received == "still served"; }));
  EXPECT_EQ(late.ended, world::StreamEnd::refused);
}

TYPED_TEST_P(WorldContract, a_stream_may_be_destroyed_from_inside_its_own_handler) {
  StreamServer server(this->world(), this->fresh(), true);
  StreamRecorder client;
  this->establish(client, server);
  client.on_received = [&] { client.stream.reset(); };
  client.stream->send("once");
  ASSERT_TRUE(this->eventually([&] { return server.accepted[0]->ended.has_value(); }));
  EXPECT_EQ(client.received, "once");
  EXPECT_FALSE(client.ended.has_value());
}

TYPED_TEST_P(WorldContract, a_stream_destroyed_while_connecting_is_silent) {
  StreamServer server(this->world(), this->fresh());
  StreamRecorder client;
  this->connect(client, server.local());
  client.stream.reset();
  this->run_for(this->settle);
  EXPECT_FALSE(client.opened);
  EXPECT_FALSE(client.ended.has_value());
}

REGISTER_TYPED_TEST_SUITE_P(
    WorldContract, a_frozen_peer_says_nothing_and_resets_when_it_has_vanished,
    a_listener_may_swallow_connection_attempts, timers_run_in_order_of_time_and_then_of_making,
    a_timer_runs_once_and_not_before_its_time, a_past_time_means_now_but_not_from_inside_call_at,
    now_does_not_go_back, a_destroyed_or_reassigned_timer_does_not_run,
    a_handler_may_cancel_another_timer_due_at_the_same_time,
    a_handler_may_destroy_its_own_timer_and_make_it_anew, datagrams_go_both_ways_over_ipv4,
    datagrams_go_both_ways_over_ipv6, datagrams_keep_their_order_and_boundaries,
    nothing_is_delivered_from_inside_send, a_closed_port_answers_with_icmp_over_ipv4,
    a_closed_port_answers_with_icmp_over_ipv6, a_port_works_on_after_an_icmp_error,
    a_destroyed_port_is_silent_and_its_number_is_free_again,
    a_port_may_be_destroyed_from_inside_its_own_handler, a_taken_port_is_a_setup_error,
    a_stream_connects_and_carries_bytes_both_ways_over_ipv4,
    a_stream_connects_and_carries_bytes_both_ways_over_ipv6, nothing_is_told_from_inside_connect,
    bytes_sent_before_the_connection_is_up_wait_for_it,
    a_destroyed_stream_tells_its_peer_closed_after_all_bytes,
    a_server_that_destroys_its_stream_closes_the_client, a_closed_port_refuses,
    a_stream_to_an_address_of_another_family_is_unreachable, abort_resets_the_peer,
    a_vanished_peer_says_nothing_until_data_draws_a_reset, a_large_send_arrives_whole_and_in_order,
    a_destroyed_listener_refuses_and_keeps_accepted_streams,
    a_stream_may_be_destroyed_from_inside_its_own_handler,
    a_stream_destroyed_while_connecting_is_silent);

}  // namespace sipharness::tests
