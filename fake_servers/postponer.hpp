#pragma once
// Calls put off: rules that delay keep their requests here.
//  1. At most max_pending wait; one more is refused.
//  2. Destroying it cancels them all.

#include <cstdint>
#include <functional>
#include <unordered_map>

#include "harness/world/world.hpp"

namespace fake_servers {

class Postponer {
 public:
  static constexpr std::size_t max_pending = 4'096;

  explicit Postponer(sipharness::world::World& world) : world_(world) {}

  /// False if too many are waiting already.
  bool call_after(sipharness::Duration delay, std::function<void()> call);

 private:
  sipharness::world::World& world_;
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint64_t, sipharness::world::Timer> pending_;
};

}  // namespace fake_servers
