#pragma once
// What a world's own UDP ports send and receive, as frames (`--capture tap`).
//  1. A datagram between two of our own ports is one frame, made when it is sent.
//  2. ICMP errors are frames if they reached one of our ports; errors that the kernel sends to
//     others on behalf of a closed port are not seen.

#include <map>
#include <optional>
#include <string_view>

#include "harness/base/endpoint.hpp"
#include "harness/base/time.hpp"
#include "harness/host/capture/frame_emitter.hpp"
#include "harness/host/net/error_queue.hpp"

namespace sipharness::host {

class DatagramTap {
 public:
  explicit DatagramTap(FrameEmitter& out) : out_(out) {}

  void opened(const Endpoint& local);
  void closed(const Endpoint& local, TimePoint at);
  void sent(const Endpoint& local, const Endpoint& destination, std::string_view payload);
  void received(const Endpoint& source, const Endpoint& local, std::string_view payload,
                TimePoint at);
  void unreachable(const Endpoint& local, const QueuedError& error);

 private:
  bool was_sent_by_us(const Endpoint& source, TimePoint at);

  FrameEmitter& out_;
  /// Our ports; a closed one stays for a while, since its last datagrams are still on their way.
  std::map<Endpoint, std::optional<TimePoint>> closed_at_;
};

}  // namespace sipharness::host
