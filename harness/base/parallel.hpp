#pragma once
// The same work for many things, on several cores: judging, where each phone stands for itself.
// Nothing in a world uses it.

#include <cstddef>
#include <functional>
#include <mutex>

namespace sipharness {

/// Calls `work(index)` for every index below `count`, on `workers` threads (0: as many as there are
/// cores; never more than there is work). Each takes the next index that nobody has. What a worker
/// throws is thrown here, once all have ended.
void for_each_index(std::size_t count, unsigned workers,
                    const std::function<void(std::size_t index)>& work);

/// What workers do one at a time.
class OneAtATime {
 public:
  void operator()(const auto& work) {
    const std::lock_guard turn(mutex_);
    work();
  }

 private:
  std::mutex mutex_;
};

}  // namespace sipharness
