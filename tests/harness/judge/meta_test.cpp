#include "harness/judge/meta.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/files/files.hpp"

namespace sipharness::judge {
namespace {

using files::TemporaryFolder;
using testing::HasSubstr;

TEST(Meta, is_read_as_it_was_written) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/run.json";
  for (const std::uint64_t seed : {0UL, 7UL, 18'446'744'073'709'551'615UL}) {
    files::write_file(path, to_json(Meta{"real", seed, "reference"}));
    const auto meta = read_meta(path);
    ASSERT_TRUE(meta) << meta.error().text();
    EXPECT_EQ(meta->clock, "real");
    EXPECT_EQ(meta->seed, seed);
    EXPECT_EQ(meta->device_kind, "reference");
  }
}

TEST(Meta, that_is_broken_is_refused_with_its_place) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/run.json";
  EXPECT_FALSE(read_meta(path)) << "there is none";
  for (const std::string_view text :
       {"", "{", "[]", "7", "{}", R"({"seed": 7})", R"({"seed": ""})", R"({"seed": "-1"})",
        R"({"seed": "7x"})", R"({"seed": "18446744073709551616"})",
        R"({"seed": "99999999999999999999"})", R"({"seed": "1", "seed": "2"})"}) {
    SCOPED_TRACE(text);
    files::write_file(path, text);
    const auto meta = read_meta(path);
    ASSERT_FALSE(meta);
    EXPECT_THAT(meta.error().place, HasSubstr(path + ":1:"));
  }
}

}  // namespace
}  // namespace sipharness::judge
