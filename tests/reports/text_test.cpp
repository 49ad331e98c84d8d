#include "reports/text.hpp"

#include <gtest/gtest.h>

#include "tests/reports/results.hpp"

namespace reports {
namespace {

TEST(PrintableJson, escapes_what_a_terminal_obeys_and_says_the_same) {
  EXPECT_EQ(printable_json("{\n  \"a\": \"Büro \xc2\x9b\xe2\x80\xae\x7f\"\n}"),
            "{\n  \"a\": \"Büro \\u009b\\u202e\\u007f\"\n}");
}

TEST(FrameList, names_a_few_and_counts_the_rest) {
  EXPECT_EQ(frame_list({}), "");
  EXPECT_EQ(frame_list({41}), "frame 41");
  EXPECT_EQ(frame_list({41, 55}), "frames 41, 55");
  EXPECT_EQ(frame_list({1, 2, 3}, 3), "frames 1, 2, 3");
  EXPECT_EQ(frame_list({1, 2, 3, 4, 5}, 2), "frames 1, 2 and 3 more");
}

TEST(CountLine, leaves_out_what_is_zero_but_passed_and_failed) {
  EXPECT_EQ(count_line(result_of({})), "0 passed, 0 failed");
  const Finding warned = finding("FO-NODUP", {instance(Verdict::warn, "twice")});
  EXPECT_EQ(count_line(result_of({warned})), "0 passed, 1 warning, 0 failed");
  EXPECT_EQ(count_line(result_of({warned, warned})), "0 passed, 2 warnings, 0 failed");
}

TEST(FullName, has_the_variant_if_there_is_one) {
  Result result = result_of({});
  EXPECT_EQ(full_name(result), "primary_down");
  result.variant = "b";
  EXPECT_EQ(full_name(result), "primary_down/b");
}

}  // namespace
}  // namespace reports
