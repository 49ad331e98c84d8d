#include "harness/host/machine/probes.hpp"

#include <filesystem>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/setup_error.hpp"
#include "harness/host/capture/live_capture.hpp"
#include "harness/host/machine/network_watch.hpp"
#include "harness/host/machine/port_holder.hpp"
#include "tests/harness/host/host_test_support.hpp"

namespace sipharness::host {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Optional;

TEST(FindProgram, looks_through_the_path_and_takes_a_path_as_it_is) {
  EXPECT_THAT(find_program("sh"), Optional(EndsWith("/sh")));
  EXPECT_THAT(find_program("/bin/sh"), Optional(std::string("/bin/sh")));
  for (const char* name : {"no-such-program", "", "/bin", "/etc/passwd", "."})
    EXPECT_EQ(find_program(name), std::nullopt) << name;
}

TEST(ProgramPath, is_that_of_a_file) {
  EXPECT_TRUE(std::filesystem::is_regular_file(program_path()));
}

TEST(FreeSpace, is_that_of_the_nearest_folder_that_exists) {
  const auto space = free_space("/tmp/no/such/folder/yet");
  ASSERT_TRUE(space) << space.error().text();
  EXPECT_GT(*space, 0U);
  EXPECT_TRUE(free_space("relative/and/not/there"));
}

TEST(UdpReceiveBuffer, is_no_larger_than_wanted) {
  const ReceiveBuffer buffer = udp_receive_buffer();
  EXPECT_GT(buffer.granted, 0);
  EXPECT_LE(buffer.granted, buffer.wanted);
}

TEST(WatchClocks, sees_a_fine_clock_that_goes_on) {
  const ClockReport report = watch_clocks();
  EXPECT_GT(report.resolution, 0ns);
  EXPECT_LE(report.resolution, 10ms);
  EXPECT_GE(report.lag, 0ns);
}

TEST(CaptureBurst, loses_nothing) {
  if (live_capture_obstacle("lo")) GTEST_SKIP() << "capturing is not permitted";
  EXPECT_TRUE(may_capture());
  const BurstReport burst = capture_burst();
  EXPECT_GT(burst.sent, 0U);
  EXPECT_EQ(burst.captured, burst.sent);
  EXPECT_EQ(burst.dropped, 0U);
}

TEST(HolderOf, names_program_and_process) {
  RealWorld world;
  tests::DatagramRecorder recorder;
  const auto port = world.open_datagram(own_endpoint(1), recorder);
  EXPECT_THAT(holder_of(Transport::udp, port->local()),
              Optional(EndsWith("(process " + std::to_string(::getpid()) + ")")));
  EXPECT_EQ(holder_of(Transport::tcp, port->local()), std::nullopt);
}

TEST(HolderOf, finds_one_that_listens_on_every_address) {
  RealWorld world;
  tests::StreamRecorder recorder;
  const auto listener = world.listen(
      *Endpoint::parse("0.0.0.0:0"),
      [&](std::unique_ptr<world::Stream>) -> world::StreamHandler& { return recorder; });
  const Endpoint there{own_address(1), listener->local().port};
  EXPECT_THAT(holder_of(Transport::tcp, there), Optional(HasSubstr("process")));
}

TEST(TakenPort, is_told_with_its_holder) {
  RealWorld world;
  tests::DatagramRecorder recorder;
  const auto port = world.open_datagram(own_endpoint(1), recorder);
  try {
    const auto second = world.open_datagram(port->local(), recorder);
    FAIL() << "two held one port";
  } catch (const SetupError& error) {
    EXPECT_THAT(error.what(), HasSubstr("stop test_host (process "));
  }
}

TEST(NetworkFault, is_told_of_interface_and_address) {
  EXPECT_EQ(network_fault("lo", {own_address(1)}), std::nullopt);
  EXPECT_THAT(network_fault("no-such-card", {}),
              Optional(std::string("the interface no-such-card is gone")));
  EXPECT_THAT(network_fault("lo", {*IpAddress::parse("192.0.2.1")}),
              Optional(std::string("the address 192.0.2.1 is gone from this host")));
}

TEST(NetworkWatch, tells_once_what_is_wrong) {
  RealWorld world;
  std::vector<std::string> told;
  const NetworkWatch watch(world, "no-such-card", {},
                           [&](const std::string& fault) { told.push_back(fault); });
  world.run(world.now() + 500ms, {});
  EXPECT_EQ(told, std::vector<std::string>{"the interface no-such-card is gone"});
}

}  // namespace
}  // namespace sipharness::host
