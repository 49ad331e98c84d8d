#include "reports/live_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reports {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

TEST(LivePage, tells_a_state_on_one_line_of_text_that_does_nothing) {
  LiveState state;
  state.run = "a\nb";
  state.prompt = 2;
  state.task = "dial \xe2\x80\xae</script>\x1b[31m\xff";
  state.verdicts.findings = {{"ROW", "fail", "from \"\xc2\x9b<script>\""}};
  const std::string text = live_state(state);
  EXPECT_THAT(text, Not(HasSubstr("\n")));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae")));
  EXPECT_THAT(text, Not(HasSubstr("\xc2\x9b")));
  EXPECT_THAT(text, HasSubstr("\"id\":2"));
}

TEST(LivePage, reads_verdicts_so_far_and_nothing_from_what_is_no_result) {
  const LiveVerdicts verdicts = verdicts_so_far(R"({"counts":{"pass":3,"fail":1},"findings":[
    {"requirement":"A","verdict":"pass"},
    {"requirement":"B","verdict":"fail","message":"it did not"}]})");
  EXPECT_TRUE(verdicts.is_there);
  EXPECT_EQ(verdicts.pass, 3);
  ASSERT_THAT(verdicts.findings, SizeIs(1));
  EXPECT_EQ(verdicts.findings[0].message, "it did not");
  for (const char* other : {"", "{", "[]", "{\"findings\":3}"})
    EXPECT_FALSE(verdicts_so_far(other).is_there) << other;
}

}  // namespace
}  // namespace reports
