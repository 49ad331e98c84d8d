// Findings that only repeat another row say which.

#include <algorithm>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/harness/check/judging.hpp"

namespace sipharness::check {
namespace {

using check_tests::judge_trace;
using check_tests::test_profile;
using test_support::primary;
using test_support::secondary;
using test_support::TraceBuilder;
using verdict::Finding;

std::vector<Finding> judged(TraceBuilder& builder) {
  return judge_trace(builder.build(), test_profile(), {});
}

std::string_view cause_of(const std::vector<Finding>& findings, std::string_view id) {
  const auto found = std::ranges::find_if(
      findings, [&](const Finding& finding) { return finding.requirement->id == id; });
  return found->follows_from;
}

TEST(FollowsFrom, a_header_that_is_missing_is_one_fault) {
  TraceBuilder trace;
  trace.at(0s).from_device(primary).request("REGISTER", {.without = {"Max-Forwards"}});
  EXPECT_EQ(cause_of(judged(trace), "RFC3261-GEN-02"), "RFC3261-GEN-01");
}

TEST(FollowsFrom, a_fault_of_its_own_is_not_hidden_behind_another) {
  TraceBuilder trace;
  trace.at(0s).from_device(primary).request("REGISTER", {.without = {"Max-Forwards"}});
  trace.at(1s).from_device(secondary).request("REGISTER", {.headers = {{"Max-Forwards", "7"}}});
  EXPECT_EQ(cause_of(judged(trace), "RFC3261-GEN-02"), "");
}

TEST(FollowsFrom, a_lapse_seen_four_ways_is_one_fault) {
  TraceBuilder trace;
  trace.healthy_registrations(0s, std::chrono::seconds(120));
  trace.registration(secondary, 100s, std::chrono::seconds(120));
  trace.registration(primary, 150s, std::chrono::seconds(120));
  trace.ends(200s);
  const std::vector<Finding> findings = judged(trace);
  for (const std::string_view id : {"GRP-REG-02", "GRP-REG-04", "GRP-REG-05"})
    EXPECT_EQ(cause_of(findings, id), "RFC3261-REG-09") << id;
  EXPECT_EQ(cause_of(findings, "RFC3261-REG-09"), "");
}

TEST(FollowsFrom, what_holds_follows_from_nothing) {
  TraceBuilder trace;
  trace.healthy_registrations(0s, std::chrono::seconds(120));
  for (const Finding& finding : judged(trace)) EXPECT_EQ(finding.follows_from, "");
}

/// How far a row is from one that follows from none; more than all rows: they go in a circle.
std::size_t depth_of(const Rule& rule, std::size_t limit) {
  std::size_t depth = 0;
  for (const std::string_view id : rule.follows) {
    if (id.empty()) break;
    const auto cause = std::ranges::find(rules(), id, [](const Rule& one) { return one.row.id; });
    EXPECT_NE(cause, rules().end()) << id;
    if (cause != rules().end() && limit > 0)
      depth = std::max(depth, 1 + depth_of(*cause, limit - 1));
  }
  return depth;
}

TEST(FollowsFrom, no_row_follows_from_itself) {
  for (const Rule& rule : rules()) EXPECT_LT(depth_of(rule, 10), 10U) << rule.row.id;
}

}  // namespace
}  // namespace sipharness::check
