#include "harness/host/process/line_splitter.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sipharness::host {
namespace {

using testing::ElementsAre;

struct Lines {
  std::vector<std::string> seen;
  LineSplitter splitter{[this](std::string_view line) { seen.emplace_back(line); }};
};

TEST(LineSplitter, gives_lines_however_they_arrive) {
  Lines lines;
  for (const std::string_view piece : {"on", "e\r", "\ntwo\n\n\nth", "ree", "\rfour"})
    lines.splitter.feed(piece);
  EXPECT_THAT(lines.seen, ElementsAre("one", "two", "three"));
  lines.splitter.finish();
  lines.splitter.finish();
  EXPECT_THAT(lines.seen, ElementsAre("one", "two", "three", "four"));
}

TEST(LineSplitter, cuts_an_endless_line_and_goes_on_behind_it) {
  Lines lines;
  const std::string piece(10000, 'x');
  for (int i = 0; i < 100; ++i) lines.splitter.feed(piece);
  lines.splitter.feed("\nnext\n");
  EXPECT_THAT(lines.seen, ElementsAre(std::string(LineSplitter::longest_line, 'x'), "next"));
}

}  // namespace
}  // namespace sipharness::host
