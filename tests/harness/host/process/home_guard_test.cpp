// Nothing is left of a softphone whose harness was killed.

#include "harness/host/process/home_guard.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/files/abandoned_folders.hpp"
#include "harness/files/files.hpp"

namespace sipharness::host {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

bool comes_true(const std::function<bool()>& wanted) {
  for (int i = 0; i < 2000; ++i) {
    if (wanted()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

bool is_running(pid_t id) {
  return ::kill(id, 0) == 0;
}

pid_t number_in(const std::string& path) {
  pid_t number = 0;
  std::ifstream(path) >> number;
  return number;
}

/// A script with HOME set as a softphone has it.
pid_t start(const std::string& home, const std::string& script) {
  const std::string variable = "HOME=" + home;
  const pid_t id = ::fork();
  if (id != 0) return id;
  const char* const environment[] = {variable.c_str(), "PATH=/usr/bin:/bin", nullptr};
  ::execle("/bin/sh", "sh", "-c", script.c_str(), nullptr, environment);
  ::_exit(127);
}

/// One grandchild stays in the group, one leaves it.
std::string two_grandchildren(const std::string& notes) {
  return fmt::format(
      "sleep 300 & echo $! >{0}/one; setsid sh -c 'echo $$ >{0}/two; exec sleep 300' & wait",
      notes);
}

TEST(HomeGuard, leaves_no_process_and_no_home_of_a_killed_harness) {
  const files::TemporaryFolder notes;
  const pid_t harness = ::fork();
  if (harness == 0) {
    const files::TemporaryFolder home;
    std::ofstream(notes.path() + "/home") << home.path();
    const HomeGuard guard(home.path());
    start(home.path(), two_grandchildren(notes.path()));
    ::pause();
    ::_exit(0);
  }
  const std::string one = notes.path() + "/one";
  const std::string two = notes.path() + "/two";
  ASSERT_TRUE(comes_true([&] { return number_in(one) != 0 && number_in(two) != 0; }));
  std::string home;
  std::ifstream(notes.path() + "/home") >> home;
  ASSERT_TRUE(fs::exists(home));
  ::kill(harness, SIGKILL);
  ::waitpid(harness, nullptr, 0);
  EXPECT_TRUE(
      comes_true([&] { return !is_running(number_in(one)) && !is_running(number_in(two)); }));
  EXPECT_TRUE(comes_true([&] { return !fs::exists(home); }));
}

TEST(HomeGuard, ends_what_left_the_group_when_the_device_ends) {
  const files::TemporaryFolder notes;
  const files::TemporaryFolder home;
  {
    const HomeGuard guard(home.path());
    const pid_t device = start(home.path(), two_grandchildren(notes.path()));
    ASSERT_TRUE(comes_true([&] {
      return number_in(notes.path() + "/one") != 0 && number_in(notes.path() + "/two") != 0;
    }));
    ::kill(device, SIGKILL);
    ::waitpid(device, nullptr, 0);
  }
  EXPECT_TRUE(comes_true([&] { return !is_running(number_in(notes.path() + "/two")); }));
  EXPECT_TRUE(fs::exists(home.path())) << "its owner removes it";
}

TEST(Leftovers, are_cleared_and_what_is_in_use_is_not) {
  const files::TemporaryFolder in_use;
  std::string left;
  {
    // A home whose owner is gone: the lock with it, the folder not.
    const pid_t harness = ::fork();
    if (harness == 0) {
      const auto* const home = new files::TemporaryFolder;
      std::ofstream(in_use.path() + "/left") << home->path();
      ::kill(::getpid(), SIGKILL);
    }
    ::waitpid(harness, nullptr, 0);
    std::ifstream(in_use.path() + "/left") >> left;
  }
  ASSERT_TRUE(fs::exists(left));
  const pid_t device = start(left, "exec sleep 300");
  EXPECT_TRUE(comes_true([&] { return ::kill(device, 0) == 0; }));
  std::this_thread::sleep_for(100ms);  // until it has its environment
  clear_leftovers();
  EXPECT_FALSE(fs::exists(left));
  EXPECT_TRUE(fs::exists(in_use.path()));
  int status = 0;
  EXPECT_EQ(::waitpid(device, &status, 0), device);
  EXPECT_TRUE(WIFSIGNALED(status));
}

TEST(TemporaryFolders, are_for_their_user_alone) {
  const files::TemporaryFolder folder;
  struct stat status {};
  ASSERT_EQ(::stat(folder.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

}  // namespace
}  // namespace sipharness::host
