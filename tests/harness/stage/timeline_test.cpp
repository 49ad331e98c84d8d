#include "harness/stage/timeline.hpp"

#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/world_sim/simulated_world.hpp"
#include "tests/harness/stage/servers.hpp"

namespace sipharness::stage {
namespace {

using scenario::Anchor;
using scenario::AnchorKind;
using scenario::DeviceVerb;
using scenario::Step;
using scenario::When;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

const Anchor registered{AnchorKind::registered, "primary"};
const Anchor answered{AnchorKind::answered, "secondary"};
const Anchor ended{AnchorKind::ended, {}};

Step boot(When when) {
  return {when, scenario::DeviceStep{DeviceVerb::boot, {}}, {}};
}

Step dial(When when) {
  return {when, scenario::DeviceStep{DeviceVerb::dial, "2001"}, {}};
}

Step silence(When when) {
  return {when, scenario::ServerStep{scenario::ServerVerb::phase, "primary", "silent"}, {}};
}

When at(Duration time) {
  return {std::nullopt, time, std::nullopt};
}

When after(const Anchor& anchor, Duration plus = {}, std::optional<Duration> deadline = {}) {
  return {anchor, plus, deadline};
}

/// A timeline in virtual time that notes what it carries out and when.
class TimelineRun : public testing::Test {
 protected:
  using Happened = std::pair<std::string, Duration>;

  /// Scenario zero is not the world's: times must count from it.
  static constexpr Duration before_zero = 3s;

  void start(std::vector<Step> steps) {
    scenario_.timeline = std::move(steps);
    world_.run(TimePoint(before_zero));
    timeline_.emplace(
        world_, scenario_,
        Timeline::Handlers{
            .perform = [this](const Step& step) { note(name_of(step)); },
            .missed = [this](std::size_t index,
                             const Step&) { note("missed " + std::to_string(index)); }});
    timeline_->start(world_.now());
  }
  void see(const Anchor& anchor, Duration time) {
    run_to(time);
    timeline_->on_anchor(anchor);
  }
  void run_to(Duration time) { world_.run(TimePoint(before_zero + time)); }

  world_sim::SimulatedWorld world_;
  scenario::Scenario scenario_ = two_servers();
  std::optional<Timeline> timeline_;
  std::vector<Happened> happened_;

 private:
  void note(std::string what) {
    happened_.emplace_back(std::move(what), world_.now() - TimePoint(before_zero));
  }
  static std::string name_of(const Step& step) {
    const auto* of_device = std::get_if<scenario::DeviceStep>(&step.what);
    return std::string(of_device != nullptr
                           ? to_string(of_device->verb)
                           : to_string(std::get<scenario::ServerStep>(step.what).verb));
  }
};

TEST_F(TimelineRun, carries_out_absolute_steps_at_their_times) {
  start({boot(at(0s)), silence(at(5s)), dial(at(5s)), dial(at(60s))});
  EXPECT_THAT(happened_, IsEmpty()) << "nothing happens inside start()";
  run_to(100s);
  EXPECT_THAT(happened_, ElementsAre(Pair("boot", 0s), Pair("phase", 5s), Pair("dial", 5s),
                                     Pair("dial", 60s)));
}

TEST_F(TimelineRun, carries_out_a_step_whose_time_has_passed_at_once) {
  start({boot(at(0s)), silence(after(registered)), dial(at(2s))});
  see(registered, 7s);
  run_to(100s);
  EXPECT_THAT(happened_, ElementsAre(Pair("boot", 0s), Pair("phase", 7s), Pair("dial", 7s)));
}

TEST_F(TimelineRun, counts_a_pause_from_the_first_occurrence_of_the_anchor) {
  start({boot(at(0s)), dial(after(registered, 10s))});
  see(ended, 3s);
  see({AnchorKind::registered, "secondary"}, 4s);
  see(registered, 5s);
  see(registered, 9s);
  run_to(100s);
  EXPECT_THAT(happened_, ElementsAre(Pair("boot", 0s), Pair("dial", 15s)));
}

TEST_F(TimelineRun, remembers_an_anchor_since_the_last_device_step) {
  start({boot(at(0s)), silence(at(10s)), silence(after(registered, 8s)), dial(after(registered))});
  see(registered, 4s);
  run_to(100s);
  EXPECT_THAT(happened_, ElementsAre(Pair("boot", 0s), Pair("phase", 10s), Pair("phase", 12s),
                                     Pair("dial", 12s)));
}

TEST_F(TimelineRun, does_not_count_an_anchor_from_before_the_last_device_step) {
  start({boot(at(0s)), dial(at(10s)), silence(after(registered))});
  see(registered, 4s);
  run_to(50s);
  EXPECT_THAT(happened_, ElementsAre(Pair("boot", 0s), Pair("dial", 10s)));
  see(registered, 60s);
  run_to(100s);
  EXPECT_EQ(happened_.back(), Happened("phase", 60s));
}

TEST_F(TimelineRun, tells_once_of_a_deadline_and_stops) {
  start({boot(at(0s)), dial(after(registered, 1s, 20s)), dial(at(30s)), dial(after(registered))});
  run_to(25s);
  see(registered, 26s);
  run_to(100s);
  EXPECT_THAT(happened_, ElementsAre(Pair("boot", 0s), Pair("missed 1", 20s)));
  EXPECT_EQ(timeline_->awaiting(), "the end");
}

TEST_F(TimelineRun, misses_what_is_still_awaited_when_it_ends) {
  start({dial(after(registered)), dial(after(registered))});
  run_to(50s);
  timeline_->end();
  EXPECT_THAT(happened_, ElementsAre(Pair("missed 0", 50s)));
  run_to(100s);
  EXPECT_EQ(happened_.size(), 1U);
}

TEST_F(TimelineRun, misses_nothing_if_it_ends_in_the_pause_before_a_step) {
  start({dial(after(registered, 60s))});
  see(registered, 50s);
  timeline_->end();
  EXPECT_THAT(happened_, IsEmpty());
}

TEST_F(TimelineRun, has_the_end_of_the_scenario_for_a_deadline_where_none_is_given) {
  start({dial(after(registered))});
  run_to(99s);
  EXPECT_THAT(happened_, IsEmpty());
  run_to(101s);
  EXPECT_THAT(happened_, ElementsAre(Pair("missed 0", 100s)));
}

TEST_F(TimelineRun, has_a_deadline_for_the_anchor_and_not_for_the_pause_after_it) {
  start({dial(after(registered, 30s, 20s))});
  see(registered, 19s);
  run_to(100s);
  EXPECT_THAT(happened_, ElementsAre(Pair("dial", 49s)));
}

TEST_F(TimelineRun, awaits_an_answer_until_it_comes_and_can_be_abandoned) {
  start({dial(at(1s)), dial(after(answered, 5s)), dial(after(ended))});
  EXPECT_FALSE(timeline_->awaits_answer());
  run_to(2s);
  EXPECT_TRUE(timeline_->awaits_answer());
  see(answered, 3s);
  EXPECT_FALSE(timeline_->awaits_answer());
  EXPECT_EQ(timeline_->abandon(), 1U);
  run_to(100s);
  EXPECT_THAT(happened_, ElementsAre(Pair("dial", 1s)));
  EXPECT_FALSE(timeline_->awaits_answer());
}

TEST_F(TimelineRun, says_what_it_waits_for_and_until_when) {
  start({boot(at(2s)), silence(after(registered, 5s)), dial(after(answered, {}, 50s))});
  EXPECT_EQ(timeline_->awaiting(), "boot at 2s");
  EXPECT_EQ(timeline_->until(), 2s);
  run_to(3s);
  EXPECT_EQ(timeline_->awaiting(), "primary.registered, then primary phase");
  EXPECT_EQ(timeline_->until(), 100s);
  see(registered, 4s);
  EXPECT_EQ(timeline_->awaiting(), "the pause after primary.registered, then primary phase");
  EXPECT_EQ(timeline_->until(), 9s);
  run_to(10s);
  EXPECT_EQ(timeline_->awaiting(), "secondary.answered, then dial");
  EXPECT_EQ(timeline_->until(), 50s);
  see(answered, 11s);
  run_to(12s);
  EXPECT_EQ(timeline_->awaiting(), "the end");
  EXPECT_EQ(timeline_->until(), 100s);
}

}  // namespace
}  // namespace sipharness::stage
