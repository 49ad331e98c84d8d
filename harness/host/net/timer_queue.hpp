#pragma once
// The pending calls of the real world, ordered by (time, order of making). It reads no clock: the
// world asks what is due next and runs it.
//  1. Calls due at one time run in the order they were made.
//  2. Destroying a Timer removes its call at once, also after the queue itself is gone.
//  3. A call is out of the queue before it runs, so it may destroy its own Timer.

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "harness/base/time.hpp"
#include "harness/world/world.hpp"

namespace sipharness::host {

class TimerQueue {
 public:
  [[nodiscard]] world::Timer add(TimePoint at, std::function<void()> call);
  /// When the earliest call is due; nothing if none is pending.
  std::optional<TimePoint> next() const;
  /// Runs the earliest call if it is due at `now`; false if none is.
  bool run_one_due(TimePoint now);

 private:
  struct Key {
    TimePoint at;
    std::uint64_t sequence = 0;
    auto operator<=>(const Key&) const = default;
  };
  using Calls = std::map<Key, std::function<void()>>;
  class Entry;

  std::shared_ptr<Calls> calls_ = std::make_shared<Calls>();
  std::uint64_t made_ = 0;
};

}  // namespace sipharness::host
