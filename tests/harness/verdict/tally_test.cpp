#include "harness/verdict/tally.hpp"

#include <algorithm>
#include <optional>
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

/// Of two requirements, device by device.
std::vector<std::vector<Finding>> five_devices() {
  return {{finding_of(0, "a", Verdict::pass, 3s), finding_of(1, "a", Verdict::info)},
          {finding_of(0, "b", Verdict::fail, -1s), finding_of(1, "b", Verdict::warn)},
          {finding_of(0, "c", Verdict::pass, 2s), finding_of(1, "c", Verdict::info)},
          {finding_of(0, "d", Verdict::fail, -5s), finding_of(1, "d", Verdict::info)},
          {finding_of(0, "e", Verdict::fail, -3s), finding_of(1, "e", Verdict::info)}};
}

void add_all(Tally& tally, std::vector<std::vector<Finding>> devices) {
  for (std::size_t device = 0; device < devices.size(); ++device)
    tally.add(device, devices[device]);
}

std::string devices_of(const std::vector<Finding>& findings) {
  std::string devices;
  for (const Finding& finding : findings) devices += finding.device;
  return devices;
}

TEST(Tally, counts_the_devices_of_each_requirement_by_verdict) {
  Tally tally(1);
  add_all(tally, five_devices());
  const std::vector<FleetRow> rows = tally.rows();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].requirement, check::requirements()[0]);
  //                                         not applicable, info, pass, warn, inconclusive, fail
  EXPECT_THAT(rows[0].devices, ElementsAre(0, 0, 2, 0, 0, 3));
  EXPECT_THAT(rows[1].devices, ElementsAre(0, 4, 0, 1, 0, 0));
}

TEST(Tally, keeps_all_by_requirement_and_device) {
  Tally tally;
  add_all(tally, five_devices());
  EXPECT_EQ(devices_of(tally.findings()), "abcdeabcde");
}

TEST(Tally, keeps_of_each_verdict_the_findings_that_weigh_most) {
  Tally two(2);
  add_all(two, five_devices());
  EXPECT_EQ(devices_of(two.findings()), "acdeabc");
  Tally one(1);
  add_all(one, five_devices());
  EXPECT_EQ(devices_of(one.findings()), "cdab");
}

TEST(Tally, does_not_mind_who_comes_first) {
  std::vector<std::vector<Finding>> devices = five_devices();
  Tally tally(2);
  for (const std::size_t device : {3U, 0U, 4U, 2U, 1U}) tally.add(device, devices[device]);
  EXPECT_EQ(devices_of(tally.findings()), "acdeabc");
}

TEST(Tally, comes_to_the_same_with_what_is_kept) {
  for (const bool strict : {false, true}) {
    Result result;
    result.capture.health = "complete";
    result.strict = strict;
    Tally tally(1);
    for (std::size_t device = 0; device < 6; ++device) {
      std::vector<Finding> own = {
          finding_of(0, "a", device < 3 ? Verdict::warn : Verdict::inconclusive)};
      result.findings.push_back(own.front());
      tally.add(device, own);
    }
    const Verdict whole = overall(result);
    result.findings = tally.findings();
    EXPECT_EQ(result.findings.size(), 2U);
    EXPECT_EQ(overall(result), whole);
  }
}

TEST(Tally, is_counted_with_what_was_not_kept) {
  Result result;
  result.capture.health = "complete";
  Tally tally(1);
  add_all(tally, five_devices());
  result.fleet.emplace().rows = tally.rows();
  result.findings = tally.findings();
  EXPECT_THAT(counts(result), ElementsAre(0, 4, 2, 1, 0, 3));
  EXPECT_EQ(overall(result), Verdict::fail);
}

}  // namespace
}  // namespace sipharness::verdict
