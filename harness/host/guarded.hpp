#pragma once
// A value that two threads share: nobody sees it half changed.

#include <mutex>
#include <utility>

namespace sipharness::host {

template <class T>
class Guarded {
 public:
  /// Runs `use` with the value, which nobody else touches meanwhile; it should be short.
  template <class Use>
  auto with(Use&& use) {
    const std::lock_guard lock(mutex_);
    return std::forward<Use>(use)(value_);
  }

 private:
  std::mutex mutex_;
  T value_{};
};

}  // namespace sipharness::host
