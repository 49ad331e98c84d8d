#pragma once
// The real world: the monotonic clock, kernel sockets through Boost.Asio, ICMP through the error
// queue. Same contract as the simulated one (harness/world/world.hpp), and:
//  7. Ports, listeners, streams and watches made here are destroyed before their world.
//  8. run() notices what `done` says only when something happens; whoever wants to be asked
//     regularly keeps a timer running (harness/host/machine/heartbeat.hpp).

#include <functional>
#include <memory>
#include <string>

#include "harness/packet/frame.hpp"
#include "harness/world/world.hpp"

namespace sipharness::host {

class RealWorld final : public world::World {
 public:
  RealWorld();
  ~RealWorld() override;

  TimePoint now() const override;  ///< steady clock, counted from construction
  world::Timer call_at(TimePoint at, std::function<void()> call) override;
  std::unique_ptr<world::DatagramPort> open_datagram(const Endpoint& local,
                                                     world::DatagramHandler& handler) override;
  std::unique_ptr<world::StreamListener> listen(const Endpoint& local,
                                                world::AcceptFunction accept) override;
  std::unique_ptr<world::Stream> connect(const Endpoint& local, const Endpoint& remote,
                                         world::StreamHandler& handler) override;

  /// Runs handlers until `done` says so (asked after every timer and every batch of datagrams or
  /// bytes) or `until` passes.
  void run(TimePoint until, const std::function<bool()>& done);
  /// Calls `readable` whenever `descriptor` has something to read, until the handle is destroyed.
  [[nodiscard]] std::unique_ptr<world::Timer::Pending> watch(int descriptor,
                                                             std::function<void()> readable);
  /// Copies everything the sockets send and receive to `tap` as synthesised frames (null: stop).
  void set_tap(packet::FrameSink* tap);
  /// `tell` hears once, and what became of it, when this process has no descriptor left for
  /// another connection or port. The world goes on.
  void on_shortage(std::function<void(const std::string&)> tell);
  /// CLOCK_REALTIME and the steady clock read back to back.
  struct ClockPair {
    CaptureTime capture;
    Duration monotonic;
  };
  ClockPair read_clocks() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sipharness::host
