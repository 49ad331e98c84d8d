#pragma once
// Watches every frame of the simulated world: what the fuzzed side sends is one readable message a
// datagram.

#include <string_view>

#include "harness/base/endpoint.hpp"
#include "harness/packet/frame.hpp"

namespace sipharness::fuzz {

class WireWatch final : public packet::FrameSink {
 public:
  /// Watches what this endpoint sends over UDP.
  explicit WireWatch(const Endpoint& watched) : watched_(watched) {}

  void on_frame(const packet::FrameView& frame) override;

 private:
  Endpoint watched_;
};

/// What does not hold of a message that was built here; empty: nothing. It is readable and
/// complete.
std::string_view problem_of_sent(std::string_view message);

}  // namespace sipharness::fuzz
