#include "harness/judge/control_runs.hpp"

#include <gtest/gtest.h>

#include "harness/check/checks.hpp"

namespace sipharness::judge {
namespace {

verdict::Finding finding(std::string_view requirement, verdict::Verdict verdict) {
  verdict::Finding finding;
  finding.requirement = check::find_requirement(requirement);
  verdict::Instance instance;
  instance.verdict = verdict;
  finding.instances = {instance};
  return finding;
}

TEST(ControlRuns, that_are_not_there_change_nothing) {
  verdict::Result result;
  read_control_runs(result, "/nonexistent");
  EXPECT_FALSE(result.before || result.after);
  EXPECT_TRUE(amendments_by_control_runs(result).empty());
}

TEST(ControlRuns, that_are_not_well_leave_only_the_death_of_a_device) {
  using verdict::Verdict;
  verdict::Result result;
  result.before = {.ok = false, .reason = "wrong password"};
  std::vector<verdict::Finding> findings = {
      finding("GRP-CALL-03", Verdict::fail), finding("DUT-PARSE", Verdict::pass),
      finding("GRP-CFG-02", Verdict::not_applicable), finding("DUT-ALIVE", Verdict::warn)};
  const auto amendments = amendments_by_control_runs(result);
  for (verdict::Finding& finding : findings) amend(finding, amendments);
  EXPECT_EQ(findings[0].verdict(), Verdict::inconclusive);
  EXPECT_EQ(findings[0].worst().reason, "before the fault: wrong password");
  EXPECT_EQ(findings[0].worst().blame, verdict::Blame::user);
  EXPECT_EQ(findings[1].verdict(), Verdict::inconclusive);
  EXPECT_EQ(findings[2].verdict(), Verdict::not_applicable);
  EXPECT_EQ(findings[3].verdict(), Verdict::warn);
}

}  // namespace
}  // namespace sipharness::judge
