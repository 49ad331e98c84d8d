#include "harness/files/output.hpp"

#include <array>
#include <filesystem>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/setup_error.hpp"
#include "harness/files/files.hpp"

namespace sipharness::files {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string error_of(const auto& action) {
  try {
    action();
  } catch (const SetupError& error) {
    return error.what();
  }
  return {};
}

class OutputTest : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }
  std::ptrdiff_t entries() const {
    return std::distance(fs::directory_iterator(folder_.path()), {});
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(OutputTest, tries_without_leaving_anything) {
  Output(path("new")).try_out();
  EXPECT_EQ(entries(), 0);
  write_file(path("old"), "text");
  Output(path("old")).try_out();
  EXPECT_EQ(read_file(path("old")).value(), "text");
  EXPECT_EQ(entries(), 1);
}

TEST_F(OutputTest, says_beforehand_what_writing_would_say) {
  const std::string nowhere = path("missing/file");
  const std::string expected = fmt::format("cannot write {}: No such file or directory", nowhere);
  EXPECT_EQ(error_of([&] { Output(nowhere).try_out(); }), expected);
  EXPECT_EQ(error_of([&] { Output(nowhere).write("text"); }), expected);
  EXPECT_THAT(error_of([&] { Output(path(".")).try_out(); }), HasSubstr("Is a directory"));
  EXPECT_THAT(error_of([&] { Output(std::string(5000, 'x')).try_out(); }), HasSubstr("too long"));
}

TEST_F(OutputTest, replaces_what_a_link_names_and_keeps_link_and_mode) {
  write_file(path("named"), "old");
  fs::permissions(path("named"), fs::perms(0604));
  fs::create_symlink("named", path("link"));
  Output(path("link")).write("new", true);
  EXPECT_TRUE(fs::is_symlink(path("link")));
  EXPECT_EQ(read_file(path("named")).value(), "new");
  EXPECT_EQ(fs::status(path("named")).permissions(), fs::perms(0604));
  EXPECT_EQ(entries(), 2);
}

TEST_F(OutputTest, is_the_same_file_by_any_way_and_before_it_is_there) {
  fs::create_symlink("a", path("link"));
  const Output a(path("a"));
  EXPECT_TRUE(a.is_same_file(Output(path("./a"))));
  EXPECT_TRUE(a.is_same_file(Output(path("link"))));
  EXPECT_FALSE(a.is_same_file(Output(path("b"))));
  EXPECT_FALSE(a.would_replace(path("a"))) << "it is not there";
  write_file(path("a"), "text");
  EXPECT_TRUE(Output(path("link")).would_replace(path("./a")));
  EXPECT_FALSE(a.would_replace(path("a/below")));
  EXPECT_FALSE(Output("/dev/null").is_same_file(Output("/dev/null"))) << "nothing is lost there";
}

TEST_F(OutputTest, to_a_descriptor_of_this_process_goes_there) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  fs::create_symlink(fmt::format("/proc/self/fd/{}", ends[0]), path("link"));
  for (const std::string& way : {fmt::format("/dev/fd/{}", ends[0]), path("link")}) {
    const Output output(way);
    output.try_out();
    output.write("text");
    std::array<char, 8> got{};
    EXPECT_EQ(::read(ends[1], got.data(), got.size()), 4);
    EXPECT_FALSE(output.is_standard_output());
  }
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_THAT(error_of([&] { Output(path("link")).try_out(); }), HasSubstr("cannot write"));
  EXPECT_TRUE(Output("-").is_standard_output());
  EXPECT_TRUE(Output("/proc/self/fd/1").is_standard_output());
}

TEST_F(OutputTest, into_a_full_device_fails_and_leaves_it) {
  fs::create_symlink("/dev/full", path("link"));
  const Output full(path("link"));
  full.try_out();
  EXPECT_EQ(error_of([&] { full.write("text"); }),
            fmt::format("cannot write {}: No space left on device", path("link")));
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

}  // namespace
}  // namespace sipharness::files
