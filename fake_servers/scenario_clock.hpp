#pragma once
// The world's time counted from scenario zero, which a real device sets when it first registers.

#include "harness/world/world.hpp"

namespace fake_servers {

struct ScenarioClock {
  const sipharness::world::World& world;
  sipharness::TimePoint zero;

  sipharness::Duration now() const { return world.now() - zero; }
};

}  // namespace fake_servers
