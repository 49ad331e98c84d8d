#pragma once
// The simulated world: virtual time that jumps to the next event, and a network of hosts, links,
// closed ports and a small honest TCP. Same seed, same frames. Whoever owns a port sees what a
// kernel would give it; a sink sees every frame at the moment it passes the tap (the device's
// side). Every address is a host; what the world made must be destroyed before the world.
// @source RFC 768, 791, 792, 4443, 8200, 9293 (states); Linux for SYN and RTO times

#include <functional>
#include <memory>

#include "harness/packet/frame.hpp"
#include "harness/world/world.hpp"

namespace sipharness::world_sim {

struct SimulationOptions {
  Duration link_delay = 500us;  ///< one way, between any two hosts
  std::uint64_t max_events = 50'000'000;
  CaptureTime epoch = CaptureTime(std::chrono::seconds(1'704'067'200));  ///< 2024-01-01T00:00:00Z
};

class SimulatedWorld final : public world::World {
 public:
  explicit SimulatedWorld(SimulationOptions options = {});
  ~SimulatedWorld() override;

  TimePoint now() const override;  ///< zero at construction
  world::Timer call_at(TimePoint at, std::function<void()> call) override;
  std::unique_ptr<world::DatagramPort> open_datagram(const Endpoint& local,
                                                     world::DatagramHandler& handler) override;
  std::unique_ptr<world::StreamListener> listen(const Endpoint& local,
                                                world::AcceptFunction accept) override;
  std::unique_ptr<world::Stream> connect(const Endpoint& local, const Endpoint& remote,
                                         world::StreamHandler& handler) override;

  /// Runs every event up to and including `until`, or until `done` says so (asked after each
  /// event); then now() is `until` unless stopped early. False if max_events ran out.
  bool run(TimePoint until, const std::function<bool()>& done = {});
  void set_sink(packet::FrameSink* sink);
  /// Puts the tap at this device's interface; call once for each device. From then on the sink sees
  /// only frames from a device, when they leave it, and to a device, when they reach it. Without a
  /// tap address it sees every frame when it is sent.
  void set_tap_address(const IpAddress& device);
  CaptureTime capture_time(TimePoint at) const;
  std::uint64_t events() const;

  // Faults of the network, for contract tests and for scenarios that need them.
  /// SYNs to this endpoint vanish (no RST, no answer).
  void swallow_syns(const Endpoint& endpoint, bool on);
  /// Packets to this address draw ICMP host unreachable.
  void make_unreachable(const IpAddress& address, bool on);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sipharness::world_sim
