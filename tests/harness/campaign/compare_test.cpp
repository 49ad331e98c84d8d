#include "harness/campaign/compare.hpp"

#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/check/checks.hpp"

namespace sipharness::campaign {
namespace {

using namespace verdict;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Instance told(Verdict verdict, std::string message = "said") {
  Instance instance;
  instance.verdict = verdict;
  instance.message = std::move(message);
  return instance;
}

Instance took(Duration measured, Duration tolerance = 500ms, Duration most = 32s) {
  Instance instance = told(Verdict::pass, "took " + format_seconds(measured));
  instance.measured = shared({.interval = measured,
                              .window = {.min = 500ms, .max = most},
                              .tolerance = Tolerance{tolerance, "profile reference: timer"}});
  return instance;
}

Result run_of(Instances instances, std::string scenario = "primary_down",
              std::string device = "phone") {
  Result result;
  result.scenario = std::move(scenario);
  result.devices = {
      {.name = device, .kind = "reference", .profile = "reference", .user_agent = {}}};
  result.findings = {{.requirement = check::find_requirement("GRP-CALL-03"),
                      .device = std::move(device),
                      .instances = std::move(instances)}};
  return result;
}

Comparison between(Instances before, Instances after) {
  return compare({{run_of(std::move(before))}}, {{run_of(std::move(after))}});
}

struct Case {
  Verdict before, after;
  std::optional<ChangeKind> kind;
  Verdict overall;
};

TEST(Compare, knows_what_a_change_of_verdict_means) {
  using enum Verdict;
  using enum ChangeKind;
  for (const auto& [before, after, kind, came_to] :
       std::initializer_list<Case>{{pass, pass, std::nullopt, pass},
                                   {fail, fail, std::nullopt, pass},
                                   {pass, fail, newly_failing, fail},
                                   {pass, warn, newly_failing, fail},
                                   {warn, fail, newly_failing, fail},
                                   {inconclusive, fail, newly_failing, fail},
                                   {not_applicable, fail, newly_failing, fail},
                                   {fail, pass, newly_passing, pass},
                                   {warn, pass, newly_passing, pass},
                                   {fail, warn, milder, pass},
                                   {pass, inconclusive, undecided, inconclusive},
                                   {fail, inconclusive, undecided, inconclusive},
                                   {inconclusive, pass, decided, pass},
                                   {pass, not_applicable, no_longer_exercised, inconclusive},
                                   {fail, info, no_longer_exercised, inconclusive},
                                   {not_applicable, pass, newly_exercised, pass}}) {
    const Comparison found = between({told(before)}, {told(after)});
    const std::string what = fmt::format("{} to {}", to_string(before), to_string(after));
    if (kind) {
      ASSERT_EQ(found.changes.size(), 1U) << what;
      EXPECT_EQ(found.changes.front().kind, *kind) << what;
    } else {
      EXPECT_THAT(found.changes, IsEmpty()) << what;
      EXPECT_EQ(found.unchanged, 1U) << what;
    }
    EXPECT_EQ(overall(found), came_to) << what;
  }
}

TEST(Compare, tells_another_reason_but_not_other_numbers) {
  EXPECT_THAT(
      between({told(Verdict::fail, "after 40 s")}, {told(Verdict::fail, "after 41 s")}).changes,
      IsEmpty());
  const Comparison found =
      between({told(Verdict::fail, "after 40 s")}, {told(Verdict::fail, "never")});
  ASSERT_EQ(found.changes.size(), 1U);
  EXPECT_EQ(found.changes.front().kind, ChangeKind::changed_reason);
  EXPECT_EQ(overall(found), Verdict::pass);
}

TEST(Compare, tells_an_interval_that_moved_by_more_than_its_tolerance) {
  EXPECT_THAT(between({took(10s)}, {took(10'500ms)}).changes, IsEmpty());
  const Comparison found = between({took(10s)}, {took(10'501ms)});
  ASSERT_EQ(found.changes.size(), 1U);
  EXPECT_EQ(found.changes.front().kind, ChangeKind::moved);
  EXPECT_EQ(found.changes.front().before.measured, 10s);
  EXPECT_EQ(found.changes.front().after.measured, 10'501ms);
  EXPECT_EQ(overall(found), Verdict::pass);
  // The wider of both tolerances counts, and only what was measured against the same window.
  EXPECT_THAT(between({took(10s, 2s)}, {took(11s)}).changes, IsEmpty());
  EXPECT_THAT(between({took(10s)}, {took(20s, 500ms, 64s)}).changes, IsEmpty());
}

TEST(Compare, takes_the_median_and_the_worst_of_several_runs) {
  const Batch before{{run_of({took(10s)}), run_of({took(11s)}), run_of({took(30s)})}};
  const Batch after{{run_of({took(11s)}), run_of({took(11s)}), run_of({took(2s)})}};
  EXPECT_THAT(compare(before, after).changes, IsEmpty());
  const Batch flaky{{run_of({took(11s)}), run_of({told(Verdict::fail)}), run_of({took(11s)})}};
  const Comparison found = compare(before, flaky);
  ASSERT_EQ(found.changes.size(), 1U);
  EXPECT_EQ(found.changes.front().kind, ChangeKind::newly_failing);
  EXPECT_EQ(found.changes.front().after.violated, 1U);
  EXPECT_EQ(found.changes.front().after.runs, 3U);
}

TEST(Compare, holds_no_violation_for_undecided_because_another_run_was) {
  const Batch both{{run_of({told(Verdict::inconclusive)}), run_of({told(Verdict::warn)})}};
  const Comparison found = compare({{run_of({told(Verdict::pass)})}}, both);
  ASSERT_EQ(found.changes.size(), 1U);
  EXPECT_EQ(found.changes.front().kind, ChangeKind::newly_failing);
}

TEST(Compare, names_scenarios_without_a_counterpart) {
  const Comparison found =
      compare({{run_of({told(Verdict::pass)}), run_of({told(Verdict::fail)}, "outage")}},
              {{run_of({told(Verdict::pass)}), run_of({told(Verdict::fail)}, "storm")}});
  EXPECT_THAT(found.only_before, ElementsAre("outage"));
  EXPECT_THAT(found.only_after, ElementsAre("storm"));
  EXPECT_THAT(found.changes, IsEmpty());
  EXPECT_EQ(overall(found), Verdict::inconclusive);
}

TEST(Compare, needs_something_to_compare) {
  EXPECT_EQ(overall(compare({}, {})), Verdict::inconclusive);
  EXPECT_EQ(overall(between({told(Verdict::not_applicable)}, {told(Verdict::info)})),
            Verdict::inconclusive);
}

TEST(Compare, passes_nothing_that_neither_side_could_decide) {
  const Comparison found = between({told(Verdict::inconclusive)}, {told(Verdict::inconclusive)});
  EXPECT_EQ(found.still_undecided, 1U);
  EXPECT_EQ(found.unchanged, 0U);
  EXPECT_EQ(overall(found), Verdict::inconclusive);
  EXPECT_EQ(overall(between({told(Verdict::inconclusive, "no journal")},
                            {told(Verdict::inconclusive, "the host was late")})),
            Verdict::inconclusive);
}

TEST(Compare, does_not_mind_how_the_only_device_is_named) {
  const Comparison found = compare({{run_of({told(Verdict::pass)}, "a", "192.0.2.1")}},
                                   {{run_of({told(Verdict::fail)}, "a", "192.0.2.9")}});
  ASSERT_EQ(found.changes.size(), 1U);
  EXPECT_EQ(found.changes.front().kind, ChangeKind::newly_failing);
}

TEST(Compare, warns_of_what_else_was_other) {
  Result later = run_of({told(Verdict::pass)});
  later.seed = 9;
  later.harness = "0.2.0";
  const Comparison found = compare({{run_of({told(Verdict::pass)})}}, {{later}});
  EXPECT_THAT(found.cautions, ElementsAre(HasSubstr("version of the harness"), HasSubstr("seed")));
}

}  // namespace
}  // namespace sipharness::campaign
