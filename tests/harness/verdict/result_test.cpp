#include "harness/verdict/result.hpp"

#include <set>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/check/checks.hpp"

namespace sipharness::verdict {
namespace {

using testing::ElementsAre;

Finding finding(Verdict verdict) {
  Instance instance;
  instance.verdict = verdict;
  return Finding{check::requirements().front(), "phone", {instance}};
}

Result result_of(const std::vector<Verdict>& verdicts) {
  Result result;
  result.capture.health = "complete";
  for (const Verdict verdict : verdicts) result.findings.push_back(finding(verdict));
  return result;
}

struct Case {
  std::string_view name;
  std::vector<Verdict> findings;
  bool strict;
  Verdict overall;
  int exit_code;
};

TEST(Result, fail_outweighs_inconclusive_outweighs_pass) {
  using enum Verdict;
  const std::vector<Case> cases{
      {"nothing judged", {}, false, pass, 0},
      {"all pass", {pass, pass}, false, pass, 0},
      {"recorded only", {info, not_applicable}, false, pass, 0},
      {"a warning passes", {pass, warn}, false, pass, 0},
      {"a warning fails when strict", {pass, warn}, true, fail, 1},
      {"inconclusive beats pass", {inconclusive, pass}, false, inconclusive, 3},
      {"inconclusive beats warn", {warn, inconclusive}, false, inconclusive, 3},
      {"strict warn beats inconclusive", {warn, inconclusive}, true, fail, 1},
      {"fail beats all", {pass, fail, inconclusive}, false, fail, 1}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Result result = result_of(c.findings);
    result.strict = c.strict;
    EXPECT_EQ(overall(result), c.overall);
    EXPECT_EQ(exit_code(result), c.exit_code);
  }
}

TEST(Result, is_inconclusive_at_best_when_the_timeline_stopped) {
  Result result;
  EXPECT_EQ(overall(result), Verdict::pass);
  result.stopped = "step 4: secondary.answered did not occur by 60s";
  EXPECT_EQ(overall(result), Verdict::inconclusive);
  EXPECT_EQ(exit_code(result), 3);
}

TEST(Result, is_inconclusive_at_best_when_the_run_was_interrupted) {
  Result result = result_of({Verdict::pass});
  result.interrupted = true;
  EXPECT_EQ(overall(result), Verdict::inconclusive);
  EXPECT_EQ(exit_code(result), 3);
}

TEST(Result, is_inconclusive_at_best_when_the_capture_has_holes) {
  Result result = result_of({Verdict::pass});
  result.capture.health = "incomplete";
  EXPECT_EQ(exit_code(result), 3);
}

TEST(Result, is_inconclusive_where_nothing_was_judged) {
  Result result = result_of({Verdict::not_applicable});
  result.nothing_judged = "no SIP message in 2 frames";
  EXPECT_EQ(exit_code(result), 3);
}

TEST(Result, of_several_those_that_do_not_exercise_what_was_named_count_only_if_none_does) {
  Result aside = result_of({Verdict::not_applicable});
  aside.rows_named = true;
  aside.nothing_judged = "none of the 1 requirements named was exercised";
  EXPECT_TRUE(is_not_exercised(aside));
  Result good = result_of({Verdict::pass});
  Result bad = result_of({Verdict::fail});
  EXPECT_EQ(exit_code(std::vector{aside, good}), 0);
  EXPECT_EQ(exit_code(std::vector{aside, bad}), 1);
  EXPECT_EQ(exit_code(std::vector{aside, aside}), 3);
  aside.interrupted = true;
  EXPECT_EQ(exit_code(std::vector{aside, good}), 3);
}

TEST(Result, a_failure_seen_before_the_interruption_stays_a_failure) {
  Result result = result_of({Verdict::fail});
  result.interrupted = true;
  EXPECT_EQ(exit_code(result), 1);
}

TEST(Result, the_worst_instance_decides_its_finding) {
  Result result = result_of({Verdict::warn});
  result.findings.front().instances.edit().push_back({});
  EXPECT_EQ(result.findings.front().verdict(), Verdict::warn);
  EXPECT_THAT(counts(result), ElementsAre(0, 0, 0, 1, 0, 0));
}

TEST(Result, counts_findings_by_verdict) {
  using enum Verdict;
  const Result result = result_of({pass, fail, pass, info, not_applicable, pass, inconclusive});
  EXPECT_THAT(counts(result), ElementsAre(1, 1, 3, 0, 1, 1));
}

TEST(Verdict, has_the_words_that_result_json_promises) {
  using enum Verdict;
  std::vector<std::string_view> words;
  for (const Verdict verdict : {not_applicable, info, pass, warn, inconclusive, fail})
    words.push_back(to_string(verdict));
  EXPECT_THAT(words, ElementsAre("not_applicable", "info", "pass", "warn", "inconclusive", "fail"));
}

TEST(Blame, has_a_word_of_its_own_for_each_value) {
  std::set<std::string_view> words;
  for (const Blame blame :
       {Blame::device, Blame::harness, Blame::host, Blame::network, Blame::user})
    words.insert(to_string(blame));
  EXPECT_THAT(words, ElementsAre("device", "harness", "host", "network", "user"));
}

}  // namespace
}  // namespace sipharness::verdict
