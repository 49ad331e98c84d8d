#pragma once
// What a series of transmissions over UDP lacks in a capture: one, or several that follow each
// other, while what there is comes at the times of the series. A capture that lost a frame looks
// like that, and so does a device that left one out; but what a device does it does each time.
// @source RFC 3261 §17.1.1.2 (Timer A), §17.1.2.2 (Timer E), §17.2.1 (Timer G), §13.3.1.4

#include <cstddef>
#include <string>
#include <vector>

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

struct RetransmissionHole {
  std::size_t beside = 0;  ///< message index of the transmission after it, or before it
  std::string what;        ///< "a transmission beside frame 12"
  /// Nothing of the device is seen after it: was it switched off? That says nothing of the rest.
  bool is_last_sign = false;
};

/// None of the device's habits: what all its series lack, at the same place.
std::vector<RetransmissionHole> find_retransmission_holes(const Phone& phone);

}  // namespace sipharness::observed
