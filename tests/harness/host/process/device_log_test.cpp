#include "harness/host/process/device_log.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/setup_error.hpp"
#include "harness/files/files.hpp"

namespace sipharness::host {
namespace {

using testing::EndsWith;

TEST(DeviceLog, says_when_and_who) {
  const files::TemporaryFolder folder;
  const std::string path = folder.path() + "/device.log";
  DeviceLog log({.path = path});
  log.write(1500ms, '<', "ready");
  log.write(2s, '>', "dial 2001");
  EXPECT_EQ(files::read_file(path).value(), "1.500 < ready\n2.000 > dial 2001\n");
}

TEST(DeviceLog, keeps_neither_secrets_nor_control_characters) {
  const files::TemporaryFolder folder;
  const std::string path = folder.path() + "/device.log";
  DeviceLog log({.path = path, .secrets = {"geheim", ""}});
  log.write(0s, '>', "auth geheim,geheim\x1b[2J\a");
  EXPECT_EQ(files::read_file(path).value(), "0.000 > auth ***,***\\x1b[2J\\x07\n");
}

TEST(DeviceLog, ends_at_its_limit_and_says_so) {
  const files::TemporaryFolder folder;
  const std::string path = folder.path() + "/device.log";
  DeviceLog log({.path = path, .limit = 10000});
  for (int i = 0; i < 100; ++i) log.write(0s, '<', std::string(20000, 'x'));
  const std::string text = files::read_file(path).value();
  EXPECT_LT(text.size(), 20000U);
  EXPECT_THAT(text, EndsWith("| the log ends here: it has reached its limit\n"));
}

TEST(DeviceLog, that_cannot_be_made_is_a_setup_error) {
  EXPECT_THROW(DeviceLog({.path = "/nowhere/device.log"}), SetupError);
}

TEST(Redacted, ends_with_a_secret_inside_its_own_replacement) {
  EXPECT_EQ(redacted("a****b", {"****"}), "a***b");
}

}  // namespace
}  // namespace sipharness::host
