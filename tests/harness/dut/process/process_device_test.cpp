// A shell script as softphone: what the driver does with any program.

#include "harness/dut/process/process_device.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/setup_error.hpp"
#include "harness/files/files.hpp"
#include "harness/host/real_world.hpp"

namespace sipharness::dut {
namespace {

using scenario::DeviceVerb;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

struct JournalLines final : journal::Writer {
  void write(const journal::Event& event) override {
    if (const auto* state = std::get_if<journal::DeviceState>(&event))
      lines.push_back(state->exit_status ? fmt::format("{} {}", state->state, *state->exit_status)
                                         : state->state);
    if (const auto* report = std::get_if<journal::Reported>(&event))
      lines.push_back(
          fmt::format("{} {}: {}", report->verb, report->ok ? "ok" : "failed", report->what));
  }
  std::vector<std::string> lines;
};

/// A profile around a script that reads commands from standard input.
scenario::Profile profile_of(const std::string& script) {
  scenario::Profile profile;
  profile.name = "script";
  profile.kind = "process";
  scenario::Drive& drive = profile.drive.emplace();
  drive.command = {"sh", "${home}/bin/script"};
  drive.files["bin/script"] = script;
  drive.ready.output = "ready";
  drive.verbs["dial"] = {.send = {"dial ${number}"}, .ok = {"up"}, .failed = {"down"}};
  drive.stop = {.send = {"quit"}, .within = 300ms};
  return profile;
}

struct Rig {
  explicit Rig(const scenario::Profile& profile) {
    ProcessDevice::Options options;
    options.values.profile = profile;
    options.values.primary = {*Endpoint::parse("127.0.0.11:5070"), ""};
    options.values.secondary = {*Endpoint::parse("127.0.0.12:5080"), "s.test"};
    options.values.device = *IpAddress::parse("127.0.0.1");
    options.values.password = "geheim";
    options.values.run_folder = run.path();
    device = std::make_unique<ProcessDevice>(world, journal, std::move(options));
  }
  void perform(DeviceVerb verb, const std::string& number = {}) { device->perform({verb, number}); }
  bool hears(const std::string& line) {
    const auto heard = [&] {
      return std::ranges::find(journal.lines, line) != journal.lines.end();
    };
    world.run(world.now() + 60s, heard);
    return heard();
  }
  void wait(Duration time) { world.run(world.now() + time, {}); }
  std::string log() const { return files::read_file(run.path() + "/device.log").value_or(""); }

  files::TemporaryFolder run;
  host::RealWorld world;
  JournalLines journal;
  std::unique_ptr<ProcessDevice> device;
};

/// Obeys: says up to any number but 0, and ends when asked to.
constexpr auto obedient = R"(echo ready
while read verb number; do
  case "$verb $number" in "dial 0") echo down;; dial*) echo up;; quit*) exit 0;; esac
done
)";

TEST(ProcessDevice, starts_at_boot_and_reports_what_became_of_actions) {
  Rig rig(profile_of(obedient));
  rig.wait(50ms);
  EXPECT_THAT(rig.journal.lines, IsEmpty()) << "nothing runs before boot";
  rig.perform(DeviceVerb::boot);
  rig.perform(DeviceVerb::dial, "2001");  // not ready yet: it waits
  EXPECT_TRUE(rig.hears("dial ok: up"));
  rig.perform(DeviceVerb::dial, "0");
  EXPECT_TRUE(rig.hears("dial failed: down"));
  rig.device->stop();
  EXPECT_THAT(rig.journal.lines,
              ElementsAre("started", "boot ok: ready", "dial ok: up", "dial failed: down"));
}

TEST(ProcessDevice, is_shut_down_and_boots_again) {
  Rig rig(profile_of(obedient));
  rig.perform(DeviceVerb::boot);
  ASSERT_TRUE(rig.hears("boot ok: ready"));
  rig.perform(DeviceVerb::shutdown);
  ASSERT_TRUE(rig.hears("shutdown ok: ended with status 0"));
  rig.journal.lines.clear();
  rig.perform(DeviceVerb::dial, "2001");
  EXPECT_THAT(rig.journal.lines, ElementsAre("dial failed: the device does not run"));
  rig.perform(DeviceVerb::boot);
  EXPECT_TRUE(rig.hears("boot ok: ready"));
}

TEST(ProcessDevice, that_is_booted_while_it_still_ends_starts_when_it_has) {
  Rig rig(profile_of("echo ready; while read order; do sleep 0.2; exit 0; done"));
  rig.perform(DeviceVerb::boot);
  ASSERT_TRUE(rig.hears("boot ok: ready"));
  rig.journal.lines.clear();
  rig.perform(DeviceVerb::shutdown);
  rig.perform(DeviceVerb::boot);
  EXPECT_TRUE(rig.hears("boot ok: ready"));
}

TEST(ProcessDevice, restarts_without_news_of_its_end) {
  Rig rig(profile_of(obedient));
  rig.perform(DeviceVerb::boot);
  ASSERT_TRUE(rig.hears("boot ok: ready"));
  rig.perform(DeviceVerb::restart);
  ASSERT_TRUE(rig.hears("restart ok: ready"));
  EXPECT_THAT(rig.journal.lines,
              ElementsAre("started", "boot ok: ready", "started", "restart ok: ready"));
}

TEST(ProcessDevice, that_ends_by_itself_is_news_with_its_status) {
  Rig rig(profile_of("echo ready; read order; exit 5"));
  rig.perform(DeviceVerb::boot);
  ASSERT_TRUE(rig.hears("boot ok: ready"));
  rig.perform(DeviceVerb::dial, "2001");
  EXPECT_TRUE(rig.hears("exited 5"));
}

TEST(ProcessDevice, that_hangs_is_killed_when_it_must_end) {
  Rig rig(profile_of("trap '' TERM; echo ready; while true; do sleep 0.02; done"));
  rig.perform(DeviceVerb::boot);
  ASSERT_TRUE(rig.hears("boot ok: ready"));
  rig.perform(DeviceVerb::shutdown);
  EXPECT_TRUE(rig.hears("killed 137"));
  EXPECT_TRUE(rig.hears("shutdown failed: ended with status 137"));
}

TEST(ProcessDevice, that_is_not_ready_in_time_is_reported) {
  scenario::Profile profile = profile_of("exec sleep 600");
  profile.drive->ready.within = 100ms;
  Rig rig(profile);
  rig.perform(DeviceVerb::boot);
  EXPECT_TRUE(rig.hears("boot failed: not ready 100ms after its start"));
  rig.device->stop();
  EXPECT_THAT(rig.log(), HasSubstr("exited with status 143"));
}

TEST(ProcessDevice, gives_up_on_news_that_do_not_come) {
  scenario::Profile profile = profile_of("echo ready; exec sleep 600");
  profile.drive->verbs["dial"].within = 100ms;
  Rig rig(profile);
  rig.perform(DeviceVerb::boot);
  rig.perform(DeviceVerb::dial, "2001");
  EXPECT_TRUE(rig.hears("dial failed: no word of how it went"));
}

TEST(ProcessDevice, waits_for_news_from_when_it_is_ready) {
  scenario::Profile profile = profile_of("sleep 1.2; echo ready; read order; echo up; read order");
  profile.drive->verbs["dial"].within = 1s;
  Rig rig(profile);
  rig.perform(DeviceVerb::boot);
  rig.perform(DeviceVerb::dial, "2001");
  EXPECT_TRUE(rig.hears("dial ok: up"));
  EXPECT_THAT(rig.journal.lines, ElementsAre("started", "boot ok: ready", "dial ok: up"));
}

TEST(ProcessDevice, reacts_by_itself_and_not_for_ever) {
  scenario::Profile profile = profile_of("echo ready; while read a b; do echo again $b; done");
  profile.drive->reactions.push_back({.on = "again", .send = {"on ${number}"}});
  Rig rig(profile);
  rig.perform(DeviceVerb::boot);
  rig.perform(DeviceVerb::dial, "7");
  rig.wait(1s);
  const std::string log = rig.log();
  EXPECT_THAT(log, HasSubstr("> on 7"));
  const auto sent = [&log](std::size_t from) { return log.find("> on 7", from); };
  std::size_t sent_lines = 0;
  for (std::size_t at = sent(0); at != std::string::npos; at = sent(at + 1)) ++sent_lines;
  EXPECT_LE(sent_lines, 1000U);
}

TEST(ProcessDevice, keeps_the_password_out_of_log_and_copies) {
  scenario::Profile profile =
      profile_of("echo ready; cat secret; while read line; do echo said $line; done");
  profile.drive->files["secret"] = "pass=${account.password} user=${account.user}\n";
  profile.drive->verbs["dial"] = {
      .send = {"auth ${account.password}"}, .ok = {"said"}, .failed = {}};
  Rig rig(profile);
  rig.perform(DeviceVerb::boot);
  rig.perform(DeviceVerb::dial, "2001");
  EXPECT_TRUE(rig.hears("dial ok: said auth ***"));
  EXPECT_THAT(rig.log(), HasSubstr("pass=*** user=1001"));
  EXPECT_THAT(rig.log(), Not(HasSubstr("geheim")));
  EXPECT_EQ(files::read_file(rig.run.path() + "/device/secret").value(), "pass=*** user=1001\n");
}

TEST(ProcessDevice, fills_in_what_it_knows) {
  scenario::Profile profile = profile_of("echo ready; exec sleep 600");
  profile.register_expiration = 2min;
  profile.drive->files["all"] =
      "${primary.address} ${primary.host} ${primary.port} ${secondary.host} ${secondary.port}\n"
      "${register_expiration} ${transport} ${device.address} ${account.auth_user}\n"
      "${port.a}-${port.b}-${port.a}\n";
  Rig rig(profile);
  rig.perform(DeviceVerb::boot);
  const std::string text = files::read_file(rig.run.path() + "/device/all").value();
  EXPECT_THAT(text, StartsWith("127.0.0.11 127.0.0.11 5070 s.test 5080\n"
                               "120 udp 127.0.0.1 1001\n"));
  const std::string ports = text.substr(text.rfind('\n', text.size() - 2) + 1);
  const std::size_t dash = ports.find('-');
  const std::string first = ports.substr(0, dash);
  EXPECT_EQ(ports.substr(ports.rfind('-') + 1), first + "\n") << "one name, one port";
  EXPECT_NE(ports.substr(dash + 1, first.size()), first);
  EXPECT_EQ(std::stoi(first) % 2, 0);
}

}  // namespace
}  // namespace sipharness::dut
