#include "harness/host/process/signals.hpp"

#include <csignal>
#include <cstdlib>

#include <gtest/gtest.h>

namespace sipharness::host {
namespace {

using testing::ExitedWithCode;

class Signals : public testing::TestWithParam<int> {};

TEST_P(Signals, the_first_sets_the_flag) {
  EXPECT_EXIT(
      {
        catch_interrupts();
        const bool before = is_interrupted();
        std::raise(GetParam());
        std::_Exit(!before && is_interrupted() ? 0 : 1);
      },
      ExitedWithCode(0), "");
}

TEST_P(Signals, the_second_ends_the_process_at_once) {
  EXPECT_EXIT(
      {
        catch_interrupts();
        std::raise(SIGINT);
        std::raise(GetParam());
        std::_Exit(0);
      },
      ExitedWithCode(130), "");
}

TEST(EndOfTheTerminal, ends_the_run_early_however_often_it_is_told) {
  EXPECT_EXIT(
      {
        std::signal(SIGHUP, SIG_DFL);
        catch_interrupts();
        std::raise(SIGHUP);
        std::raise(SIGHUP);
        std::_Exit(is_interrupted() ? 0 : 1);
      },
      ExitedWithCode(0), "");
}

TEST(InterruptOfChildren, is_never_a_second_one) {
  EXPECT_EXIT(
      {
        catch_interrupts();
        std::raise(SIGINT);
        std::raise(interrupt_of_children);
        std::_Exit(is_interrupted() ? 0 : 1);
      },
      ExitedWithCode(0), "");
}

TEST(EndOfTheTerminal, is_no_reason_to_stop_under_nohup) {
  EXPECT_EXIT(
      {
        std::signal(SIGHUP, SIG_IGN);
        catch_interrupts();
        std::raise(SIGHUP);
        std::_Exit(is_interrupted() ? 1 : 0);
      },
      ExitedWithCode(0), "");
}

INSTANTIATE_TEST_SUITE_P(Both, Signals, testing::Values(SIGINT, SIGTERM));

}  // namespace
}  // namespace sipharness::host
