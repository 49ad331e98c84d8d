#include "harness/world_sim/simulated_world.hpp"

#include <utility>

#include "harness/world_sim/event_loop.hpp"
#include "harness/world_sim/network.hpp"
#include "harness/world_sim/tcp_stack.hpp"
#include "harness/world_sim/udp_stack.hpp"

namespace sipharness::world_sim {

class SimulatedWorld::Impl {
 public:
  explicit Impl(const SimulationOptions& options)
      : loop(options.max_events), network(loop, options), udp(loop, network), tcp(loop, network) {
    network.attach(Transport::udp, udp);
    network.attach(Transport::tcp, tcp);
  }

  EventLoop loop;
  Network network;
  UdpStack udp;
  TcpStack tcp;
};

SimulatedWorld::SimulatedWorld(SimulationOptions options)
    : impl_(std::make_unique<Impl>(options)) {}

SimulatedWorld::~SimulatedWorld() = default;

TimePoint SimulatedWorld::now() const {
  return impl_->loop.now();
}

world::Timer SimulatedWorld::call_at(TimePoint at, std::function<void()> call) {
  return impl_->loop.call_at(at, std::move(call));
}

std::unique_ptr<world::DatagramPort> SimulatedWorld::open_datagram(
    const Endpoint& local, world::DatagramHandler& handler) {
  return impl_->udp.open(local, handler);
}

std::unique_ptr<world::StreamListener> SimulatedWorld::listen(const Endpoint& local,
                                                              world::AcceptFunction accept) {
  return impl_->tcp.listen(local, std::move(accept));
}

std::unique_ptr<world::Stream> SimulatedWorld::connect(const Endpoint& local,
                                                       const Endpoint& remote,
                                                       world::StreamHandler& handler) {
  return impl_->tcp.connect(local, remote, handler);
}

bool SimulatedWorld::run(TimePoint until, const std::function<bool()>& done) {
  return impl_->loop.run(until, done);
}

void SimulatedWorld::set_sink(packet::FrameSink* sink) {
  impl_->network.set_sink(sink);
}

void SimulatedWorld::set_tap_address(const IpAddress& device) {
  impl_->network.add_device(device);
}

CaptureTime SimulatedWorld::capture_time(TimePoint at) const {
  return impl_->network.capture_time(at);
}

std::uint64_t SimulatedWorld::events() const {
  return impl_->loop.events();
}

void SimulatedWorld::swallow_syns(const Endpoint& endpoint, bool on) {
  impl_->tcp.swallow_syns(endpoint, on);
}

void SimulatedWorld::make_unreachable(const IpAddress& address, bool on) {
  impl_->network.make_unreachable(address, on);
}

}  // namespace sipharness::world_sim
