#pragma once
// The way between the device and one server: what it does to each packet by chance.
//  1. Each direction has a random stream of its own, so that one does not shift the other.

#include <string>

#include "harness/base/rng.hpp"
#include "harness/scenario/scenario.hpp"

namespace fake_servers {

class LossyLink {
 public:
  LossyLink(const sipharness::scenario::Link& link, const sipharness::Rng& rng)
      : link_(link),
        to_server_(rng.fork("to server")),
        to_device_(rng.fork("to device")),
        duplicates_(rng.fork("duplicates")) {}

  bool loses_to_server() { return draw(to_server_, link_.lose_to_server); }
  bool loses_to_device() { return draw(to_device_, link_.lose_to_device); }
  bool duplicates_to_device() { return draw(duplicates_, link_.duplicate_to_device); }

 private:
  /// Nothing is drawn where nothing can happen.
  static bool draw(sipharness::Rng& rng, double probability) {
    return probability > 0 && rng.chance(probability);
  }

  sipharness::scenario::Link link_;
  sipharness::Rng to_server_;
  sipharness::Rng to_device_;
  sipharness::Rng duplicates_;
};

}  // namespace fake_servers
