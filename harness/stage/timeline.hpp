#pragma once
// Plays the timeline of a scenario: each step in its turn, at an absolute time or after an anchor.
//  1. Steps are carried out in order; a step whose time has passed is carried out at once.
//  2. An anchor counts from the last device step before it; its first occurrence is taken.
//  3. While `is_held` says so, device steps wait (a person is still busy with the one before).
//  4. A deadline that passes is told once, and the steps after it are not carried out.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "harness/scenario/scenario.hpp"
#include "harness/world/world.hpp"

namespace sipharness::stage {

class Timeline {
 public:
  struct Handlers {
    std::function<void(const scenario::Step&)> perform;
    std::function<void(std::size_t step, const scenario::Step&)> missed;
    std::function<bool()> is_held = [] { return false; };
  };
  Timeline(world::World& world, const scenario::Scenario& scenario, Handlers handlers);

  /// Plays from the `first` step on, with scenario zero at `zero`. Nothing moves before.
  void start(TimePoint zero, std::size_t first = 0);
  bool is_played() const { return next_ >= scenario_.timeline.size(); }
  void on_anchor(const scenario::Anchor& anchor);
  /// The scenario is over: what is still awaited is missed.
  void end();
  /// What comes next is that a call is answered, or what follows from it.
  bool awaits_answer() const;
  /// Leaves the steps that are left undone, untold; the first of them.
  std::size_t abandon();
  /// What the next step waits for, for people: "primary.registered", "dial at 35s", "the end".
  std::string awaiting() const;
  /// In scenario time, when that comes or is given up.
  Duration until() const;

 private:
  using AnchorKey = std::pair<scenario::AnchorKind, std::string>;

  const scenario::Step* current() const;
  void arm();
  void schedule(TimePoint at);
  void perform_current();
  void give_up();

  world::World& world_;
  TimePoint zero_;
  const scenario::Scenario& scenario_;
  Handlers handlers_;
  bool is_playing_ = false;
  std::size_t next_ = 0;
  std::map<AnchorKey, TimePoint> seen_;  ///< first occurrence since the last device step
  bool scheduled_ = false;
  TimePoint due_;  ///< the step, or its deadline as long as it waits for an anchor
  world::Timer step_timer_;
  world::Timer deadline_;
};

}  // namespace sipharness::stage
