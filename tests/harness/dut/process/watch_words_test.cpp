#include "harness/dut/process/watch_words.hpp"

#include <string>

#include <gtest/gtest.h>

namespace sipharness::dut {
namespace {

TEST(WatchWords, tell_the_outcome_of_the_last_action_once) {
  WatchWords words;
  EXPECT_FALSE(words.hear("established").has_value());
  words.expect({"dial", {"established"}, {"closed", "refused"}});
  EXPECT_EQ(words.awaited(), "dial");
  EXPECT_FALSE(words.hear("ringing").has_value());
  const auto outcome = words.hear("call established");
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->verb, "dial");
  EXPECT_TRUE(outcome->ok);
  EXPECT_EQ(outcome->line, "call established");
  EXPECT_FALSE(words.hear("call closed").has_value());
}

TEST(WatchWords, count_a_line_with_both_as_failure) {
  WatchWords words;
  words.expect({"dial", {"call"}, {"call failed"}});
  EXPECT_FALSE(words.hear("call failed")->ok);
}

TEST(WatchWords, await_nothing_where_the_profile_has_no_words) {
  WatchWords words;
  words.expect({"dial", {"up"}, {}});
  words.expect({"hold", {}, {}});
  EXPECT_EQ(words.awaited(), std::nullopt);
  EXPECT_FALSE(words.hear("up").has_value());
}

TEST(WatchWords, quote_what_they_heard_as_plain_text_of_bounded_length) {
  WatchWords words;
  words.expect({"dial", {"up"}, {}});
  const auto outcome = words.hear("up\x1b[2J\xff" + std::string(1000, 'x'));
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->line.size(), 200U);
  EXPECT_EQ(outcome->line.substr(0, 7), "up.[2J.");
}

}  // namespace
}  // namespace sipharness::dut
