#include "harness/host/process/child_process.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <sched.h>
#include <signal.h>
#include <string>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/setup_error.hpp"
#include "harness/files/files.hpp"
#include "tests/harness/host/host_test_support.hpp"

namespace sipharness::host {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::SizeIs;

/// A shell script as child, with what it said.
struct Shell {
  explicit Shell(const std::string& script) {
    child = std::make_unique<ChildProcess>(
        world,
        ChildProcess::Program{.command = {"sh", "-c", script},
                              .environment = {{"HOME", home.path()}, {"ADDED", "value"}},
                              .folder = home.path()},
        ChildProcess::Handlers{
            .on_line = [this](std::string_view line) { lines.emplace_back(line); },
            .on_exit = [this](ChildProcess::Exit end) { exit = end; }});
  }
  bool ends(Duration timeout = 60s) {
    return run_until(
        world, [this] { return exit.has_value(); }, timeout);
  }
  bool says(const std::string& line) {
    const auto said = [&] { return std::ranges::find(lines, line) != lines.end(); };
    return run_until(world, said);
  }

  files::TemporaryFolder home;
  RealWorld world;
  std::vector<std::string> lines;
  std::optional<ChildProcess::Exit> exit;
  std::unique_ptr<ChildProcess> child;
};

bool is_alive(pid_t id) {
  return ::kill(id, 0) == 0;
}

/// Asked again and again, as nothing in the world tells of it.
bool dies(RealWorld& world, pid_t id) {
  world::Timer timer;
  std::function<void()> ask = [&] { timer = world.call_after(10ms, ask); };
  ask();
  return run_until(world, [&] { return !is_alive(id); });
}

TEST(ChildProcess, has_its_own_environment_folder_and_standard_streams) {
  Shell shell(
      "echo $ADDED; pwd; echo problem >&2; read line; echo got $line; printenv LEAKED; "
      "printf unfinished; exit 7");
  shell.child->write("hello\n");
  ASSERT_TRUE(shell.ends());
  EXPECT_THAT(shell.lines,
              ElementsAre("value", shell.home.path(), "problem", "got hello", "unfinished"));
  EXPECT_EQ(shell.exit->status, 7);
  EXPECT_FALSE(shell.exit->killed);
}

TEST(ChildProcess, sees_nothing_of_the_harness_but_path_and_language) {
  ::setenv("SIPHARNESS_PASSWORD", "geheim", 1);
  Shell shell("printenv SIPHARNESS_PASSWORD; ls /proc/self/fd | wc -l; echo end");
  ::unsetenv("SIPHARNESS_PASSWORD");
  ASSERT_TRUE(shell.ends());
  EXPECT_THAT(shell.lines, ElementsAre("4", "end")) << "ls itself holds one open";
}

TEST(ChildProcess, runs_at_ordinary_priority_in_a_group_of_its_own) {
  const int before = ::getpriority(PRIO_PROCESS, 0);
  const bool permitted = ::setpriority(PRIO_PROCESS, 0, before - 1) == 0;
  Shell shell("nice; ps -o pgid= -p $$ | tr -d ' '; echo $$");
  if (permitted) ::setpriority(PRIO_PROCESS, 0, before);
  ASSERT_TRUE(shell.ends());
  ASSERT_THAT(shell.lines, SizeIs(3));
  EXPECT_GE(std::stoi(shell.lines[0]), 0);
  EXPECT_EQ(shell.lines[1], shell.lines[2]);
}

TEST(ChildProcess, shows_its_prompt_while_it_waits) {
  Shell shell("printf 'phone> '; read order; echo $order");
  ASSERT_TRUE(shell.says("phone> "));
  shell.child->write("quit\n");
  EXPECT_TRUE(shell.says("quit"));
}

TEST(ChildProcess, that_a_signal_ended_says_so_in_its_status) {
  Shell shell("kill -9 $$");
  ASSERT_TRUE(shell.ends());
  EXPECT_EQ(shell.exit->status, 137);
  EXPECT_FALSE(shell.exit->killed);
}

TEST(ChildProcess, ends_at_sigterm_if_it_heeds_it) {
  Shell shell("trap 'echo bye; exit 3' TERM; echo up; while true; do sleep 0.02; done");
  ASSERT_TRUE(shell.says("up"));
  shell.child->terminate(5s);
  ASSERT_TRUE(shell.ends());
  EXPECT_THAT(shell.lines, Contains("bye"));
  EXPECT_EQ(shell.exit->status, 3);
}

TEST(ChildProcess, is_killed_with_all_it_started_if_it_does_not_go) {
  Shell shell("trap '' TERM; sleep 600 & echo $!; while true; do sleep 0.02; done");
  ASSERT_TRUE(run_until(shell.world, [&] { return !shell.lines.empty(); }));
  const pid_t grandchild = std::stoi(shell.lines[0]);
  shell.child->terminate(100ms);
  ASSERT_TRUE(shell.ends());
  EXPECT_TRUE(shell.exit->killed);
  EXPECT_EQ(shell.exit->status, 137);
  EXPECT_TRUE(dies(shell.world, grandchild));
}

TEST(ChildProcess, takes_what_it_started_along_when_it_ends_by_itself) {
  Shell shell("sleep 600 & echo $!");
  ASSERT_TRUE(shell.ends());
  const pid_t grandchild = std::stoi(shell.lines.at(0));
  EXPECT_TRUE(dies(shell.world, grandchild));
}

TEST(ChildProcess, is_gone_when_its_owner_is) {
  Shell shell("echo $$; exec sleep 600");
  ASSERT_TRUE(run_until(shell.world, [&] { return !shell.lines.empty(); }));
  const pid_t id = std::stoi(shell.lines[0]);
  shell.child.reset();
  EXPECT_FALSE(is_alive(id));
  EXPECT_FALSE(shell.exit.has_value()) << "no handler after destruction";
}

TEST(ChildProcess, may_be_destroyed_by_its_exit) {
  Shell shell("true");
  bool told = false;
  shell.child = std::make_unique<ChildProcess>(
      shell.world, ChildProcess::Program{.command = {"true"}, .environment = {}, .folder = "/"},
      ChildProcess::Handlers{.on_line = {}, .on_exit = [&](ChildProcess::Exit) {
                               told = true;
                               shell.child.reset();
                             }});
  EXPECT_TRUE(run_until(shell.world, [&] { return told; }));
}

TEST(ChildProcess, that_floods_is_slowed_down_and_others_get_their_turn) {
  Shell shell("exec yes");
  int beats = 0;
  world::Timer timer;
  std::function<void()> beat = [&] {
    ++beats;
    timer = shell.world.call_after(10ms, beat);
  };
  beat();
  shell.world.run(shell.world.now() + 1s, {});
  EXPECT_GT(beats, 20) << "the clock goes on";
  EXPECT_GT(shell.lines.size(), 1000U);
  EXPECT_LT(shell.lines.size(), 4000000U);
}

TEST(ChildProcess, that_does_not_read_leaves_a_bounded_rest) {
  Shell shell("exec sleep 600");
  const std::string order(100000, 'x');
  for (int i = 0; i < 100; ++i) shell.child->write(order);
  shell.child->terminate(1s);
  EXPECT_TRUE(shell.ends());
}

TEST(ChildProcess, takes_lines_after_its_end_in_silence) {
  Shell shell("exit 0");
  ASSERT_TRUE(shell.ends());
  shell.child->write("quit\n");
  shell.child->terminate(1s);
}

TEST(ChildProcess, that_does_not_exist_is_a_setup_error) {
  RealWorld world;
  const ChildProcess::Program missing{
      .command = {"no-such-softphone"}, .environment = {}, .folder = "/"};
  EXPECT_THROW(ChildProcess(world, missing, {}), SetupError);
  const ChildProcess::Program folder{.command = {"/etc/passwd"}, .environment = {}, .folder = "/"};
  EXPECT_THROW(ChildProcess(world, folder, {}), SetupError);
}

TEST(ChildProcess, dies_with_a_harness_that_is_killed) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t harness = ::fork();
  if (harness == 0) {
    Shell shell("echo $$; exec sleep 600");
    run_until(shell.world, [&] { return !shell.lines.empty(); });
    const std::string id = shell.lines.at(0);
    const auto written = ::write(ends[1], id.data(), id.size());
    ::kill(::getpid(), SIGKILL);
    ::_exit(static_cast<int>(written));
  }
  ::close(ends[1]);
  char text[32] = {};
  ASSERT_GT(::read(ends[0], text, sizeof(text) - 1), 0);
  ::close(ends[0]);
  ::waitpid(harness, nullptr, 0);
  RealWorld world;
  const pid_t id = std::stoi(text);
  EXPECT_TRUE(dies(world, id));
}

}  // namespace
}  // namespace sipharness::host
