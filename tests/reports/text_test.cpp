#include "reports/text.hpp"

#include <gtest/gtest.h>

#include "tests/reports/results.hpp"

namespace reports {
namespace {

TEST(Printable, keeps_text_and_shows_what_is_none) {
  struct Case {
    std::string_view name;
    std::string_view raw;
    std::string_view shown;
  };
  using namespace std::string_view_literals;
  const std::vector<Case> cases{{"nothing", "", ""},
                                {"plain", "Grandstream GRP2612 1.0", "Grandstream GRP2612 1.0"},
                                {"umlauts and more", "Büro · 電話", "Büro · 電話"},
                                {"quotes stay", R"(a "b" \c/ 'd')", R"(a "b" \c/ 'd')"},
                                {"line ends", "a\r\nb\t", R"(a\x0d\x0ab\x09)"},
                                {"escape sequence", "\x1b[2J", R"(\x1b[2J)"},
                                {"zero byte", "a\0b"sv, R"(a\x00b)"},
                                {"delete", "\x7f", R"(\x7f)"},
                                {"C1 control",
                                 "a\xc2\x9b"
                                 "b",
                                 R"(a\x9bb)"},
                                {"no-break space is no control", "\xc2\xa0", "\xc2\xa0"},
                                {"not in XML", "\xef\xbf\xbe\xef\xbf\xbf", R"(\xfffe\xffff)"},
                                {"lone byte", "a\xff", "a\xef\xbf\xbd"},
                                {"cut short", "a\xc2", "a\xef\xbf\xbd"}};
  for (const Case& c : cases) EXPECT_EQ(printable(c.raw), c.shown) << c.name;
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
