#include "harness/base/printable.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace sipharness {
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
                                {"umlauts and more", "Büro · 電話 😀", "Büro · 電話 😀"},
                                {"quotes stay", R"(a "b" \c/ 'd')", R"(a "b" \c/ 'd')"},
                                {"line ends", "a\r\nb\t", R"(a\x0d\x0ab\x09)"},
                                {"escape sequence", "\x1b[2J", R"(\x1b[2J)"},
                                {"zero byte", "a\0b"sv, R"(a\x00b)"},
                                {"delete", "\x7f", R"(\x7f)"},
                                {"C1 control",
                                 "a\xc2\x9b"
                                 "b",
                                 R"(a\x9bb)"},
                                {"C1 control as a byte", "a\x9b[31m", "a\xef\xbf\xbd[31m"},
                                {"no-break space is no control", "\xc2\xa0", "\xc2\xa0"},
                                {"turned round", "a\xe2\x80\xae\xe2\x81\xa6", R"(a\x202e\x2066)"},
                                {"joined emoji stay", "\xe2\x80\x8d", "\xe2\x80\x8d"},
                                {"line separator", "\xe2\x80\xa8", R"(\x2028)"},
                                {"not in XML", "\xef\xbf\xbe\xef\xbf\xbf", R"(\xfffe\xffff)"},
                                {"lone byte", "a\xff", "a\xef\xbf\xbd"},
                                {"cut short", "a\xc2", "a\xef\xbf\xbd"},
                                {"longer than it need be", "\xc0\x9b", "\xef\xbf\xbd\xef\xbf\xbd"}};
  for (const Case& c : cases) EXPECT_EQ(printable(c.raw), c.shown) << c.name;
}

TEST(Printable, leaves_nothing_of_what_it_is_there_to_take_away) {
  for (unsigned high = 0; high < 256; ++high)
    for (unsigned low = 0; low < 256; ++low) {
      const std::string raw{static_cast<char>(high), static_cast<char>(low)};
      const std::string shown = printable(raw);
      EXPECT_EQ(printable(shown), shown) << high << " " << low;
    }
}

}  // namespace
}  // namespace sipharness
