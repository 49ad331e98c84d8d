#pragma once
// Watches every frame of the simulated world: what the fuzzed side sends is one readable message a
// datagram, holds no text of a peer that would make another one of it, and goes to where peers are.

#include <set>
#include <string_view>
#include <utility>

#include "harness/base/endpoint.hpp"
#include "harness/packet/frame.hpp"

namespace sipharness::fuzz {

class WireWatch final : public packet::FrameSink {
 public:
  /// Watches what this endpoint sends over UDP; `peers` are the addresses it may go to;
  /// empty: any, as a device calls whom a Contact names.
  explicit WireWatch(const Endpoint& watched, std::set<IpAddress> peers = {})
      : watched_(watched), peers_(std::move(peers)) {}

  void on_frame(const packet::FrameView& frame) override;

 private:
  Endpoint watched_;
  std::set<IpAddress> peers_;
};

/// What does not hold of a message that was built here; empty: nothing. It is readable and
/// complete.
std::string_view problem_of_sent(std::string_view message);

}  // namespace sipharness::fuzz
