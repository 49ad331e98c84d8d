#include "harness/verdict/fleet.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/check/checks.hpp"
#include "harness/verdict/result.hpp"

namespace sipharness::verdict {
namespace {

using testing::ElementsAre;

Finding finding_of(std::size_t row, std::string device, Verdict verdict,
                   std::optional<Duration> margin = std::nullopt) {
  Instance instance;
  instance.verdict = verdict;
  instance.measured = shared({.margin = margin});
  return Finding{check::requirements()[row], std::move(device), {instance}};
}

std::vector<Finding> two_rows() {
  return {finding_of(0, "a", Verdict::pass, 3s), finding_of(0, "b", Verdict::fail, -1s),
          finding_of(0, "c", Verdict::pass, 2s), finding_of(0, "d", Verdict::fail, -5s),
          finding_of(1, "a", Verdict::info),     finding_of(1, "b", Verdict::warn)};
}

TEST(Fleet, counts_the_devices_of_each_requirement_by_verdict) {
  const std::vector<FleetRow> rows = count_rows(two_rows());
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].requirement, check::requirements()[0]);
  //                                         not applicable, info, pass, warn, inconclusive, fail
  EXPECT_THAT(rows[0].devices, ElementsAre(0, 0, 2, 0, 0, 2));
  EXPECT_THAT(rows[1].devices, ElementsAre(0, 1, 0, 1, 0, 0));
}

TEST(Fleet, keeps_of_each_verdict_the_findings_that_weigh_most_in_their_order) {
  std::vector<Finding> findings = two_rows();
  findings.insert(findings.begin() + 4, finding_of(0, "e", Verdict::fail, -3s));
  keep_worst(findings, 2);
  std::string kept;
  for (const Finding& finding : findings) kept += finding.device;
  EXPECT_EQ(kept, "acdeab");
  keep_worst(findings, 1);
  ASSERT_EQ(findings.size(), 4U);
  EXPECT_EQ(findings[0].device, "c");
  EXPECT_EQ(findings[1].device, "d");
}

TEST(Fleet, comes_to_the_same_with_what_is_kept) {
  for (const bool strict : {false, true}) {
    Result result;
    result.capture.health = "complete";
    result.strict = strict;
    for (const Verdict verdict : {Verdict::warn, Verdict::inconclusive})
      for (const char* device : {"a", "b", "c"})
        result.findings.push_back(finding_of(0, device, verdict));
    const Verdict whole = overall(result);
    keep_worst(result.findings, 1);
    EXPECT_EQ(overall(result), whole);
  }
}

TEST(Fleet, is_counted_with_what_was_not_kept) {
  Result result;
  result.capture.health = "complete";
  result.findings = two_rows();
  const auto all = counts(result);
  result.fleet.emplace().rows = count_rows(result.findings);
  keep_worst(result.findings, 1);
  EXPECT_EQ(counts(result), all);
  EXPECT_EQ(overall(result), Verdict::fail);
}

TEST(Fleet, durations_are_told_by_their_ranks) {
  std::vector<Duration> durations;
  for (int i = 100; i > 0; --i) durations.push_back(std::chrono::seconds(i));
  const Distribution all = distribution_of(durations);
  EXPECT_EQ(all.count, 100U);
  EXPECT_EQ(all.min, Duration(1s));
  EXPECT_EQ(all.median, Duration(50s));
  EXPECT_EQ(all.p95, Duration(95s));
  EXPECT_EQ(all.max, Duration(100s));
  EXPECT_EQ(distribution_of({7s}).p95, Duration(7s));
  EXPECT_EQ(distribution_of({}).count, 0U);
}

}  // namespace
}  // namespace sipharness::verdict
