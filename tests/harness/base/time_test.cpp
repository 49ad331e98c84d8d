#include "harness/base/time.hpp"

#include <gtest/gtest.h>

namespace sipharness {
namespace {

struct DurationCase {
  const char* text;
  Duration value;
};

TEST(ParseDuration, reads_every_unit_and_decimals) {
  const DurationCase cases[] = {
      {"500ms", 500ms}, {"32s", 32s},     {"60min", 60min}, {"4h", 4h},      {"250us", 250us},
      {"1.5s", 1500ms}, {"0.5ms", 500us}, {"0s", 0s},       {"0.001s", 1ms}, {"1.25h", 75min},
  };
  for (const DurationCase& one : cases) EXPECT_EQ(parse_duration(one.text), one.value) << one.text;
}

TEST(ParseDuration, refuses_everything_else) {
  for (const char* text : {"", "5", "s", "-1s", "+1s", "1 s", " 1s", "1s ", "1S", "1m", "1sec",
                           ".5s", "1..5s", "1.2.3s", "1e3s", "nan", "99999999999h", "5s5"})
    EXPECT_FALSE(parse_duration(text).has_value()) << text;
}

TEST(FormatDuration, takes_the_longest_unit_that_divides) {
  const DurationCase cases[] = {{"0s", 0s},      {"500ms", 500ms}, {"32s", 32s},
                                {"1h", 60min},   {"90min", 90min}, {"1500ms", 1500ms},
                                {"250us", 250us}};
  for (const DurationCase& one : cases) EXPECT_EQ(format_duration(one.value), one.text);
}

TEST(FormatDuration, is_read_back_as_the_same) {
  for (const Duration d : {Duration(1us), Duration(999ms), Duration(61s), Duration(61min),
                           Duration(25h), Duration(32s + 1us)})
    EXPECT_EQ(parse_duration(format_duration(d)), d) << format_duration(d);
}

struct SecondsCase {
  const char* name;
  Duration value;
  int decimals;
  const char* text;
};

TEST(FormatSeconds, rounds_to_the_nearest) {
  const SecondsCase cases[] = {
      {"whole", 32s, 3, "32.000 s"},           {"down", 1234400us, 3, "1.234 s"},
      {"up at half", 1234500us, 3, "1.235 s"}, {"negative", -1234500us, 3, "-1.235 s"},
      {"no decimals", 1600ms, 0, "2 s"},       {"nanoseconds", Duration(1), 9, "0.000000001 s"},
  };
  for (const SecondsCase& one : cases)
    EXPECT_EQ(format_seconds(one.value, one.decimals), one.text) << one.name;
}

TEST(Seconds, convert_both_ways) {
  EXPECT_EQ(from_seconds(0.5), 500ms);
  EXPECT_EQ(from_seconds(-1e-9), Duration(-1));
  EXPECT_DOUBLE_EQ(to_seconds(1500ms), 1.5);
}

}  // namespace
}  // namespace sipharness
