#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/report.hpp"
#include "tests/reports/results.hpp"

namespace reports {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Result passing(const char* name) {
  Result result = result_of({finding("GRP-CALL-01", {instance(Verdict::pass, "it went")})});
  result.scenario = name;
  return result;
}

TEST(BatchSummary, names_what_failed_with_requirement_and_reason) {
  Result failing = result_of({finding("GRP-CALL-03", {late_fallback()})});
  failing.scenario = "lost";
  const std::string text =
      batch_summary(Batch{{passing("a"), failing, passing("b")}, {{"c", "no such interface"}}}, {});
  EXPECT_THAT(text, StartsWith("2 of 4 scenarios passed, 1 failed, 1 did not run\n"));
  EXPECT_THAT(text, HasSubstr("  FAIL  lost\n"));
  EXPECT_THAT(text, HasSubstr("      GRP-CALL-03        fallback: 40.000 s (expected"));
  EXPECT_THAT(text, HasSubstr("  NOT RUN  c  no such interface\n"));
  EXPECT_THAT(text, Not(HasSubstr("GRP-CALL-01")));
}

TEST(BatchSummary, of_what_is_inconclusive_says_why_the_whole_run_is) {
  Result stopped = result_of({finding("GRP-CALL-04", {instance(Verdict::inconclusive, "none")})});
  stopped.stopped = "step 4: secondary.answered did not occur by 60s";
  const std::string text = batch_summary(Batch{{stopped, passing("a")}}, {});
  EXPECT_THAT(text, HasSubstr("  INCONCLUSIVE  primary_down\n      timeline stopped at step 4"));
  EXPECT_THAT(text, HasSubstr("GRP-CALL-04"));
}

TEST(BatchSummary, does_not_hold_it_against_a_scenario_that_it_exercises_nothing_named) {
  Result aside = result_of({});
  aside.rows_named = true;
  aside.nothing_judged = "none of the requirements named was exercised";
  const std::string text = batch_summary(Batch{{aside, passing("a")}}, {});
  EXPECT_THAT(text,
              HasSubstr("1 of 2 scenarios passed, 1 did not exercise the requirements named"));
  EXPECT_THAT(text, Not(HasSubstr("INCONCLUSIVE")));
}

TEST(BatchSummary, is_as_narrow_as_the_terminal) {
  Result failing = result_of({finding("GRP-CALL-03", {late_fallback()})});
  failing.findings.front().instances.edit().front().message = std::string(300, 'x');
  const std::string text = batch_summary(Batch{{failing}}, {.width = 60});
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
    EXPECT_LE(text.find('\n', at) - at, 60U + 2U) << "an ellipsis takes three bytes";
}

TEST(BatchSummary, of_repeated_scenarios_tells_how_their_intervals_spread) {
  Batch batch;
  for (int run = 0; run < 20; ++run) {
    Instance measured = instance(Verdict::pass, "fallback");
    measured.measured = shared({.interval = std::chrono::milliseconds(32'000 + 10 * run),
                                .window = {.min = 500ms, .max = 32200ms}});
    batch.results.push_back(result_of({finding("GRP-CALL-03", {measured})}));
  }
  const std::string text = batch_summary(batch, {});
  EXPECT_THAT(text, HasSubstr("primary_down: 20 of 20 passed"));
  EXPECT_THAT(text,
              ContainsRegex("GRP-CALL-03 +0.500..32.200  20   32.000   32.090   32.180   32.190"));
}

TEST(BatchSummary, names_a_requirement_that_passes_sometimes) {
  const Result lost = result_of({finding("GRP-CALL-03", {late_fallback()})});
  const Result open =
      result_of({finding("GRP-CALL-03", {instance(Verdict::inconclusive, "no call")})});
  const Result met = result_of({finding("GRP-CALL-03", {instance(Verdict::pass, "fell back")})});
  EXPECT_THAT(batch_summary(Batch{{met, lost, met, open}}, {}),
              HasSubstr("  FLAKY GRP-CALL-03: met in 2 runs and violated in 1\n"));
  EXPECT_THAT(batch_summary(Batch{{met, open}}, {}), Not(HasSubstr("FLAKY")));
}

}  // namespace
}  // namespace reports
