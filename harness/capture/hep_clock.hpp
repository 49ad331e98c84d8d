#pragma once
// Gives frames that carry HEP the time of the message inside, by the clock of the agent that saw
// it: when it reached the collector says little. Everything else passes as it is.
//  1. An agent whose clock is far off (or a file that was sent again) keeps its intervals: its
//  first
//     message is told when it came.

#include <unordered_map>

#include "harness/base/endpoint.hpp"
#include "harness/packet/frame.hpp"

namespace sipharness::capture {

class HepClock final : public packet::FrameSink {
 public:
  explicit HepClock(packet::FrameSink& next) : next_(next) {}

  void on_frame(const packet::FrameView& frame) override;

 private:
  packet::FrameSink& next_;
  /// By the agent's address: what its clock is behind the collector's, where that is much.
  std::unordered_map<Endpoint, Duration, EndpointHash> behind_;
};

}  // namespace sipharness::capture
