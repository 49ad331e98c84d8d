#include "harness/campaign/shard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/version.hpp"
#include "reports/shard.hpp"

namespace sipharness::campaign {
namespace {

using testing::ElementsAre;
using verdict::NotRun;

TEST(Shard, numbers_are_read) {
  EXPECT_EQ(parse_shard_number("2/4"), (ShardNumber{2, 4}));
  for (const char* text : {"", "2", "0/4", "5/4", "2/", "/4", "2/4/6", "2/x", " 2/4", "2/4 ",
                           "-1/4", "1/99999999999", "1/10001"})
    EXPECT_FALSE(parse_shard_number(text)) << text;
}

TEST(Shard, is_as_long_as_the_others) {
  EXPECT_THAT(balanced({10s, 90s, 40s, 50s}, 2), ElementsAre(1, 1, 2, 2));
  EXPECT_THAT(balanced({0s, 0s, 0s, 0s}, 2), ElementsAre(1, 2, 1, 2));
  EXPECT_THAT(balanced({1s}, 1), ElementsAre(1));
}

TEST(Shard, each_has_a_run_where_there_are_enough) {
  EXPECT_THAT(balanced({100s, 0s, 0s}, 3), ElementsAre(1, 2, 3));
}

Shard second_of_two() {
  return {.harness = std::string(version()),
          .shard = {2, 2},
          .plan = {{"a", "00", 2}, {"b", "01", 1}, {"c", "02", 2}},
          .runs = {{"a-2024", {}}, {{}, NotRun{"c", "interrupted", NotRun::Kind::cut_short}}}};
}

TEST(Shard, is_read_as_it_was_written) {
  const std::string text = reports::json(second_of_two());
  const auto read = parse_shard(text, "shard.json");
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(reports::json(*read), text);
}

TEST(Shard, that_is_missing_leaves_its_runs_out) {
  const auto runs = merge({{"shards/2", second_of_two()}});
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_EQ(runs[0].folder, "shards/2/a-2024");
  EXPECT_EQ(runs[1].not_run->why, "shard 1 of 2 is missing");
  EXPECT_EQ(runs[1].not_run->scenario, "b");
  EXPECT_EQ(runs[2].not_run->why, "interrupted");
}

}  // namespace
}  // namespace sipharness::campaign
