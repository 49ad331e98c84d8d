#include "harness/stage/journal_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/setup_error.hpp"
#include "harness/files/files.hpp"
#include "harness/world_sim/simulated_world.hpp"

namespace sipharness::stage {
namespace {

using files::TemporaryFolder;
using testing::HasSubstr;

TEST(JournalFile, stamps_entries_from_scenario_zero) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/journal.jsonl";
  world_sim::SimulatedWorld world;
  {
    JournalFile file(path, world, TimePoint(2s), false);
    world.run(TimePoint(2s));
    file.write(journal::Clock{});
    world.run(TimePoint(5s));
    file.write(journal::Ended{"completed"});
    EXPECT_FALSE(file.has_failed());
  }
  const auto read = journal::read_journal(path);
  ASSERT_TRUE(read) << read.error().text();
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ(read->front().at, 0s);
  EXPECT_EQ(read->back().at, 3s);
  EXPECT_EQ(std::get<journal::Ended>(read->back().event).reason, "completed");
}

TEST(JournalFile, is_on_disk_line_by_line_when_asked) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/journal.jsonl";
  const world_sim::SimulatedWorld world;
  JournalFile file(path, world, TimePoint(), true);
  for (std::size_t lines = 1; lines <= 3; ++lines) {
    file.write(journal::Clock{});
    EXPECT_EQ(journal::read_journal(path)->size(), lines);
  }
}

TEST(JournalFile, that_cannot_be_made_is_a_setup_error_that_names_it) {
  const TemporaryFolder folder;
  const world_sim::SimulatedWorld world;
  try {
    JournalFile(folder.path() + "/missing/journal.jsonl", world, TimePoint(), false);
    FAIL() << "made";
  } catch (const SetupError& error) {
    EXPECT_THAT(error.what(), HasSubstr("/missing/journal.jsonl: No such file"));
  }
}

TEST(JournalFile, notices_a_full_disk) {
  const world_sim::SimulatedWorld world;
  for (const bool flush : {true, false}) {
    SCOPED_TRACE(flush);
    JournalFile file("/dev/full", world, TimePoint(), flush);
    file.write(journal::Clock{});
    EXPECT_TRUE(file.has_failed());
  }
}

}  // namespace
}  // namespace sipharness::stage
