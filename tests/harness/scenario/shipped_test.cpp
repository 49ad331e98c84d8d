#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/check/checks.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/verdict/requirement.hpp"
#include "tests/harness/scenario/files.hpp"

namespace sipharness::scenario {
namespace {

std::vector<Scenario> read_file(const std::string& path) {
  const auto scenarios = read_scenarios(text_of(path), path, check::requirement_ids);
  if (scenarios) return *scenarios;
  for (const Error& error : scenarios.error()) ADD_FAILURE() << error.text();
  return {};
}

std::vector<Scenario> shipped() {
  std::vector<Scenario> all;
  for (const std::string& path : json_files("scenarios")) {
    if (is_profile(path)) continue;
    const std::vector<Scenario> read = read_file(path);
    all.insert(all.end(), read.begin(), read.end());
  }
  return all;
}

TEST(ShippedScenarios, all_read_without_an_error) {
  EXPECT_GE(shipped().size(), 11U);
}

void expect_round_trip(const Scenario& scenario) {
  SCOPED_TRACE(scenario.full_name());
  const std::string written = to_json(scenario);
  const auto again = read_scenarios(written, "runs/1/scenario.json");
  ASSERT_TRUE(again.has_value()) << again.error().front().text();
  ASSERT_EQ(again->size(), 1U);
  EXPECT_EQ(again->front(), scenario);
  EXPECT_EQ(to_json(again->front()), written);
}

void expect_round_trip(const Profile& profile) {
  SCOPED_TRACE(profile.name);
  const std::string written = to_json(profile);
  const Expected<Profile> again = read_profile(written, "profile.json");
  ASSERT_TRUE(again.has_value()) << again.error().text();
  EXPECT_EQ(*again, profile);
  EXPECT_EQ(to_json(*again), written);
}

TEST(EveryFile, reads_back_from_what_is_written_to_an_equal_value) {
  int read = 0;
  for (const std::string folder :
       {"scenarios", "tests/data/profiles", "tests/data/scenarios_real"}) {
    for (const std::string& path : json_files(folder)) {
      SCOPED_TRACE(path);
      ++read;
      if (!is_profile(path)) {
        for (const Scenario& scenario : read_file(path)) expect_round_trip(scenario);
        continue;
      }
      const Expected<Profile> profile = read_profile(text_of(path), path);
      ASSERT_TRUE(profile.has_value()) << profile.error().text();
      expect_round_trip(*profile);
    }
  }
  EXPECT_GE(read, 60);
}

TEST(EveryFile, keeps_the_proxies_that_a_call_passes) {
  const std::string path = source_path("scenarios/calls/through_proxies_and_nat.json");
  const Scenario scenario = read_file(path).at(0);
  EXPECT_THAT(to_json(scenario), testing::HasSubstr("record_route"));
}

TEST(ShippedScenarios, say_why_and_from_where) {
  for (const Scenario& scenario : shipped()) {
    SCOPED_TRACE(scenario.name);
    EXPECT_FALSE(scenario.title.empty());
    EXPECT_FALSE(scenario.why.empty());
    EXPECT_FALSE(scenario.source.empty());
    EXPECT_FALSE(scenario.expect.empty());
  }
}

TEST(ShippedScenarios, leave_addresses_to_the_stage) {
  for (const Scenario& scenario : shipped()) {
    ASSERT_GE(scenario.servers.size(), 2U) << scenario.name;
    for (const Server& server : scenario.servers)
      EXPECT_FALSE(server.address.has_value()) << scenario.name;
  }
}

TEST(ShippedScenarios, exercise_every_judged_requirement_between_them) {
  const std::vector<Scenario> scenarios = shipped();
  for (const verdict::Requirement* row : check::requirements()) {
    const auto exercises = [row](const Scenario& scenario) { return scenario.expects(row->id); };
    EXPECT_TRUE(std::any_of(scenarios.begin(), scenarios.end(), exercises)) << row->id;
  }
}

TEST(Flagship, stages_the_outage_before_the_refresh_and_a_call_on_either_side_of_it) {
  const Scenario flagship = read_file(source_path("scenarios/primary_down.json")).at(0);
  EXPECT_EQ(flagship.name, "primary_down");
  EXPECT_EQ(flagship.configure.register_expiration, Duration(2min));
  EXPECT_EQ(flagship.configure.reregister_before, Duration(20s));
  EXPECT_TRUE(is_silent_phase(flagship.server("primary"), "silent"));
  std::vector<std::string> steps;
  for (const Step& step : flagship.timeline) {
    steps.push_back(step.when.after ? to_string(*step.when.after) : format_duration(step.when.at));
    steps.back() += " ";
    std::visit([&](const auto& what) { steps.back() += to_string(what.verb); }, step.what);
  }
  EXPECT_THAT(steps,
              testing::ElementsAre("0s boot", "secondary.registered phase",
                                   "secondary.registered dial", "secondary.answered hang_up",
                                   "primary.register_failed dial", "secondary.answered hang_up"));
}

TEST(Flagship, is_the_same_over_ipv6) {
  Scenario over_ipv6 = read_file(source_path("scenarios/primary_down_ipv6.json")).at(0);
  const Scenario flagship = read_file(source_path("scenarios/primary_down.json")).at(0);
  EXPECT_TRUE(over_ipv6.ipv6);
  over_ipv6.ipv6 = false;
  over_ipv6.name = flagship.name;
  over_ipv6.title = flagship.title;
  over_ipv6.why = flagship.why;
  EXPECT_EQ(over_ipv6, flagship);
}

TEST(ShippedProfiles, the_reference_profile_is_the_default_one_with_its_claims) {
  Profile defaults;
  defaults.title = "The built-in reference user agent, which does what the guide says";
  defaults.vendor_claims = {"guide"};
  defaults.sha256 = true;
  defaults.unregisters_on_shutdown = true;
  const std::string path = source_path("scenarios/profiles/reference.json");
  EXPECT_EQ(read_profile(text_of(path), path).value(), defaults);
}

}  // namespace
}  // namespace sipharness::scenario
