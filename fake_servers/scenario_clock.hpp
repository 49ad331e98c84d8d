#pragma once
// The world's time counted from scenario zero, which a real device sets when it first registers:
// until then it stands at zero, so that what holds from zero on holds for that REGISTER too.

#include <optional>

#include "harness/world/world.hpp"

namespace fake_servers {

struct ScenarioClock {
  const sipharness::world::World& world;
  std::optional<sipharness::TimePoint> zero;

  sipharness::Duration now() const {
    return zero ? world.now() - *zero : sipharness::Duration::zero();
  }
};

}  // namespace fake_servers
