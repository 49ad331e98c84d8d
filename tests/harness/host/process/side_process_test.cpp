#include "harness/host/process/side_process.hpp"

#include <chrono>
#include <memory>
#include <thread>

#include <gtest/gtest.h>

#include "tests/harness/host/host_test_support.hpp"

namespace sipharness::host {
namespace {

/// What a child of these tests does: the same program, told to run one test only.
std::vector<std::string> child_running(const std::string& test) {
  return {"--gtest_also_run_disabled_tests", "--gtest_filter=" + test};
}

bool ends_soon(SideProcess& process) {
  for (int tries = 0; tries < 3000 && process.is_running(); ++tries)
    std::this_thread::sleep_for(10ms);
  return !process.is_running();
}

constexpr Duration lifetime = 60s;

TEST(SideProcessChild, DISABLED_fails) {
  FAIL();
}
TEST(SideProcessChild, DISABLED_takes_its_time) {
  std::this_thread::sleep_for(lifetime);
}

TEST(SideProcess, tells_how_it_ended) {
  SideProcess process;
  EXPECT_FALSE(process.is_running());
  ASSERT_TRUE(process.start({"--gtest_list_tests"}));
  ASSERT_TRUE(ends_soon(process));
  EXPECT_EQ(process.exit_code(), 0);
  ASSERT_TRUE(process.start(child_running("SideProcessChild.DISABLED_fails")));
  ASSERT_TRUE(ends_soon(process));
  EXPECT_EQ(process.exit_code(), 1);
}

TEST(SideProcess, ends_with_its_owner) {
  const auto before = std::chrono::steady_clock::now();
  {
    SideProcess process;
    ASSERT_TRUE(process.start(child_running("SideProcessChild.DISABLED_takes_its_time")));
    EXPECT_TRUE(process.is_running());
  }
  EXPECT_LT(std::chrono::steady_clock::now() - before, lifetime);
}

TEST(SideProcess, holds_no_port_of_its_owner) {
  RealWorld world;
  tests::DatagramRecorder recorder;
  auto port = world.open_datagram(own_endpoint(1), recorder);
  const Endpoint local = port->local();
  SideProcess process;
  ASSERT_TRUE(process.start(child_running("SideProcessChild.DISABLED_takes_its_time")));
  port.reset();
  EXPECT_NO_THROW(port = world.open_datagram(local, recorder));
}

}  // namespace
}  // namespace sipharness::host
