#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/report.hpp"
#include "tests/reports/results.hpp"

namespace reports {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Markdown, names_each_run_and_what_was_wrong) {
  const std::string text =
      markdown({{result_of({finding("GRP-CALL-03", {late_fallback()})}),
                 result_of({finding("GRP-CALL-03", {instance(Verdict::pass, "in time")})})}});
  EXPECT_THAT(text, HasSubstr("| fail | primary\\_down | fallback"));
  EXPECT_THAT(text, HasSubstr("| pass | primary\\_down | Nothing was broken"));
  EXPECT_THAT(text, HasSubstr("- **fail GRP-CALL-03** fallback\\: 40\\.000 s"));
  EXPECT_THAT(text, HasSubstr("frames 41, 55"));
}

TEST(Markdown, makes_nothing_of_what_a_device_sent) {
  const Result result = result_of({finding(
      "GRP-CALL-03", {instance(Verdict::fail, "a|b <img src=x> [x](http://x.test) `c`\n# d")})});
  const std::string text = markdown({{result}});
  EXPECT_THAT(text, HasSubstr("b \\<img src=x\\>"));
  EXPECT_THAT(text, Not(HasSubstr("](")));
  EXPECT_THAT(text, Not(HasSubstr("http://")));
  EXPECT_THAT(text, Not(HasSubstr("a|b")));
  EXPECT_THAT(text, Not(HasSubstr("\n# d")));
}

TEST(GitHubAnnotations, tell_failures_as_errors_and_the_rest_as_warnings) {
  const Result result = result_of({finding("GRP-CALL-03", {late_fallback()}),
                                   finding("RFC3263-01", {instance(Verdict::warn, "none")}),
                                   finding("GRP-CALL-04", {instance(Verdict::pass, "in time")})});
  EXPECT_EQ(github_annotations({{result}}),
            "::error title=GRP-CALL-03 in primary_down::fallback: 40.000 s (expected 0.500 s to "
            "32.200 s)\n::warning title=RFC3263-01 in primary_down::none\n");
}

TEST(GitHubAnnotations, give_no_command_to_what_a_device_sent) {
  const Result result =
      result_of({finding("GRP-CALL-03", {instance(Verdict::fail, "50%\n::add-mask::secret\r\n")})});
  const std::string text = github_annotations({{result}});
  EXPECT_THAT(text, HasSubstr("50%25"));
  EXPECT_EQ(std::ranges::count(text, '\n'), 1);
}

}  // namespace
}  // namespace reports
