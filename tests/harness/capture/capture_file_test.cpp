#include "harness/capture/capture_file.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/resource.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/setup_error.hpp"
#include "harness/capture/pcap_writer.hpp"
#include "tests/harness/capture/capture_bytes.hpp"

namespace sipharness::capture {
namespace {

using packet::LinkType;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class PcapFile : public testing::Test {
 protected:
  void SetUp() override {
    const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
    path_ = testing::TempDir() + "pcap_" + test.name() + ".pcap";
  }
  void TearDown() override { std::filesystem::remove(path_); }

  void write_frames(LinkType link, int count) {
    PcapWriter writer(path_, link);
    for (int i = 0; i < count; ++i) {
      writer.on_frame({start + i * 1ns, link, 0, "frame " + std::to_string(i)});
    }
    EXPECT_EQ(writer.frames(), static_cast<std::uint64_t>(count));
    EXPECT_FALSE(writer.error());
  }
  void write_text(std::string_view bytes) { std::ofstream(path_, std::ios::binary) << bytes; }

  std::string path_;
};

TEST_F(PcapFile, gives_back_every_frame_to_the_nanosecond) {
  for (const LinkType link :
       {LinkType::null, LinkType::ethernet, LinkType::raw, LinkType::linux_cooked, LinkType::ipv4,
        LinkType::ipv6, LinkType::linux_cooked_2}) {
    write_frames(link, 3);
    FrameList list;
    const Expected<ReadOutcome> outcome = read_capture({path_}, list);
    ASSERT_TRUE(outcome) << outcome.error().text();
    EXPECT_EQ(outcome->frames, 3U);
    EXPECT_THAT(outcome->faults, IsEmpty());
    ASSERT_EQ(list.frames.size(), 3U);
    EXPECT_EQ(list.frames[2], (FrameList::Frame{start + 2ns, link, 7, "frame 2"}));
  }
}

TEST_F(PcapFile, gives_back_more_than_is_mapped_at_once) {
  constexpr int frames = 4000;
  const auto bytes_of = [](int frame) {
    return std::to_string(frame) + std::string(1500, static_cast<char>('a' + frame % 26));
  };
  {
    PcapWriter writer(path_, LinkType::ethernet);
    for (int i = 0; i < frames; ++i)
      writer.on_frame({start + i * 1ns, LinkType::ethernet, 0, bytes_of(i)});
  }
  ASSERT_GT(std::filesystem::file_size(path_), std::size_t{5} << 20U);
  FrameList list;
  const Expected<ReadOutcome> outcome = read_capture({path_}, list);
  ASSERT_TRUE(outcome) << outcome.error().text();
  EXPECT_THAT(outcome->faults, IsEmpty());
  ASSERT_EQ(list.frames.size(), static_cast<std::size_t>(frames));
  for (int i = 0; i < frames; ++i)
    ASSERT_EQ(list.frames[static_cast<std::size_t>(i)].bytes, bytes_of(i)) << i;
}

/// Whether a writer noticed that its five frames of 400 bytes did not fit. A limit on the size of
/// files is a full disk that needs no privilege; it stays with the process.
bool fills_the_disk(const std::string& path) {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{1000, 1000};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  const std::string frame(400, 'x');
  PcapWriter writer(path, LinkType::ethernet);
  for (int i = 0; i < 5; ++i) {
    writer.on_frame({start + i * 1ns, LinkType::ethernet, 0, frame});
    writer.flush();
  }
  return writer.error().has_value();
}

TEST_F(PcapFile, ends_with_a_whole_frame_when_the_disk_is_full) {
  EXPECT_EXIT(std::_Exit(fills_the_disk(path_) ? 0 : 1), testing::ExitedWithCode(0), "");
  FrameList list;
  const Expected<ReadOutcome> outcome = read_capture({path_}, list);
  ASSERT_TRUE(outcome) << outcome.error().text();
  EXPECT_EQ(outcome->frames, 2U);
  EXPECT_THAT(outcome->faults, IsEmpty());
}

TEST_F(PcapFile, is_whole_up_to_the_last_flush_at_any_moment) {
  PcapWriter writer(path_, LinkType::ethernet);
  FrameList list;
  EXPECT_EQ(read_capture({path_}, list).value().frames, 0U) << "it can be read at once";
  const std::string frame(60'000, 'x');
  for (int i = 0; i < 100; ++i) writer.on_frame({start + i * 1ns, LinkType::ethernet, 0, frame});
  const Expected<ReadOutcome> outcome = read_capture({path_}, list);
  ASSERT_TRUE(outcome) << outcome.error().text();
  EXPECT_THAT(outcome->faults, IsEmpty()) << "its buffer is written frame by frame";
  EXPECT_GT(outcome->frames, 0U);
}

TEST_F(PcapFile, keeps_the_original_length_of_a_cut_frame) {
  {
    PcapWriter writer(path_, LinkType::ethernet);
    writer.on_frame({start, LinkType::ethernet, 1500, "short"});
  }
  FrameList list;
  ASSERT_TRUE(read_capture({path_}, list));
  EXPECT_EQ(list.frames.at(0).original_length, 1500U);
}

TEST_F(PcapFile, is_readable_up_to_the_last_flush) {
  PcapWriter writer(path_, LinkType::ethernet);
  writer.on_frame({start, LinkType::ethernet, 0, "flushed"});
  writer.flush();
  FrameList list;
  ASSERT_TRUE(read_capture({path_}, list));
  EXPECT_EQ(list.frames.size(), 1U);
}

TEST_F(PcapFile, that_ends_inside_a_packet_gives_the_frames_before_it_and_says_so) {
  write_frames(LinkType::ethernet, 3);
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) - 4);
  FrameList list;
  const Expected<ReadOutcome> outcome = read_capture({path_}, list);
  ASSERT_TRUE(outcome) << outcome.error().text();
  EXPECT_EQ(list.frames.size(), 2U);
  ASSERT_EQ(outcome->faults.size(), 1U);
  EXPECT_THAT(outcome->faults[0].text, StartsWith(path_ + ": frame 3: truncated"));
}

TEST_F(PcapFile, that_is_no_capture_is_an_error) {
  FrameList list;
  for (const std::string_view text : {"", "not a capture, whatever the name says", "\xd4\xc3"}) {
    write_text(text);
    const Expected<ReadOutcome> outcome = read_capture({path_}, list);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().place, path_);
    EXPECT_FALSE(outcome.error().message.empty());
  }
  EXPECT_FALSE(read_capture({"no/such/file.pcap"}, list));
  EXPECT_TRUE(list.frames.empty());
}

TEST_F(PcapFile, of_another_link_type_is_an_error_that_lists_the_known_ones) {
  std::string header("\x4d\x3c\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\x77\0\0\0", 24);  // 119
  write_text(header);
  FrameList list;
  const Expected<ReadOutcome> outcome = read_capture({path_}, list);
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().message, HasSubstr("PRISM_HEADER"));
  EXPECT_THAT(outcome.error().message, HasSubstr("EN10MB"));
}

TEST(PcapWriterErrors, an_impossible_path_is_a_setup_error) {
  EXPECT_THROW(PcapWriter("no/such/folder/x.pcap", LinkType::ethernet), SetupError);
}

TEST(PcapWriterErrors, a_full_disk_is_remembered) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  PcapWriter writer("/dev/full", LinkType::ethernet);
  writer.on_frame({start, LinkType::ethernet, 0, "lost"});
  writer.flush();
  ASSERT_TRUE(writer.error());
  EXPECT_THAT(*writer.error(), HasSubstr("No space"));
}

}  // namespace
}  // namespace sipharness::capture
