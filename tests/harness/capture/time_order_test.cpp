#include "harness/capture/time_order.hpp"

#include <cstdio>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/capture/capture_file.hpp"
#include "harness/capture/pcap_writer.hpp"
#include "tests/harness/capture/recording_sink.hpp"

namespace sipharness::capture {
namespace {

using testing::ElementsAre;

class Numbers final : public packet::FrameSink {
 public:
  void on_frame(const packet::FrameView& frame) override {
    numbers.push_back(frame.number);
    times.push_back(frame.at.time_since_epoch());
  }
  std::vector<std::uint32_t> numbers;
  std::vector<Duration> times;
};

class TimeOrderTest : public testing::Test {
 protected:
  /// Reads a capture whose frames have these times.
  void read(const std::vector<Duration>& times) {
    const std::string path = testing::TempDir() + "time_order.pcap";
    {
      PcapWriter writer(path, packet::LinkType::ethernet);
      for (const Duration at : times)
        writer.on_frame({CaptureTime(at), packet::LinkType::ethernet, 0, datagram("x")});
    }
    const auto file = CaptureFile::open({path});
    ASSERT_TRUE(file);
    TimeOrder order(sink_);
    ASSERT_TRUE(file->read(order));
    order.finish();
    steps_ = order.steps();
    sorted_ = order.sorted();
    std::remove(path.c_str());
  }

  Numbers sink_;
  std::vector<TimeOrder::Step> steps_;
  std::uint64_t sorted_ = 0;
};

TEST_F(TimeOrderTest, keeps_the_order_of_the_file_among_equals) {
  read({1s, 1s, 1s, 2s});
  EXPECT_THAT(sink_.numbers, ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(sorted_, 0U);
}

TEST_F(TimeOrderTest, survives_a_clock_that_jumps_as_far_as_it_can) {
  constexpr Duration far = std::chrono::seconds(0xffffffff);
  read({far, 0s, far, 0s, far, 0s, far, 0s});
  EXPECT_EQ(sink_.times, std::vector<Duration>(8, far));
  EXPECT_EQ(steps_.size(), 1U);
}

TEST_F(TimeOrderTest, sorts_what_is_a_little_out_of_order) {
  read({1050ms, 1s, 1100ms, 1020ms, 9s});
  EXPECT_THAT(sink_.numbers, ElementsAre(2, 4, 1, 3, 5));
  EXPECT_EQ(sorted_, 2U);
  EXPECT_TRUE(steps_.empty());
}

TEST_F(TimeOrderTest, a_clock_that_went_back_goes_on_from_where_it_was) {
  read({10s, 12s, 4s, 6s});
  EXPECT_THAT(sink_.times, ElementsAre(10s, 12s, 12s, 14s));
  ASSERT_EQ(steps_.size(), 1U);
  EXPECT_EQ(steps_[0].before, 2U);
  EXPECT_EQ(steps_[0].back, 8s);
}

TEST_F(TimeOrderTest, a_clock_that_was_set_to_another_decade_goes_on_from_where_it_was) {
  constexpr Duration decades = 56 * 8766h;
  read({10s, 12s, decades + 4s, decades + 6s, 20s});
  EXPECT_THAT(sink_.times, ElementsAre(10s, 12s, 12s, 14s, 14s));
  ASSERT_EQ(steps_.size(), 2U);
  EXPECT_EQ(steps_[0].before, 2U);
  EXPECT_EQ(steps_[0].back, -(decades - 8s));
  EXPECT_EQ(steps_[1].back, decades - 14s);
}

}  // namespace
}  // namespace sipharness::capture
