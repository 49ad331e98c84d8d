#include "harness/trace/media_clocks.hpp"

#include <string>

#include <gtest/gtest.h>

namespace sipharness::trace {
namespace {

/// A stream of G.711: a packet each 20 ms, 160 samples in it.
class Sender {
 public:
  explicit Sender(MediaClocks& clocks) : clocks_(clocks) {}

  void packets(int count) {
    for (int i = 0; i < count; ++i) {
      ++sequence;
      timestamp += 160;
      origin.at += 20ms;
      ++origin.frame;
      clocks_.add(origin, packet());
    }
  }
  void skip(int count) {
    sequence = static_cast<std::uint16_t>(sequence + count);
    timestamp += 160U * static_cast<std::uint32_t>(count);
  }

  std::uint16_t sequence = 65'500;  // it wraps
  std::uint32_t timestamp = 0xffff'ff00;
  std::uint32_t source_id = 0x1234;
  capture::Origin origin{.frame = 0,
                         .at = CaptureTime{1000s},
                         .source = *Endpoint::parse("127.0.0.1:4000"),
                         .destination = *Endpoint::parse("127.0.0.2:6000")};

 private:
  std::string packet() const {
    std::string bytes("\x80\x00", 2);
    const auto number = [&](std::uint32_t value, int size) {
      for (int shift = 8 * (size - 1); shift >= 0; shift -= 8)
        bytes += static_cast<char>(value >> static_cast<unsigned>(shift));
    };
    number(sequence, 2);
    number(timestamp, 4);
    number(source_id, 4);
    return bytes;
  }

  MediaClocks& clocks_;
};

TEST(MediaClocks, of_a_steady_stream_stand_never_still) {
  MediaClocks clocks;
  Sender(clocks).packets(100);
  EXPECT_TRUE(clocks.stood_still().empty());
}

TEST(MediaClocks, stand_still_where_a_stream_goes_on_as_if_no_time_had_passed) {
  MediaClocks clocks;
  Sender sender(clocks);
  sender.packets(50);
  const CaptureTime before = sender.origin.at;
  sender.origin.at += 10min;
  sender.packets(50);
  ASSERT_EQ(clocks.stood_still().size(), 1U);
  const Silence& pause = clocks.stood_still().front();
  EXPECT_EQ(pause.before, 50U);
  EXPECT_EQ(pause.after, 51U);
  EXPECT_EQ(pause.from, before);
  EXPECT_EQ(pause.length(), 10min + 20ms);
}

TEST(MediaClocks, may_lose_a_few_packets_beside_the_pause) {
  for (const int lost : {1, 2}) {
    MediaClocks clocks;
    Sender sender(clocks);
    sender.packets(50);
    sender.skip(lost);
    sender.origin.at += 10min;
    sender.packets(1);
    EXPECT_EQ(clocks.stood_still().size(), 1U) << lost;
  }
}

TEST(MediaClocks, went_on_where_more_packets_are_missing_or_the_timestamp_went_on) {
  MediaClocks lossy;
  Sender loser(lossy);
  loser.packets(50);
  loser.skip(3);
  loser.origin.at += 10min;
  loser.packets(1);
  EXPECT_TRUE(lossy.stood_still().empty());

  MediaClocks held;
  Sender holder(held);
  holder.packets(50);
  holder.timestamp += 8000U * 600;  // on hold: it sends nothing, and its clock goes on
  holder.origin.at += 10min;
  holder.packets(1);
  EXPECT_TRUE(held.stood_still().empty());
}

TEST(MediaClocks, are_each_streams_own) {
  MediaClocks clocks;
  Sender sender(clocks);
  sender.packets(50);
  sender.source_id = 0x5678;
  sender.origin.at += 10min;
  sender.packets(1);
  sender.origin.destination = *Endpoint::parse("127.0.0.3:6000");
  sender.origin.at += 10min;
  sender.packets(1);
  EXPECT_TRUE(clocks.stood_still().empty());
}

TEST(MediaClocks, take_no_pause_of_comfort_for_one) {
  MediaClocks clocks;
  Sender sender(clocks);
  for (int i = 0; i < 50; ++i) {
    sender.origin.at += 980ms;  // an interval of a second
    sender.packets(1);
  }
  sender.origin.at += 15s;
  sender.packets(1);
  EXPECT_TRUE(clocks.stood_still().empty());
}

TEST(MediaClocks, read_no_header_that_is_cut_off) {
  MediaClocks clocks;
  const capture::Origin origin{
      .frame = 1, .at = CaptureTime{1000s}, .source = {}, .destination = {}};
  clocks.add(origin, std::string_view("\x80\x00\x01\x02", 4));
  clocks.add(origin, {});
  EXPECT_TRUE(clocks.stood_still().empty());
}

}  // namespace
}  // namespace sipharness::trace
