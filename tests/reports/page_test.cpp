#include "reports/page.hpp"

#include <gtest/gtest.h>

namespace reports {
namespace {

struct FoldedCase {
  const char* text;
  const char* folded;
};

TEST(Folded, breaks_at_blanks_and_goes_on_further_in) {
  for (const FoldedCase& c :
       {FoldedCase{"short\n", "short\n"},
        FoldedCase{"  one two three four five\n", "  one two three four\n      five\n"},
        FoldedCase{"a\n\nb\n", "a\n\nb\n"},
        FoldedCase{"abcdefghijklmnopqrstuvwxyz\n", "abcdefghijklmnopqrst\n    uvwxyz\n"},
        FoldedCase{"                         x\n", "                    \n          x\n"},
        FoldedCase{"\x1b[1mFAIL\x1b[0m one two three\n", "\x1b[1mFAIL\x1b[0m one two three\n"},
        FoldedCase{"ähm öhm ühm ähm öhm ü\n", "ähm öhm ühm ähm öhm\n    ü\n"}, FoldedCase{"", ""}})
    EXPECT_EQ(folded(c.text, 20), c.folded) << c.text;
}

}  // namespace
}  // namespace reports
