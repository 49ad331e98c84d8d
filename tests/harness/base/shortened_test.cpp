#include "harness/base/shortened.hpp"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/printable.hpp"

namespace sipharness {
namespace {

std::string times(std::size_t count, std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

TEST(Shortened, cuts_words_and_texts_and_says_how_long_they_are) {
  struct Case {
    std::string_view name;
    std::string raw;
    std::string shown;
  };
  const std::string longest(256, 'k');
  const std::vector<Case> cases{
      {"nothing", "", ""},
      {"plain", "a b", "a b"},
      {"longest word", longest + " " + longest, longest + " " + longest},
      {"long word", "/" + std::string(60'000, 'k') + ": unknown key",
       "/" + std::string(199, 'k') + "…(60002 bytes) unknown key"},
      {"long word at the end", "a " + std::string(257, 'k'),
       "a " + std::string(200, 'k') + "…(257 bytes)"},
      {"in no character", "kkk" + times(100, "電"), "kkk" + times(65, "電") + "…(303 bytes)"},
      {"long text", times(30'000, "a "), times(950, "a ") + "…(60000 bytes)…" + times(950, "a ")}};
  for (const Case& c : cases) EXPECT_EQ(shortened(c.raw), c.shown) << c.name;
}

TEST(Shortened, leaves_what_is_short_already) {
  for (const std::size_t size : {257U, 4'000U, 1'000'000U})
    for (const std::string_view part : {"k", "k ", "電", "電\n", "\xff", "\x80"}) {
      const std::string shown = shortened(times(size, part));
      EXPECT_EQ(shortened(shown), shown) << size << part;
      EXPECT_LT(shown.size(), 4'200U) << size << part;
    }
}

TEST(Shortened, is_what_printable_gives) {
  EXPECT_EQ(printable(std::string(60'000, 'k')), std::string(200, 'k') + "…(60000 bytes)");
  EXPECT_LT(printable(std::string(1'000'000, '\x01')).size(), 4'200U);
}

}  // namespace
}  // namespace sipharness
