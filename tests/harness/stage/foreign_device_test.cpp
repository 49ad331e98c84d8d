// A device that keeps its own clock: the stage waits for it, and counts from its first REGISTER.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/capture/pcap_writer.hpp"
#include "harness/files/files.hpp"
#include "harness/judge/judge.hpp"
#include "harness/stage/devices.hpp"
#include "harness/stage/live/frame_fan_out.hpp"
#include "harness/stage/place/addresses.hpp"
#include "harness/stage/stage.hpp"
#include "harness/world_sim/simulated_world.hpp"

namespace sipharness::stage {
namespace {

using testing::HasSubstr;

constexpr std::string_view silent_at_first = R"({
  "title": "t", "source": "test", "duration": "30s",
  "servers": {"primary": {"port": 5070, "rules": [
                {"name": "first", "until": "5s", "method": "REGISTER", "drop": true}]},
              "secondary": {"port": 5080}},
  "timeline": [
    {"at": "0s", "do": "boot"},
    {"at": "10s", "do": "dial", "number": "2001"}
  ],
  "expect": ["GRP-REG-01"]
})";

constexpr std::string_view calls_at_once = R"({
  "title": "t", "source": "test", "duration": "2min",
  "servers": {"primary": {"port": 5070}, "secondary": {"port": 5080}},
  "timeline": [
    {"at": "0s", "do": "boot"},
    {"at": "1s", "do": "dial", "number": "2001"},
    {"after": "primary.answered", "deadline": "100s", "do": "hang_up"}
  ],
  "expect": ["GRP-CALL-01"]
})";

/// Boots some time after it was told to, and dials or does not.
class SlowPhone final : public dut::Device {
 public:
  struct Habits {
    std::optional<Duration> boot;  ///< nothing: it never does
    bool dials = true;
  };
  SlowPhone(world::World& world, std::unique_ptr<dut::Device> inner, Habits habits)
      : world_(world), inner_(std::move(inner)), habits_(habits) {}
  const std::string& name() const override { return inner_->name(); }
  bool perform(const scenario::DeviceStep& step) override {
    if (step.verb == scenario::DeviceVerb::dial && !habits_.dials) return false;
    if (step.verb != scenario::DeviceVerb::boot) return inner_->perform(step);
    if (habits_.boot)
      boot_ = world_.call_after(*habits_.boot, [this, step] { inner_->perform(step); });
    return false;
  }

 private:
  world::World& world_;
  std::unique_ptr<dut::Device> inner_;
  Habits habits_;
  world::Timer boot_;
};

class ForeignDevice : public testing::Test {
 protected:
  judge::Judged play(SlowPhone::Habits habits, std::string_view text = silent_at_first,
                     bool is_healthy = false) {
    options_.folder = folder_.path();
    options_.device.kind = DeviceKind::external;
    options_.first_register_timeout = 20s;
    const judge::RunFolder folder{options_.folder};
    const Production production{
        with_addresses(scenario::read_scenarios(std::string(text), "text.json")->front(),
                       default_addresses(false, true)),
        {},
        {default_addresses(false, true).device},
        options_,
        is_healthy};
    files::write_file(folder.scenario(), scenario::to_json(production.scenario));
    files::write_file(folder.profile(), scenario::to_json(production.profile));
    files::write_file(folder.meta(),
                      R"({"clock": "real", "seed": "1", "device_kind": "external"})");
    world_.set_tap_address(production.devices[0].address);
    capture::PcapWriter capture(folder.capture(), packet::LinkType::ethernet);
    Stage stage(world_, production, folder,
                {.make_device =
                     [&](journal::Writer&, unsigned device) {
                       return std::make_unique<SlowPhone>(
                           world_, make_reference_ua(world_, production, device), habits);
                     },
                 .age = [](CaptureTime) { return Duration::zero(); }});
    FrameFanOut frames(capture, stage.observers());
    world_.set_sink(&frames);
    stage.journal().write(journal::Clock{world_.capture_time(world_.now()), Duration::zero()});
    stage.begin();
    world_.run(TimePoint(2min), [&] { return stage.is_over(); });
    lasted_ = world_.now();
    world_.set_sink(nullptr);
    capture.flush();
    stage.journal().write(journal::CaptureCount{"simulated", capture.frames(), 0, {}});
    stage.finish();
    EXPECT_FALSE(stage.journal_has_failed());
    return *judge::judge({.capture = folder.path});
  }
  std::string journal() const {
    return *files::read_file(judge::RunFolder{folder_.path()}.journal());
  }

  files::TemporaryFolder folder_;
  world_sim::SimulatedWorld world_;
  RunOptions options_;
  TimePoint lasted_;
};

TEST_F(ForeignDevice, sets_scenario_zero_by_its_first_register) {
  const judge::Judged run = play({.boot = 7s});
  EXPECT_EQ(lasted_, TimePoint(7s + 30s));
  EXPECT_EQ(run.result.stopped, "");
  ASSERT_FALSE(run.trace.messages.empty());
  EXPECT_EQ(run.trace.messages.front().at, run.trace.zero);
  for (const journal::Entry& entry : run.trace.journal) {
    const auto* const action = std::get_if<journal::Action>(&entry.event);
    if (action == nullptr) continue;
    EXPECT_EQ(entry.at, action->verb == "boot" ? Duration(-7s) : Duration(10s)) << action->verb;
  }
}

TEST_F(ForeignDevice, meets_the_rules_of_the_first_seconds_with_its_first_register) {
  const judge::Judged run = play({.boot = 7s});
  const auto ignored = std::ranges::count_if(run.trace.messages, &trace::Message::ignored);
  // At 0, 0.5, 1.5 and 3.5 s; the one at 7.5 s is answered.
  EXPECT_EQ(ignored, 4);
}

TEST_F(ForeignDevice, that_never_comes_ends_the_run_in_bounded_time) {
  const judge::Judged run = play({.boot = std::nullopt});
  EXPECT_EQ(lasted_, TimePoint(20s));
  EXPECT_EQ(run.result.stopped,
            "step 2: the first REGISTER of the device did not occur by 20s; seen instead: nothing");
  EXPECT_EQ(overall(run.result), verdict::Verdict::inconclusive);
  EXPECT_THAT(journal(), HasSubstr("no device"));
}

TEST_F(ForeignDevice, that_is_not_told_to_dial_ends_a_control_run_soon) {
  const judge::Judged run = play({.boot = 0s, .dials = false}, calls_at_once, true);
  EXPECT_LT(lasted_, TimePoint(13s));
  EXPECT_EQ(run.result.stopped,
            "step 3: a sign of dial within 10s did not occur by 11s; seen instead: nothing");
}

TEST_F(ForeignDevice, that_dials_ends_a_control_run_with_its_last_step) {
  const judge::Judged run = play({.boot = 0s}, calls_at_once, true);
  EXPECT_LT(lasted_, TimePoint(13s));
  EXPECT_EQ(run.result.stopped, "");
}

TEST_F(ForeignDevice, that_is_not_told_to_dial_blames_its_user) {
  const judge::Judged run = play({.boot = 0s, .dials = false}, calls_at_once);
  const auto& findings = run.result.findings;
  const auto call = std::ranges::find_if(
      findings, [](const auto& one) { return one.requirement->id == "GRP-CALL-01"; });
  ASSERT_NE(call, findings.end());
  EXPECT_EQ(call->worst().blame, verdict::Blame::user);
  EXPECT_THAT(*call->worst().reason, HasSubstr("the action \"dial 2001\" at 1.000 s was not "
                                               "delivered to the device"));
}

}  // namespace
}  // namespace sipharness::stage
