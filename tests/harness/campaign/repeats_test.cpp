#include "harness/campaign/repeats.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/check/checks.hpp"

namespace sipharness::campaign {
namespace {

using namespace verdict;
using testing::IsEmpty;
using testing::SizeIs;

Result run_that_took(Duration measured, Verdict verdict = Verdict::pass, Duration most = 32s) {
  Instance instance;
  instance.verdict = verdict;
  instance.measured = shared({.interval = measured, .window = {.min = 500ms, .max = most}});
  Result result;
  result.scenario = "primary_down";
  result.devices = {
      {.name = "phone", .kind = "reference", .profile = "reference", .user_agent = {}}};
  result.findings = {{.requirement = check::find_requirement("GRP-CALL-03"),
                      .device = "phone",
                      .instances = {instance}}};
  return result;
}

TEST(Repeats, are_those_of_a_scenario_that_ran_more_than_once) {
  Result other = run_that_took(1s);
  other.scenario = "guide";
  Result capture = run_that_took(1s);
  capture.scenario.clear();
  const auto all = repeats_of({{run_that_took(1s), other, run_that_took(2s), capture, capture}});
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].scenario, "primary_down");
  EXPECT_EQ(all[0].runs, 2U);
  EXPECT_EQ(all[0].passed, 2U);
}

TEST(Repeats, tell_percentiles_by_nearest_rank) {
  Batch batch;
  for (int run = 10; run > 0; --run) batch.results.push_back(run_that_took(run * 1s));
  const auto all = repeats_of(batch);
  ASSERT_THAT(all[0].spreads, SizeIs(1));
  const Spread& spread = all[0].spreads[0];
  EXPECT_EQ(spread.percentile(0), 1s);
  EXPECT_EQ(spread.percentile(50), 5s);
  EXPECT_EQ(spread.percentile(95), 10s);
  EXPECT_EQ(spread.percentile(100), 10s);
}

TEST(Repeats, keep_windows_apart) {
  const auto all = repeats_of({{run_that_took(1s), run_that_took(1s, Verdict::pass, 40s)}});
  EXPECT_THAT(all[0].spreads, SizeIs(2));
}

TEST(Repeats, name_what_is_flaky_and_not_what_was_undecided_once) {
  const Result met = run_that_took(1s);
  const Result violated = run_that_took(40s, Verdict::fail);
  const auto flaky = repeats_of({{met, violated, met}})[0].flaky;
  ASSERT_THAT(flaky, SizeIs(1));
  EXPECT_EQ(flaky[0].requirement, "GRP-CALL-03");
  EXPECT_EQ(flaky[0].passed, 2U);
  EXPECT_EQ(flaky[0].violated, 1U);
  EXPECT_THAT(repeats_of({{met, run_that_took(1s, Verdict::inconclusive)}})[0].flaky, IsEmpty());
  EXPECT_THAT(repeats_of({{violated, violated}})[0].flaky, IsEmpty());
}

}  // namespace
}  // namespace sipharness::campaign
