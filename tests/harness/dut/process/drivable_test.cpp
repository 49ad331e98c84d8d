#include "harness/dut/process/drivable.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/setup_error.hpp"

namespace sipharness::dut {
namespace {

using scenario::DeviceVerb;
using testing::HasSubstr;

/// Can dial, and nothing else.
scenario::Profile profile_of_a_script() {
  scenario::Profile profile;
  profile.name = "script";
  profile.kind = "process";
  profile.drive.emplace().command = {"sh"};
  profile.drive->verbs["dial"].send = {"dial"};
  return profile;
}

scenario::Scenario scenario_with(DeviceVerb verb) {
  scenario::Scenario scenario;
  scenario.name = "story";
  scenario.timeline.push_back({{}, scenario::DeviceStep{DeviceVerb::boot, {}}, {"story.json:1:1"}});
  scenario.timeline.push_back({{}, scenario::DeviceStep{verb, {}}, {"story.json:2:2"}});
  return scenario;
}

std::string refusal(const scenario::Profile& profile, const scenario::Scenario& scenario) {
  try {
    check_drivable(profile, scenario);
  } catch (const SetupError& error) {
    return error.what();
  }
  return {};
}

std::string refusal(const scenario::Profile& profile, DeviceVerb verb) {
  return refusal(profile, scenario_with(verb));
}

TEST(CheckDrivable, refuses_surroundings_that_the_softphone_cannot_live_in) {
  scenario::Profile profile = profile_of_a_script();
  scenario::Scenario scenario = scenario_with(DeviceVerb::dial);
  scenario.ipv6 = true;
  EXPECT_THAT(refusal(profile, scenario), HasSubstr("over IPv4; scenario story is IPv6"));
  scenario.ipv6 = false;
  scenario.dns.emplace();
  EXPECT_THAT(refusal(profile, scenario), HasSubstr("${name_server.address}"));
  profile.drive->files["resolver"] = "server=${name_server.address}\n";
  EXPECT_EQ(refusal(profile, scenario), "");
  scenario::Server& primary = scenario.servers.emplace_back();
  primary.name = "primary";
  primary.host = "p.test";
  primary.by_srv = true;
  EXPECT_EQ(refusal(profile, scenario), "");
  profile.drive->files["account"] = "sip:${primary.host}:${primary.port}\n";
  EXPECT_THAT(refusal(profile, scenario), HasSubstr("the primary by name alone"));
}

TEST(CheckDrivable, names_what_is_missing_and_the_remedy) {
  scenario::Profile profile = profile_of_a_script();
  EXPECT_EQ(refusal(profile, DeviceVerb::dial), "");
  EXPECT_EQ(refusal(profile, DeviceVerb::restart), "");
  EXPECT_THAT(refusal(profile, DeviceVerb::hold),
              HasSubstr("script cannot hold, which scenario story requires at story.json:2:2"));
  profile.drive->command = {"no-such-softphone"};
  profile.drive->package = "softphone-cli";
  EXPECT_EQ(refusal(profile, DeviceVerb::dial),
            "no-such-softphone is not installed: apt-get install softphone-cli");
  profile.drive.reset();
  EXPECT_THAT(refusal(profile, DeviceVerb::dial), HasSubstr("it has no \"drive\""));
}

}  // namespace
}  // namespace sipharness::dut
