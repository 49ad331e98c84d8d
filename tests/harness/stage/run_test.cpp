// A run in virtual time from scenario to findings, through nothing but its folder.

#include "harness/stage/run.hpp"

#include <cstdlib>
#include <filesystem>
#include <set>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/setup_error.hpp"
#include "harness/files/files.hpp"
#include "harness/judge/judge.hpp"
#include "harness/judge/run_folder.hpp"

namespace sipharness::stage {
namespace {

using testing::AnyOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using verdict::Verdict;

constexpr std::string_view short_call = R"({
  "title": "A short call",
  "why": "The least that shows every part of a run.",
  "source": "guide, Case 1",
  "duration": "40s",
  "servers": {"primary": {"port": 5070}, "secondary": {"port": 5080}},
  "timeline": [
    {"at": "0s", "do": "boot"},
    {"after": "primary.registered", "plus": "2s", "do": "dial", "number": "2001"},
    {"after": "primary.answered", "plus": "3s", "do": "hang_up"}
  ],
  "expect": ["GRP-REG-01", "GRP-CALL-01", "DUT-ALIVE", "DUT-PARSE"]
})";

class Run : public testing::Test {
 protected:
  static scenario::Scenario scenario() {
    return scenario::read_scenarios(std::string(short_call), "short_call.json")->front();
  }
  RunOptions options(const std::string& name = "run") const {
    RunOptions made;
    made.folder = folder_.path() + "/" + name;
    made.seed = 7;
    return made;
  }
  /// What a scenario in which nobody answers would wait for.
  static scenario::Scenario unanswered() {
    scenario::Scenario changed = scenario();
    changed.servers[0].far_end.answer = std::nullopt;
    return changed;
  }
  static judge::Judged judged(const judge::JudgeRequest& request) {
    auto result = judge::judge(request);
    EXPECT_TRUE(result) << (result ? "" : result.error().text());
    return std::move(*result);
  }
  static std::string bytes(const std::string& path) { return *files::read_file(path); }

  files::TemporaryFolder folder_;
};

/// Everything a finding says, as text that tests can compare.
std::vector<std::string> told(const verdict::Result& result) {
  std::vector<std::string> lines;
  for (const verdict::Finding& finding : result.findings)
    for (const verdict::Instance& instance : finding.instances) {
      std::string line(finding.requirement->id);
      line += " " + finding.device + " " + std::string(to_string(instance.verdict));
      line += " " + instance.message;
      for (const std::uint32_t frame : instance.frames) line += " " + std::to_string(frame);
      lines.push_back(std::move(line));
    }
  return lines;
}

TEST_F(Run, leaves_a_folder_that_needs_nothing_else) {
  stage::run(scenario(), {}, options());
  const judge::RunFolder folder{options().folder};
  for (const std::string& path :
       {folder.capture(), folder.journal(), folder.scenario(), folder.profile(), folder.meta()})
    EXPECT_GT(std::filesystem::file_size(path), 0U) << path;
  EXPECT_THAT(bytes(folder.meta()), HasSubstr(R"("clock": "virtual")"));
  const auto effective = scenario::read_scenarios(bytes(folder.scenario()), folder.scenario());
  ASSERT_TRUE(effective);
  EXPECT_EQ(effective->front().server("primary").address->text(), "127.0.0.11");
}

TEST_F(Run, of_a_healthy_device_passes) {
  stage::run(scenario(), {}, options());
  const judge::Judged run = judged({.capture = options().folder});
  EXPECT_EQ(overall(run.result), Verdict::pass) << testing::PrintToString(told(run.result));
  EXPECT_EQ(run.result.clock, "virtual");
  EXPECT_EQ(run.result.seed, 7U);
  EXPECT_EQ(run.result.title, "A short call");
  EXPECT_FALSE(run.result.interrupted);
  EXPECT_EQ(run.result.stopped, "");
  ASSERT_EQ(run.result.devices.size(), 1U);
  EXPECT_EQ(run.result.devices[0].kind, "reference");
  EXPECT_THAT(run.result.devices[0].user_agent, Not(IsEmpty()));
  EXPECT_EQ(run.result.capture.file, "capture.pcap");
  EXPECT_EQ(run.result.capture.health, "complete");
  EXPECT_EQ(run.result.capture.vantage, "device");
  EXPECT_EQ(run.result.capture.source, "simulated");
  EXPECT_EQ(run.result.capture.sip_messages, run.trace.messages.size());
}

TEST_F(Run, is_judged_the_same_every_time) {
  stage::run(scenario(), {}, options());
  const judge::JudgeRequest request{.capture = options().folder};
  const auto first = told(judged(request).result);
  EXPECT_THAT(first, Not(IsEmpty()));
  EXPECT_EQ(told(judged(request).result), first);
}

TEST_F(Run, with_the_same_seed_gives_the_same_bytes) {
  stage::run(scenario(), {}, options("first"));
  stage::run(scenario(), {}, options("second"));
  RunOptions other = options("other");
  other.seed = 8;
  stage::run(scenario(), {}, other);
  const judge::RunFolder first{options("first").folder};
  const judge::RunFolder second{options("second").folder};
  EXPECT_EQ(bytes(first.capture()), bytes(second.capture()));
  EXPECT_EQ(bytes(first.journal()), bytes(second.journal()));
  EXPECT_NE(bytes(first.capture()), bytes(judge::RunFolder{other.folder}.capture()));
}

TEST_F(Run, of_a_deviating_device_fails) {
  RunOptions deviating = options();
  deviating.deviations = {"omits_max_forwards"};
  stage::run(scenario(), {}, deviating);
  const judge::Judged run = judged({.capture = deviating.folder, .only = {"RFC3261-GEN-01"}});
  ASSERT_EQ(run.result.findings.size(), 1U);
  EXPECT_EQ(run.result.findings[0].verdict(), Verdict::fail);
}

TEST_F(Run, that_was_interrupted_is_judged_as_far_as_it_came) {
  int asked = 0;
  RunOptions stopped = options();
  stopped.interrupted = [&asked] { return ++asked > 20; };
  stage::run(scenario(), {}, stopped);
  const judge::Judged run = judged({.capture = stopped.folder});
  EXPECT_TRUE(run.result.interrupted);
  EXPECT_EQ(overall(run.result), Verdict::inconclusive);
  EXPECT_GT(run.result.capture.frames, 0U);
}

TEST_F(Run, tells_of_a_step_that_never_came) {
  stage::run(unanswered(), {}, options());
  EXPECT_THAT(bytes(judge::RunFolder{options().folder}.journal()), HasSubstr("primary.answered"));
  EXPECT_EQ(judged({.capture = options().folder}).result.stopped,
            "step 3: primary.answered did not occur by 40s");
}

TEST_F(Run, so_far_is_not_blamed_for_what_is_still_to_come) {
  stage::run(scenario(), {}, options());
  const judge::RunFolder folder{options().folder};
  std::string journal = bytes(folder.journal());
  for (const std::string_view last : {"ended", "capture_count"}) {
    const std::size_t line = journal.rfind('\n', journal.size() - 2) + 1;
    ASSERT_THAT(journal.substr(line), HasSubstr(last));
    journal.erase(line);
  }
  files::write_file(folder.journal(), journal);
  EXPECT_EQ(judged({.capture = folder.path}).result.capture.health, "incomplete");
  const auto so_far = judge::judge_so_far({.capture = folder.path});
  ASSERT_TRUE(so_far) << so_far.error().text();
  EXPECT_EQ(so_far->result.capture.health, "complete");
  EXPECT_EQ(overall(so_far->result), Verdict::pass);
}

TEST_F(Run, may_be_judged_as_a_capture_of_nobody) {
  stage::run(scenario(), {}, options());
  const judge::Judged bare = judged({.capture = judge::RunFolder{options().folder}.capture()});
  EXPECT_EQ(bare.result.scenario, "");
  EXPECT_EQ(bare.result.clock, "");
  EXPECT_EQ(bare.result.capture.source, "file");
  EXPECT_EQ(bare.result.capture.vantage, "device") << "it is all on one host";
  ASSERT_EQ(bare.result.devices.size(), 1U);
  EXPECT_EQ(bare.result.devices[0].kind, "external");
  const judge::Judged placed = judged({.capture = judge::RunFolder{options().folder}.capture(),
                                       .vantage = trace::Vantage::server,
                                       .strict = true});
  EXPECT_EQ(placed.result.capture.vantage, "server");
  EXPECT_TRUE(placed.result.strict);
}

TEST_F(Run, whose_folder_lacks_a_file_is_an_error_that_names_it) {
  for (const std::string_view name :
       {"capture.pcap", "journal.jsonl", "scenario.json", "profile.json", "run.json"}) {
    SCOPED_TRACE(name);
    stage::run(scenario(), {}, options());
    std::filesystem::remove(options().folder + "/" + std::string(name));
    const auto result = judge::judge({.capture = options().folder});
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().text(), HasSubstr(name));
  }
}

TEST_F(Run, of_several_devices_judges_each) {
  scenario::Scenario several = scenario();
  several.devices = 3;
  for (scenario::Server& server : several.servers)
    server.rules.emplace_back().verb = scenario::ChallengeWith{};
  stage::run(several, {}, options());
  const judge::Judged run = judged({.capture = options().folder});
  EXPECT_EQ(overall(run.result), Verdict::pass) << testing::PrintToString(told(run.result));
  const std::vector<std::string> names{"phone-1001", "phone-1002", "phone-1003"};
  ASSERT_EQ(run.result.devices.size(), names.size());
  std::set<std::string> placed;
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(run.result.devices[i].name, names[i]);
    placed.insert(run.trace.devices[i].addresses.front().text());
    for (const std::string_view judged_of : {"RFC3261-REG-01", "RFC3261-ACK-2XX", "AUTH-03"})
      EXPECT_THAT(told(run.result),
                  Contains(HasSubstr(std::string(judged_of) + " " + names[i] + " pass")));
  }
  EXPECT_EQ(placed.size(), names.size());
  std::vector<std::string> dialled;
  for (const journal::Entry& entry : run.trace.journal)
    if (const auto* action = std::get_if<journal::Action>(&entry.event))
      if (action->verb == "dial") dialled.push_back(action->device);
  EXPECT_EQ(dialled, names);
}

TEST_F(Run, calls_every_device_by_its_own_name) {
  scenario::Scenario several = scenario();
  several.devices = 2;
  several.timeline.resize(1);
  scenario::ServerStep call;
  call.verb = scenario::ServerVerb::call;
  call.server = "primary";
  several.timeline.emplace_back().when.at = 5s;
  several.timeline.back().what = call;
  stage::run(several, {}, options());
  const judge::Judged run = judged({.capture = options().folder});
  std::set<std::string> called;
  for (const trace::Message& message : run.trace.messages)
    if (message.to_device() && message.sip.is_request() &&
        message.sip.method() == sip::Method::invite)
      called.insert(run.trace.devices[message.device].user + " " +
                    std::string(message.sip.header(sip::HeaderId::to)));
  EXPECT_THAT(called,
              testing::ElementsAre("1001 <sip:1001@127.0.0.11>", "1002 <sip:1002@127.0.0.11>"));
}

TEST_F(Run, of_several_devices_is_for_virtual_time_only) {
  scenario::Scenario several = scenario();
  several.devices = 2;
  RunOptions real = options();
  real.clock = Clock::real;
  try {
    stage::run(several, {}, real);
    FAIL() << "staged";
  } catch (const SetupError& error) {
    EXPECT_THAT(error.what(), HasSubstr("short_call has 2 devices"));
  }
}

TEST_F(Run, in_which_the_device_moves_needs_somewhere_to_go) {
  scenario::Scenario moving = scenario();
  moving.timeline.push_back({{std::nullopt, 20s, std::nullopt},
                             scenario::DeviceStep{scenario::DeviceVerb::move, {}},
                             {}});
  RunOptions real = options();
  real.clock = Clock::real;
  EXPECT_NO_THROW(require_playable(moving, {}, real));
  moving.ipv6 = true;
  EXPECT_NO_THROW(require_playable(moving, {}, options()));
  try {
    require_playable(moving, {}, real);
    FAIL() << "playable";
  } catch (const SetupError& error) {
    EXPECT_THAT(error.what(), HasSubstr("moves the device to another address, and ::1 is"));
  }
}

TEST_F(Run, that_cannot_be_set_up_says_why) {
  RunOptions unknown = options();
  unknown.deviations = {"plays_the_banjo"};
  scenario::Profile secret;
  secret.account.password =
      scenario::Password{scenario::Password::Kind::env, "SIPHARNESS_TEST_UNSET"};
  const auto reason = [](const scenario::Profile& profile, const RunOptions& chosen) {
    try {
      stage::run(scenario(), profile, chosen);
    } catch (const SetupError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(reason({}, unknown), HasSubstr("plays_the_banjo"));
  EXPECT_THAT(reason(secret, options()), HasSubstr("SIPHARNESS_TEST_UNSET"));
}

TEST_F(Run, writes_a_real_password_nowhere) {
  setenv("SIPHARNESS_TEST_PASSWORD", "swordfish", 1);
  scenario::Profile profile;
  profile.account.password =
      scenario::Password{scenario::Password::Kind::env, "SIPHARNESS_TEST_PASSWORD"};
  scenario::Scenario challenged = scenario();
  for (scenario::Server& server : challenged.servers)
    server.rules.emplace_back().verb = scenario::ChallengeWith{};
  stage::run(challenged, profile, options());
  const judge::Judged right = judged({.capture = options().folder});
  setenv("SIPHARNESS_TEST_PASSWORD", "haddock", 1);
  const judge::Judged wrong = judged({.capture = options().folder});
  unsetenv("SIPHARNESS_TEST_PASSWORD");
  EXPECT_THAT(told(right.result), Contains(HasSubstr("AUTH-03 phone pass")));
  EXPECT_THAT(told(wrong.result), Contains(HasSubstr("AUTH-03 phone fail")));
  for (const judge::Judged* one : {&right, &wrong})
    EXPECT_THAT(told(one->result), Each(Not(AnyOf(HasSubstr("swordfish"), HasSubstr("haddock")))));
  for (const auto& file : std::filesystem::directory_iterator(options().folder))
    EXPECT_THAT(bytes(file.path().string()), Not(HasSubstr("swordfish"))) << file.path();
}

}  // namespace
}  // namespace sipharness::stage
