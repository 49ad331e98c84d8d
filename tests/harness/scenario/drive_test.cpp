#include "harness/scenario/drive.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/scenario/scenario.hpp"

namespace sipharness::scenario {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A profile whose object `drive` is this.
std::string with_drive(std::string_view drive) {
  return fmt::format(R"({{"name": "p", "kind": "process", "drive": {}}})", drive);
}

constexpr std::string_view whole = R"({
  "command": ["phone", "-c", "${home}/phone.cfg"], "package": "phone-cli",
  "environment": {"DISPLAY": ":0"}, "folders": [".phone"],
  "files": {"phone.cfg": ["user=${account.user}", "", "port=${port.sip}"], "empty": []},
  "lacks": ["session_timer", "max_request_retries"],
  "control": {"address": "${home}/socket", "framing": "netstring_json"},
  "ready": {"output": "ready*go", "within": "4s"},
  "verbs": {"boot": {}, "dial": {"send": ["call ${number}"], "ok": ["up"], "failed": ["down"],
                                 "within": "50s"}},
  "reactions": [{"on": "lost", "send": ["again ${number}"]}],
  "stop": {"send": ["quit"], "within": "9s"}
})";

Drive drive_of(std::string_view text) {
  const Expected<Profile> profile = read_profile(with_drive(text), "p.json");
  EXPECT_TRUE(profile.has_value()) << (profile ? "" : profile.error().text());
  return profile ? profile->drive.value_or(Drive{}) : Drive{};
}

std::string error_of(std::string_view text) {
  const Expected<Profile> profile = read_profile(with_drive(text), "p.json");
  return profile ? "no error" : profile.error().text();
}

TEST(Drive, takes_everything_from_its_profile) {
  const Drive drive = drive_of(whole);
  EXPECT_THAT(drive.command, ElementsAre("phone", "-c", "${home}/phone.cfg"));
  EXPECT_EQ(drive.package, "phone-cli");
  EXPECT_EQ(drive.environment.at("DISPLAY"), ":0");
  EXPECT_THAT(drive.folders, ElementsAre(".phone"));
  EXPECT_EQ(drive.files.at("phone.cfg"), "user=${account.user}\n\nport=${port.sip}\n");
  EXPECT_EQ(drive.files.at("empty"), "");
  EXPECT_THAT(drive.lacks, ElementsAre("session_timer", "max_request_retries"));
  EXPECT_EQ(drive.control, (Control{"${home}/socket", Framing::netstring_json}));
  EXPECT_EQ(drive.ready.output, "ready*go");
  EXPECT_EQ(drive.ready.within, 4s);
  EXPECT_THAT(drive.verbs.at("boot").send, ElementsAre());
  EXPECT_THAT(drive.verbs.at("dial").send, ElementsAre("call ${number}"));
  EXPECT_THAT(drive.verbs.at("dial").ok, ElementsAre("up"));
  EXPECT_THAT(drive.verbs.at("dial").failed, ElementsAre("down"));
  EXPECT_EQ(drive.verbs.at("dial").within, 50s);
  ASSERT_EQ(drive.reactions.size(), 1U);
  EXPECT_EQ(drive.reactions[0].on, "lost");
  EXPECT_THAT(drive.reactions[0].send, ElementsAre("again ${number}"));
  EXPECT_THAT(drive.stop.send, ElementsAre("quit"));
  EXPECT_EQ(drive.stop.within, 9s);
}

TEST(Drive, reads_back_from_what_is_written) {
  for (const std::string_view text : {whole, std::string_view(R"({"command": ["phone"]})")}) {
    const Profile profile = read_profile(with_drive(text), "p.json").value();
    const std::string written = to_json(profile);
    const Profile again = read_profile(written, "written.json").value();
    EXPECT_EQ(again, profile);
    EXPECT_EQ(to_json(again), written);
  }
}

struct Mistake {
  std::string_view drive;
  std::string_view error;
};

TEST(Drive, names_the_place_of_every_mistake) {
  const std::vector<Mistake> mistakes{
      {"{}", "/drive: \"command\" is missing"},
      {R"({"command": []})", "/drive/command: the command is empty"},
      {R"({"command": ["p", "${account.password}"]})", "everybody on this machine could read it"},
      {R"({"command": ["p", "${primry.port}"]})", "did you mean \"primary.port\"?"},
      {R"({"command": ["p", "${number}"]})", "unknown variable ${number}"},
      {R"({"command": ["p"], "files": {"../x": []}})", "must be a path below the scratch home"},
      {R"({"command": ["p"], "files": {"/etc/x": []}})", "must be a path below the scratch home"},
      {R"({"command": ["p"], "folders": ["a/../../b"]})", "must be a path below the scratch home"},
      {R"({"command": ["p"], "lacks": ["rport"]})", "/drive/lacks/0: found \"rport\""},
      {R"({"command": ["p"], "control": {}})", "\"address\" is missing"},
      {R"({"command": ["p"], "verbs": {"dail": {}}})", "did you mean \"dial\"?"},
      {R"({"command": ["p"], "verbs": {"dial": {}}})", "nothing is sent to dial"},
      {R"({"command": ["p"], "verbs": {"dial": {"send": ["c"], "ok": ["*"]}}})",
       "this pattern matches every line"},
      {R"({"command": ["p"], "reactions": [{"on": "x"}]})", "\"send\" is missing"},
      {R"({"command": ["p"], "environment": []})", "allowed is an object"},
  };
  for (const Mistake& mistake : mistakes) {
    SCOPED_TRACE(mistake.drive);
    EXPECT_THAT(error_of(mistake.drive), HasSubstr("p.json:1:"));
    EXPECT_THAT(error_of(mistake.drive), HasSubstr(mistake.error));
  }
}

TEST(Drive, is_for_programs_only) {
  const auto phone =
      read_profile(R"({"name": "p", "kind": "phone", "drive": {"command": ["p"]}})", "p.json");
  ASSERT_FALSE(phone.has_value());
  EXPECT_THAT(phone.error().text(), HasSubstr("only a device of the kind \"process\""));
}

TEST(Drive, keeps_settings_that_the_softphone_lacks_out_of_its_profile) {
  Scenario scenario;
  scenario.configure.session_timer = 90s;
  scenario.configure.max_request_retries = 3;
  scenario.configure.register_expiration = 2min;
  const Profile profile = configured(read_profile(with_drive(whole), "p.json").value(), scenario);
  EXPECT_FALSE(profile.session_timer.has_value());
  EXPECT_FALSE(profile.max_request_retries.has_value());
  EXPECT_EQ(profile.register_expiration, 2min);
}

std::optional<std::string> known(std::string_view name) {
  if (name == "home") return "/tmp/x";
  if (name == "number") return "2001\nquit";
  return std::nullopt;
}

TEST(Variables, are_replaced_by_their_values) {
  EXPECT_EQ(filled("a ${home}/b ${home}", known), "a /tmp/x/b /tmp/x");
  EXPECT_EQ(filled("$ { ${unknown} ${home", known), "$ { ${unknown} ${home");
  EXPECT_EQ(filled("", known), "");
}

TEST(Variables, smuggle_no_line_of_their_own_into_an_action) {
  EXPECT_EQ(filled("dial ${number}", known), "dial 2001quit");
}

TEST(Pattern, may_stand_anywhere_and_stars_for_anything) {
  EXPECT_TRUE(occurs_in("up", "line is up."));
  EXPECT_TRUE(occurs_in("a*b*c", "xx a yy b zz c"));
  EXPECT_TRUE(occurs_in("a*", "a"));
  EXPECT_TRUE(occurs_in("aab*c", "aaaab c"));
  EXPECT_FALSE(occurs_in("a*b", "b a"));
  EXPECT_FALSE(occurs_in("up", "UP"));
  EXPECT_FALSE(occurs_in("ab*ba", "aba"));
}

}  // namespace
}  // namespace sipharness::scenario
