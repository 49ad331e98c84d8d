#pragma once
// Live capture through libpcap, drained by a thread of its own into a file-ordered queue so that
// the world's thread cannot make the kernel drop packets. Frames are handed to the sink on the
// world's thread. Facts behind the settings: no immediate mode, short timeout, snaplen 65535 or
// more, a big buffer, nanosecond stamps, filter by host (later fragments carry no ports).

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/endpoint.hpp"
#include "harness/host/real_world.hpp"
#include "harness/packet/frame.hpp"

namespace sipharness::host {

struct LiveCaptureOptions {
  std::string interface;         ///< "lo"
  std::vector<IpAddress> hosts;  ///< both servers: only their traffic is captured
};

struct CaptureStatistics {
  std::uint64_t received = 0;
  std::uint64_t dropped = 0;
};

class LiveCapture {
 public:
  /// Throws SetupError with the remedy (setcap, sudo, --capture tap) if it is not permitted.
  LiveCapture(RealWorld& world, const LiveCaptureOptions& options, packet::FrameSink& sink);
  ~LiveCapture();
  packet::LinkType link() const;
  /// Hands over everything captured up to now; waits at most `patience` for the kernel's buffer.
  void drain(Duration patience);
  CaptureStatistics statistics() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Why live capture on `interface` is not permitted or possible; nothing if it is.
std::optional<std::string> live_capture_obstacle(const std::string& interface);

/// The interface that holds `address` ("lo" for loopback); nothing if no interface does.
std::optional<std::string> interface_of(const IpAddress& address);

}  // namespace sipharness::host
