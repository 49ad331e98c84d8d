#pragma once
// Who comes by in a run without being a device under test. What of theirs is missing, broken or
// refused says nothing of the device.

#include "harness/trace/flow_evidence.hpp"

namespace sipharness::trace {

class Trace;

class PassersBy {
 public:
  /// Of a trace whose devices are known; in a foreign capture nobody is known to come by.
  explicit PassersBy(const Trace& trace);

  /// Whether one of the two is a machine that the devices under test speak to, and the other none
  /// of theirs. One that has several machines goes from each to another server.
  bool meet(const Endpoint& one, const Endpoint& other) const {
    return is_met_by(one, other) || is_met_by(other, one);
  }

 private:
  bool is_met_by(const Endpoint& server, const Endpoint& other) const {
    return spoken_to_.contains({server.address, 0}) && !own_.contains({other.address, 0});
  }

  EndpointSet own_;        ///< machines of devices under test
  EndpointSet spoken_to_;  ///< by them: machines too
};

}  // namespace sipharness::trace
