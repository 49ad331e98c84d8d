#pragma once
// "The first one whose time is later than ...", in logarithmic time, of things whose times are
// nearly but not surely sorted.

#include <algorithm>
#include <vector>

#include "harness/base/time.hpp"

namespace sipharness::observed {

template <class Item>
class FirstAfter {
 public:
  /// The item must outlive this.
  void add(CaptureTime at, const Item& item) {
    // What is no later than something before it is never the first.
    if (rising_.empty() || at > rising_.back().at) rising_.push_back({at, &item});
  }

  /// The first one added that is later than `at`; null if none is.
  const Item* after(CaptureTime at) const {
    const auto found = std::ranges::upper_bound(rising_, at, {}, &Entry::at);
    return found == rising_.end() ? nullptr : found->item;
  }

 private:
  struct Entry {
    CaptureTime at;
    const Item* item = nullptr;
  };

  std::vector<Entry> rising_;
};

}  // namespace sipharness::observed
