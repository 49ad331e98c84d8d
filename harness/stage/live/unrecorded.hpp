#pragma once
// Keeps the HTTP between harness and phone out of the capture: the passcode and the password of the
// account go over it in the clear, and a run folder holds no secret.

#include <utility>
#include <vector>

#include "harness/base/endpoint.hpp"
#include "harness/packet/frame.hpp"

namespace sipharness::stage {

class Unrecorded final : public packet::FrameSink {
 public:
  /// Frames of TCP connections with one of these endpoints do not reach `out`, nor do parts of them
  /// that fragments or ICMP errors carry.
  Unrecorded(std::vector<Endpoint> endpoints, packet::FrameSink& out)
      : endpoints_(std::move(endpoints)), out_(out) {}
  void on_frame(const packet::FrameView& frame) override {
    if (endpoints_.empty() || !is_secret(frame)) out_.on_frame(frame);
  }

 private:
  bool is_secret(const packet::FrameView& frame) const;
  bool is_listed(const Endpoint& endpoint) const;
  bool is_host(const IpAddress& address) const;

  std::vector<Endpoint> endpoints_;
  packet::FrameSink& out_;
};

}  // namespace sipharness::stage
