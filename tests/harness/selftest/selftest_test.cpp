#include "harness/selftest/selftest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/setup_error.hpp"
#include "harness/dut/reference_ua/deviation.hpp"

namespace sipharness::selftest {
namespace {

using testing::HasSubstr;
using verdict::Verdict;

SelftestOutcome fine() {
  SelftestOutcome outcome;
  outcome.healthy = {{"primary_down", 1, {}}};
  outcome.deviations = {{"refreshes_late", "GRP-REG-03", "primary_down", true, {}, {}}};
  outcome.coverage = {{"GRP-REG-03", {"primary_down"}, {"refreshes_late"}, true}};
  return outcome;
}

TEST(Selftest, passes_only_if_nothing_escapes_and_nothing_cries_wolf) {
  const Change change{"GRP-REG-03", Verdict::pass, Verdict::fail};
  EXPECT_TRUE(fine().passed());
  SelftestOutcome noisy = fine();
  noisy.healthy[0].alarms = {change};
  EXPECT_FALSE(noisy.passed()) << "a healthy run raised an alarm";
  SelftestOutcome escaped = fine();
  escaped.deviations[0].caught = false;
  EXPECT_FALSE(escaped.passed()) << "a deviation was not caught";
  SelftestOutcome spilled = fine();
  spilled.deviations[0].undeclared = {change};
  EXPECT_FALSE(spilled.passed()) << "a deviation changed what it does not declare";
  SelftestOutcome never_passes = fine();
  never_passes.coverage[0].passes.clear();
  EXPECT_FALSE(never_passes.passed()) << "no scenario shows a requirement met";
  SelftestOutcome never_fails = fine();
  never_fails.coverage[0].violated.clear();
  EXPECT_FALSE(never_fails.passed()) << "no deviation breaks a requirement";
  SelftestOutcome too_sure = fine();
  too_sure.coverage[0].inconclusive = false;
  EXPECT_FALSE(too_sure.passed()) << "a verdict stands although the capture has holes";
}

TEST(Selftest, that_lacks_the_scenario_of_a_deviation_says_so) {
  const dut::DeviationRow& first = dut::deviations().front();
  try {
    selftest({}, {}, {});
    FAIL() << "ran without scenarios";
  } catch (const SetupError& error) {
    EXPECT_THAT(error.what(), HasSubstr(first.name));
    EXPECT_THAT(error.what(), HasSubstr(first.scenario));
  }
}

}  // namespace
}  // namespace sipharness::selftest
