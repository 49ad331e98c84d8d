#include "harness/campaign/baseline.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/check/checks.hpp"
#include "reports/baseline.hpp"

namespace sipharness::campaign {
namespace {

using namespace verdict;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Instance said(Verdict verdict, std::string message) {
  Instance instance;
  instance.verdict = verdict;
  instance.message = std::move(message);
  return instance;
}

/// A batch of one run in which one requirement came to this.
Batch batch_of(Instances instances, bool strict = false) {
  Result result;
  result.scenario = "primary_silent";
  result.variant = "b";
  result.strict = strict;
  result.findings = {{.requirement = check::find_requirement("GRP-CALL-03"),
                      .device = "phone",
                      .instances = std::move(instances)}};
  return {{result}};
}

Outcome hold(const Baseline& baseline, const Batch& batch) {
  return hold_against(baseline, batch, "2026-11-30");
}

const Batch failing = batch_of({said(Verdict::fail, "fallback after 40 s")});

TEST(Baseline, accepts_nothing_of_a_fleet_whose_findings_were_not_all_kept) {
  const Baseline baseline = baseline_of(failing);
  for (const auto& [devices, accepted] : {std::pair(10U, 1U), std::pair(11U, 0U)}) {
    Batch batch = failing;
    FleetRow row{check::find_requirement("GRP-CALL-03"), {}};
    row.devices.at(static_cast<std::size_t>(Verdict::fail)) = devices;
    batch.results.front().fleet.emplace().rows = {row};
    const Outcome outcome = hold(baseline, batch);
    EXPECT_THAT(outcome.accepted, SizeIs(accepted));
    EXPECT_EQ(outcome.exit_code, accepted == 1 ? 0 : 1);
  }
}

TEST(Baseline, accepts_what_failed_before_for_the_same_reason) {
  const Baseline baseline = baseline_of(failing);
  ASSERT_THAT(baseline.known, SizeIs(1));
  EXPECT_EQ(baseline.known.front().scenario, "primary_silent/b");
  const Outcome same = hold(baseline, batch_of({said(Verdict::fail, "fallback after 41 s")}));
  EXPECT_THAT(same.accepted, SizeIs(1));
  EXPECT_EQ(same.exit_code, 0);
}

TEST(Baseline, accepts_nothing_else) {
  const Baseline baseline = baseline_of(failing);
  EXPECT_EQ(hold(baseline, batch_of({said(Verdict::fail, "never")})).exit_code, 1);
  EXPECT_EQ(hold(baseline, batch_of({said(Verdict::fail, "fallback after 40 s"),
                                     said(Verdict::fail, "never")}))
                .exit_code,
            1);
  Batch elsewhere = failing;
  elsewhere.results.front().variant = "c";
  EXPECT_EQ(hold(baseline, elsewhere).exit_code, 1);
  EXPECT_EQ(
      hold(baseline, batch_of({said(Verdict::inconclusive, "fallback after 40 s")})).exit_code, 3);
}

TEST(Baseline, does_not_know_what_was_not_kept_of_many_instances) {
  Instances some{said(Verdict::fail, "fallback after 40 s")};
  some.set_total(4);
  EXPECT_EQ(hold(baseline_of(failing), batch_of(some)).exit_code, 1);
}

TEST(Baseline, tells_what_passes_now) {
  const Outcome outcome = hold(baseline_of(failing), batch_of({said(Verdict::pass, "in time")}));
  EXPECT_THAT(outcome.passing, SizeIs(1));
  EXPECT_THAT(outcome.accepted, IsEmpty());
  EXPECT_THAT(reports::told(outcome), HasSubstr("passes now: GRP-CALL-03 in primary_silent/b"));
}

TEST(Baseline, is_out_of_date_where_strict_runs_pass_whatever_else_is_open) {
  const Baseline baseline = baseline_of(failing);
  Batch batch = batch_of({said(Verdict::pass, "in time")}, true);
  EXPECT_EQ(hold(baseline, batch).exit_code, 1);
  batch.results.front().stopped = "step 4";
  EXPECT_EQ(hold(baseline, batch).exit_code, 1);
  batch.not_run.emplace_back();
  EXPECT_EQ(hold(baseline, batch).exit_code, 4);
  batch.results.front().strict = false;
  batch.not_run.clear();
  EXPECT_EQ(hold(baseline, batch).exit_code, 3);
}

TEST(Baseline, ends_after_its_last_day) {
  Baseline baseline = baseline_of(failing);
  baseline.known.front().until = "2026-11-30";
  EXPECT_EQ(hold(baseline, failing).exit_code, 0);
  baseline.known.front().until = "2026-11-29";
  const Outcome outcome = hold(baseline, failing);
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.expired, SizeIs(1));
  EXPECT_THAT(reports::told(outcome), HasSubstr("no longer accepted since 2026-11-29"));
}

TEST(Baseline, knows_warnings_where_they_are_failures) {
  EXPECT_THAT(baseline_of(batch_of({said(Verdict::warn, "slow")})).known, IsEmpty());
  const Batch strict = batch_of({said(Verdict::warn, "slow")}, true);
  EXPECT_THAT(baseline_of(strict).known, SizeIs(1));
  EXPECT_EQ(hold(baseline_of(strict), strict).exit_code, 0);
}

TEST(Baseline, is_read_as_it_was_written) {
  Baseline baseline = baseline_of(failing);
  baseline.known.front().comment = "ticket 12, \"known\"";
  baseline.known.front().until = "2027-01-31";
  const std::string text = reports::json(baseline);
  const auto read = parse_baseline(text, "known.json");
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(reports::json(*read), text);
}

TEST(Baseline, that_is_none_is_refused_with_its_place) {
  for (const char* text :
       {"{}", "[]", R"({"format": "sipharness-result/1"})",
        R"({"format": "sipharness-baseline/1", "known": [{"requirement": "GRP-CALL-03"}]})",
        R"({"format": "sipharness-baseline/1", "known": [{"requirement": "GRP-CALL-03",
            "scenario": "a", "reason": "b", "until": "tomorrow"}]})",
        R"({"format": "sipharness-baseline/1", "known": [{"requirement": "GRP-CALL-03",
            "scenario": "a", "reason": "b", "until": "2026-02-30"}]})",
        R"({"format": "sipharness-baseline/1", "known": [{"requirement": "GRP-CALL-03",
            "scenario": "a", "reason": "b", "until": "2026-2-3"}]})",
        R"({"format": "sipharness-baseline/1", "known": [{"requirement": "GRP-CALL-03",
            "scenario": "a", "reason": "b", "untill": "2026-12-03"}]})"}) {
    const auto read = parse_baseline(text, "known.json");
    ASSERT_FALSE(read) << text;
    EXPECT_THAT(read.error().place, testing::StartsWith("known.json:"));
  }
}

}  // namespace
}  // namespace sipharness::campaign
