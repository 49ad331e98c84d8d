#include "harness/files/files.hpp"

#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/setup_error.hpp"

namespace sipharness::files {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

TEST(Files, are_read_as_they_were_written) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/file";
  const std::string bytes("a\0b\r\n\xff", 6);
  write_file(path, bytes);
  EXPECT_EQ(read_file(path).value(), bytes);
  write_file(path, "");
  EXPECT_EQ(read_file(path).value(), "");
}

TEST(Files, that_cannot_be_read_name_themselves_and_the_reason) {
  const TemporaryFolder folder;
  const auto missing = read_file(folder.path() + "/missing");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().place, folder.path() + "/missing");
  EXPECT_THAT(missing.error().message, HasSubstr("No such file"));
  EXPECT_FALSE(read_file(folder.path()).has_value()) << "a folder is no file";
}

TEST(Files, that_are_written_leave_nothing_beside_them) {
  const TemporaryFolder folder;
  write_file(folder.path() + "/result.json", "{}");
  write_file(folder.path() + "/result.json", "{ }");
  const auto entries = std::distance(fs::directory_iterator(folder.path()), {});
  EXPECT_EQ(entries, 1);
}

TEST(Files, that_cannot_be_written_are_a_setup_error) {
  const TemporaryFolder folder;
  EXPECT_THROW(write_file(folder.path() + "/missing/file", "text"), SetupError);
  write_file(folder.path() + "/file", "text");
  EXPECT_THROW(make_folders(folder.path() + "/file/below"), SetupError);
}

TEST(Folders, are_made_with_those_above_them) {
  const TemporaryFolder folder;
  make_folders(folder.path() + "/a/b/c");
  make_folders(folder.path() + "/a/b/c");
  EXPECT_TRUE(is_folder(folder.path() + "/a/b/c"));
  EXPECT_FALSE(is_folder(folder.path() + "/a/x"));
  EXPECT_EQ(file_name("/a/b/c.json"), "c.json");
}

TEST(RunFolders, are_new_each_time_and_latest_points_at_the_newest) {
  const TemporaryFolder folder;
  const std::string base = folder.path() + "/runs";
  const std::string first = make_run_folder(base, "primary_down");
  const std::string second = make_run_folder(base, "primary_down");
  EXPECT_NE(first, second);
  EXPECT_THAT(first, StartsWith(base + "/primary_down-"));
  EXPECT_THAT(file_name(first), MatchesRegex("primary_down-[0-9]+-[0-9]+(-[0-9]+)?"));
  EXPECT_EQ(fs::canonical(base + "/latest"), fs::canonical(second));
}

TEST(RunFolders, leave_a_folder_named_latest_alone) {
  const TemporaryFolder folder;
  make_folders(folder.path() + "/latest");
  write_file(folder.path() + "/latest/mine", "kept");
  make_run_folder(folder.path(), "scenario");
  EXPECT_EQ(read_file(folder.path() + "/latest/mine").value(), "kept");
}

TEST(TemporaryFolders, go_with_everything_in_them) {
  std::string path;
  {
    const TemporaryFolder folder;
    path = folder.path();
    make_folders(path + "/a/b");
    write_file(path + "/a/b/file", "text");
    EXPECT_TRUE(is_folder(path));
  }
  EXPECT_FALSE(is_folder(path));
}

}  // namespace
}  // namespace sipharness::files
