#include <memory>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/setup_error.hpp"
#include "tests/harness/host/host_test_support.hpp"

namespace sipharness::host {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// The text of the SetupError that `act` throws; empty if it throws none.
template <class Act>
std::string setup_error_of(Act act) {
  try {
    act();
  } catch (const SetupError& error) {
    return error.what();
  }
  return {};
}

TEST(RealUdpPort, loses_no_send_to_an_error_about_another_destination) {
  RealWorld world;
  DatagramRecorder recorder;
  DatagramRecorder listener_recorder;
  const auto port = world.open_datagram(own_endpoint(1), recorder);
  const auto listener = world.open_datagram(own_endpoint(2), listener_recorder);
  constexpr std::size_t count = 20;
  for (std::size_t i = 0; i < count; ++i) {
    port->send(own_endpoint(3, 9), "to a closed port");
    port->send(listener->local(), "to an open one");
  }
  ASSERT_TRUE(run_until(world, [&] { return listener_recorder.datagrams.size() == count; }));
  for (const DatagramRecorder::Complaint& error : recorder.complaints) {
    EXPECT_EQ(error.destination, own_endpoint(3, 9));
  }
  EXPECT_FALSE(recorder.complaints.empty());
}

/// Destroys its port at the first ICMP error.
struct Quitter final : world::DatagramHandler {
  void on_datagram(const Endpoint&, std::string_view) override {}
  void on_unreachable(const Endpoint&, Unreachable) override {
    port.reset();
    ++calls;
  }
  std::unique_ptr<world::DatagramPort> port;
  int calls = 0;
};

TEST(RealUdpPort, may_be_destroyed_by_its_own_handler_of_errors) {
  RealWorld world;
  Quitter quitter;
  quitter.port = world.open_datagram(own_endpoint(1), quitter);
  // A send may consume the error of the one before it; the queue holds them all.
  for (int i = 0; i < 3; ++i) quitter.port->send(own_endpoint(2, 9), "nobody");
  world.run(world.now() + 20ms, {});
  EXPECT_EQ(quitter.calls, 1);
}

TEST(RealUdpPort, may_be_destroyed_by_its_own_handler_of_failed_sends) {
  RealWorld world;
  Quitter quitter;
  quitter.port = world.open_datagram(own_endpoint(1), quitter);
  for (int i = 0; i < 3; ++i) quitter.port->send({*IpAddress::parse("255.255.255.255"), 9}, "all");
  world.run(world.now() + 20ms, {});
  EXPECT_EQ(quitter.calls, 1);
}

/// Whether this host grants the receive buffer that UdpPort asks for.
bool grants_large_buffers() {
  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  const int wanted = 4 * 1024 * 1024;
  const bool is_forced =
      ::setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof(wanted)) == 0;
  ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof(wanted));
  int granted = 0;
  socklen_t length = sizeof(granted);
  ::getsockopt(socket, SOL_SOCKET, SO_RCVBUF, &granted, &length);
  ::close(socket);
  return is_forced || granted >= wanted;
}

TEST(RealUdpPort, takes_a_burst_that_overflows_the_default_buffer) {
  if (!grants_large_buffers()) GTEST_SKIP() << "net.core.rmem_max is below 4 MiB";
  RealWorld world;
  DatagramRecorder recorder;
  DatagramRecorder sender_recorder;
  const auto port = world.open_datagram(own_endpoint(1), recorder);
  const auto sender = world.open_datagram(own_endpoint(2), sender_recorder);
  constexpr std::size_t count = 1000;
  const std::string payload(1200, 'x');
  for (std::size_t i = 0; i < count; ++i) sender->send(port->local(), payload);
  EXPECT_TRUE(run_until(world, [&] { return recorder.datagrams.size() == count; }))
      << recorder.datagrams.size() << " of " << count;
}

TEST(RealUdpPort, carries_the_largest_and_the_empty_datagram) {
  RealWorld world;
  DatagramRecorder recorder;
  const auto port = world.open_datagram(own_endpoint(1), recorder);
  const std::string largest(65507, 'x');
  port->send(port->local(), largest);
  port->send(port->local(), "");
  ASSERT_TRUE(run_until(world, [&] { return recorder.datagrams.size() == 2; }));
  EXPECT_EQ(recorder.datagrams[0].payload, largest);
  EXPECT_EQ(recorder.datagrams[1].payload, "");
}

TEST(RealUdpPort, drops_what_no_datagram_can_carry) {
  RealWorld world;
  DatagramRecorder recorder;
  const auto port = world.open_datagram(own_endpoint(1), recorder);
  port->send(port->local(), std::string(70'000, 'x'));
  port->send(port->local(), "still works");
  ASSERT_TRUE(run_until(world, [&] { return !recorder.datagrams.empty(); }));
  EXPECT_EQ(recorder.datagrams[0].payload, "still works");
}

TEST(RealUdpPort, says_what_to_do_when_the_port_is_taken) {
  RealWorld world;
  DatagramRecorder recorder;
  const auto port = world.open_datagram(own_endpoint(1), recorder);
  const std::string text =
      setup_error_of([&] { (void)world.open_datagram(port->local(), recorder); });
  EXPECT_EQ(text, fmt::format("cannot bind {} (UDP): Address already in use; stop test_host "
                              "(process {}) or choose other ports",
                              port->local().text(), ::getpid()));
}

TEST(RealUdpPort, says_what_to_do_when_the_address_is_not_ours) {
  RealWorld world;
  DatagramRecorder recorder;
  const Endpoint foreign{*IpAddress::parse("192.0.2.1"), 5060};
  EXPECT_THAT(setup_error_of([&] { (void)world.open_datagram(foreign, recorder); }),
              AllOf(HasSubstr("cannot bind 192.0.2.1:5060 (UDP)"), HasSubstr("--bind")));
}

TEST(RealUdpPort, reports_a_destination_without_a_route_after_send_returned) {
  RealWorld world;
  DatagramRecorder recorder;
  const auto port = world.open_datagram(own_endpoint(1), recorder);
  const Endpoint elsewhere{*IpAddress::parse("255.255.255.255"), 5060};
  port->send(elsewhere, "broadcasting is not permitted to this socket");
  EXPECT_TRUE(recorder.complaints.empty());
  ASSERT_TRUE(run_until(world, [&] { return !recorder.complaints.empty(); }));
  EXPECT_EQ(recorder.complaints[0].destination, elsewhere);
}

}  // namespace
}  // namespace sipharness::host
