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
  result.findings = {finding("GRP-CALL-03", verdict::Verdict::fail)};
  apply_control_runs(result, "/nonexistent");
  EXPECT_FALSE(result.before || result.after);
  EXPECT_EQ(result.findings[0].verdict(), verdict::Verdict::fail);
}

TEST(ControlRuns, that_are_not_well_leave_only_the_death_of_a_device) {
  using verdict::Verdict;
  verdict::Result result;
  result.findings = {finding("GRP-CALL-03", Verdict::fail), finding("DUT-PARSE", Verdict::pass),
                     finding("GRP-CFG-02", Verdict::not_applicable),
                     finding("DUT-ALIVE", Verdict::warn)};
  withdraw_verdicts(result, verdict::Blame::user, "wrong password");
  EXPECT_EQ(result.findings[0].verdict(), Verdict::inconclusive);
  EXPECT_EQ(result.findings[0].worst().reason, "wrong password");
  EXPECT_EQ(result.findings[0].worst().blame, verdict::Blame::user);
  EXPECT_EQ(result.findings[1].verdict(), Verdict::inconclusive);
  EXPECT_EQ(result.findings[2].verdict(), Verdict::not_applicable);
  EXPECT_EQ(result.findings[3].verdict(), Verdict::warn);
}

}  // namespace
}  // namespace sipharness::judge
