#include "harness/trace/keep_alive_times.hpp"

#include <gtest/gtest.h>

namespace sipharness::trace {
namespace {

const Endpoint phone = *Endpoint::parse("192.0.2.50:5060");
const Endpoint other = *Endpoint::parse("192.0.2.50:5062");

TEST(KeepAliveTimes, tells_the_last_one_before_a_time) {
  KeepAliveTimes times;
  const CaptureTime start{};
  EXPECT_FALSE(times.last_before(phone, start + 1h));
  for (const Duration at : {15s, 30s, 33s, 36s, 90s}) times.add(phone, start + at);
  EXPECT_FALSE(times.last_before(other, start + 1h)) << "each port on its own";
  EXPECT_FALSE(times.last_before(phone, start + 15s));
  EXPECT_EQ(times.last_before(phone, start + 30s), start + 15s);
  EXPECT_EQ(times.last_before(phone, start + 90s), start + 36s);
  EXPECT_EQ(times.last_before(phone, start + 1h), start + 90s);
}

TEST(KeepAliveTimes, of_a_flood_keeps_one_in_ten_seconds_and_the_last) {
  KeepAliveTimes times;
  const CaptureTime start{};
  for (int i = 0; i <= 25000; ++i) times.add(phone, start + i * 1ms);
  EXPECT_EQ(times.last_before(phone, start + 1h), start + 25s);
  EXPECT_EQ(times.last_before(phone, start + 15s), start + 10s);
}

}  // namespace
}  // namespace sipharness::trace
