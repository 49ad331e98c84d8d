#pragma once
// Live capture through libpcap. Facts behind the settings: no immediate mode (it loses bursts), a
// short timeout, snaplen beyond what offloading makes of frames, nanosecond stamps, a filter by
// host (later fragments carry no ports).
//  1. Frames reach the sink on the world's thread, in the order of the capture. The kernel's buffer
//     is large enough for the seconds in which the world may be busy; whatever it lost is counted.
//  2. A frame on the loopback interface comes once.
//  3. A frame reaches the sink some 10 ms after it was on the wire; its stamp is exact.
//  4. A capture that the kernel ends (the interface was taken away) falls silent and says why.
// @source pcap(3PCAP), packet(7); https://www.tcpdump.org/linktypes.html

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
  std::vector<IpAddress> hosts;  ///< only their traffic is captured; everything if empty
};

struct CaptureStatistics {
  std::uint64_t received = 0;  ///< handed to the sink
  std::uint64_t dropped = 0;   ///< by the kernel, for want of room
  std::string failure;         ///< why nothing more is captured; empty: it goes on
};

class LiveCapture {
 public:
  /// Captures from now on. Throws SetupError with the remedy (setcap, sudo, --capture tap) if it is
  /// not permitted.
  LiveCapture(RealWorld& world, const LiveCaptureOptions& options, packet::FrameSink& sink);
  ~LiveCapture();
  packet::LinkType link() const;
  /// Hands over everything captured up to now; waits at most `timeout` for the kernel, which keeps
  /// frames back for some milliseconds, and longer on a loaded host.
  /// Never from inside the sink.
  void drain(Duration timeout);
  CaptureStatistics statistics() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Why live capture on `interface` is not permitted or possible; nothing if it is.
std::optional<std::string> live_capture_obstacle(const std::string& interface);

/// The interface that holds `address` ("lo" for loopback); nothing if no interface does.
std::optional<std::string> interface_of(const IpAddress& address);

bool is_loopback_interface(const std::string& interface);

}  // namespace sipharness::host
