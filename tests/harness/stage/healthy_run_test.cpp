#include "harness/stage/healthy_run.hpp"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/stage/servers.hpp"

namespace sipharness::stage {
namespace {

using testing::ElementsAre;

scenario::Scenario read(const std::string& text) {
  auto scenarios = scenario::read_scenarios(text, "test.json");
  EXPECT_TRUE(scenarios.has_value()) << (scenarios ? "" : scenarios.error().front().text());
  return scenarios ? scenarios->front() : scenario::Scenario{};
}

scenario::Scenario shipped() {
  std::ostringstream text;
  text << std::ifstream(SOURCE_ROOT "/scenarios/sanity/healthy.json").rdbuf();
  return read(text.str());
}

scenario::Scenario staging(const std::string& timeline, const std::string& primary = {}) {
  return read(R"({"title": "t", "duration": "60s", "servers": {"primary": {"port": 5070)" +
              primary + R"(}, "secondary": {"port": 5080}}, "timeline": [{"at": "0s", "do": "boot"}
              )" +
              timeline + "]}");
}

const std::string dial = R"(, {"at": "5s", "do": "dial", "number": "2001"})";
const std::string called = R"(, {"at": "9s", "do": "call", "server": "secondary"})";
const std::string silence = R"(, {"at": "4s", "do": "close_port", "server": "primary"})";

std::vector<std::string> steps(const scenario::Scenario& scenario) {
  std::vector<std::string> names;
  for (const scenario::Step& step : scenario.timeline)
    std::visit([&](const auto& what) { names.emplace_back(to_string(what.verb)); }, step.what);
  return names;
}

std::vector<std::string> healthy_steps(const scenario::Scenario& main,
                                       const scenario::Profile& profile = {},
                                       bool can_be_driven = true) {
  return steps(healthy_run({main, shipped(), profile, can_be_driven}));
}

TEST(HealthyRun, stands_around_faults_only) {
  EXPECT_FALSE(stages_fault(staging(dial)));
  EXPECT_TRUE(stages_fault(staging(silence)));
  EXPECT_TRUE(stages_fault(staging({}, R"(, "link": {"lose_to_device": 0.1})")));
  EXPECT_TRUE(stages_fault(staging({}, R"(, "rules": [{"method": "INVITE", "drop": true}])")));
}

TEST(HealthyRun, asks_for_what_the_scenario_needs) {
  EXPECT_THAT(healthy_steps(staging(silence)), ElementsAre("boot", "options", "options"));
  EXPECT_THAT(healthy_steps(staging(dial)),
              ElementsAre("boot", "options", "options", "dial", "hang_up"));
  EXPECT_THAT(healthy_steps(staging(called)),
              ElementsAre("boot", "options", "options", "call", "answer", "hang_up"));
  EXPECT_THAT(
      healthy_steps(staging(dial + called)),
      ElementsAre("boot", "options", "options", "dial", "hang_up", "call", "answer", "hang_up"));
}

TEST(HealthyRun, asks_for_what_the_profile_can) {
  const scenario::Scenario main = staging(dial + called);
  scenario::Profile profile;
  profile.check_sip_user_id = true;
  EXPECT_THAT(healthy_steps(main, profile),
              ElementsAre("boot", "options", "options", "dial", "hang_up"));
  profile = {};
  profile.registers_at_both = false;
  EXPECT_THAT(healthy_steps(main, profile), ElementsAre("boot", "options", "dial", "hang_up"));
  EXPECT_THAT(healthy_steps(main, {}, false), ElementsAre("boot", "options", "options"));
  profile = {};
  profile.drive.emplace().verbs = {{"dial", {}}, {"hang_up", {}}};
  EXPECT_THAT(healthy_steps(main, profile),
              ElementsAre("boot", "options", "options", "dial", "hang_up"));
}

TEST(HealthyRun, heals_the_servers_and_leaves_them_where_they_are) {
  const scenario::Scenario main = staging(silence, R"(, "address": "127.0.0.77",
      "link": {"lose_to_server": 0.5}, "rules": [{"method": "REGISTER", "challenge": {}},
      {"method": "INVITE", "drop": true}])");
  const scenario::Scenario healthy = healthy_run({main, shipped(), {}});
  const scenario::Server& primary = healthy.server("primary");
  EXPECT_EQ(primary.address, main.server("primary").address);
  EXPECT_EQ(primary.port, 5070);
  EXPECT_TRUE(primary.links.empty());
  ASSERT_EQ(primary.rules.size(), 1U) << "the challenge, which leaves nothing to the short expiry";
  const auto& challenge = std::get<scenario::ChallengeWith>(primary.rules[0].verb);
  EXPECT_EQ(challenge.expires, Duration(60s)) << "and grants it itself";
}

TEST(HealthyRun, is_one_that_can_be_read_whatever_the_challenges_take) {
  for (const std::string challenge :
       {R"({"challenge": {}})", R"({"method": "REGISTER", "challenge": {"status": 407}})",
        R"({"method": ["REGISTER", "INVITE"], "challenge": {}})",
        R"({"method": "REGISTER", "nth": {"from": 2}, "challenge": {}})",
        R"({"method": "REGISTER", "nth": 1, "challenge": {"algorithm": "SHA-256"}})",
        R"({"method": "REGISTER", "until": "9s", "challenge": {}})",
        R"({"method": "INVITE", "challenge": {}})"}) {
    SCOPED_TRACE(challenge);
    const scenario::Scenario main = staging(dial, R"(, "rules": [)" + challenge + "]");
    const scenario::Scenario healthy = healthy_run({main, shipped(), {}});
    EXPECT_EQ(read(to_json(healthy)).servers, healthy.servers);
  }
}

}  // namespace
}  // namespace sipharness::stage
