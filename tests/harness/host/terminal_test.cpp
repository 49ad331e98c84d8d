#include "harness/host/terminal.hpp"

#include <gtest/gtest.h>

namespace sipharness::host {
namespace {

TEST(Terminal, is_not_a_file_and_has_a_width_in_any_case) {
  std::FILE* const file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  EXPECT_FALSE(is_terminal(file));
  std::fclose(file);
  EXPECT_GE(terminal_size(stdout).columns, 40);
  EXPECT_GE(terminal_size(stdout).rows, 2);
}

}  // namespace
}  // namespace sipharness::host
