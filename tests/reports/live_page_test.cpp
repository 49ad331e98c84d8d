#include "reports/live_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reports {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(LivePage, tells_a_state_on_one_line_of_text_that_does_nothing) {
  LiveState state;
  state.run = "a\nb";
  state.prompt = 2;
  state.task = "dial \xe2\x80\xae</script>\x1b[31m\xff";
  state.awaiting = "from \"\xc2\x9b<script>\"";
  const std::string text = live_state(state);
  EXPECT_THAT(text, Not(HasSubstr("\n")));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae")));
  EXPECT_THAT(text, Not(HasSubstr("\xc2\x9b")));
  EXPECT_THAT(text, HasSubstr("\"id\":2"));
}

}  // namespace
}  // namespace reports
