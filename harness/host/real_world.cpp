#include "harness/host/real_world.hpp"

#include <utility>

#include "harness/host/net/engine.hpp"
#include "harness/host/net/tcp_listener.hpp"
#include "harness/host/net/tcp_stream.hpp"
#include "harness/host/net/udp_port.hpp"

namespace sipharness::host {
namespace {

class DescriptorWatch final : public world::Timer::Pending {
 public:
  explicit DescriptorWatch(std::unique_ptr<Reactor::Watch> watch) : watch_(std::move(watch)) {}

 private:
  std::unique_ptr<Reactor::Watch> watch_;
};

}  // namespace

class RealWorld::Impl : public Engine {};

RealWorld::RealWorld() : impl_(std::make_unique<Impl>()) {}
RealWorld::~RealWorld() = default;

TimePoint RealWorld::now() const {
  return impl_->now();
}

world::Timer RealWorld::call_at(TimePoint at, std::function<void()> call) {
  return impl_->call_at(at, std::move(call));
}

std::unique_ptr<world::DatagramPort> RealWorld::open_datagram(const Endpoint& local,
                                                              world::DatagramHandler& handler) {
  return std::make_unique<UdpPort>(*impl_, local, handler);
}

std::unique_ptr<world::StreamListener> RealWorld::listen(const Endpoint& local,
                                                         world::AcceptFunction accept) {
  return std::make_unique<TcpListener>(*impl_, local, std::move(accept));
}

std::unique_ptr<world::Stream> RealWorld::connect(const Endpoint& local, const Endpoint& remote,
                                                  world::StreamHandler& handler) {
  return TcpStream::connect(*impl_, local, remote, handler);
}

void RealWorld::run(TimePoint until, const std::function<bool()>& done) {
  impl_->run(until, done);
}

std::unique_ptr<world::Timer::Pending> RealWorld::watch(int descriptor,
                                                        std::function<void()> readable) {
  return std::make_unique<DescriptorWatch>(impl_->reactor().watch(descriptor, std::move(readable)));
}

void RealWorld::set_tap(packet::FrameSink* tap) {
  impl_->frames().set_sink(tap);
}

void RealWorld::on_shortage(std::function<void(const std::string&)> tell) {
  impl_->on_shortage(std::move(tell));
}

RealWorld::ClockPair RealWorld::read_clocks() const {
  const auto monotonic = [] { return std::chrono::steady_clock::now().time_since_epoch(); };
  ClockPair best{};
  Duration smallest_gap = Duration::max();
  // Whoever is interrupted between the readings must not look like a stepped clock.
  for (int i = 0; i < 3; ++i) {
    const Duration before = monotonic();
    const CaptureTime capture = read_capture_clock();
    const Duration gap = monotonic() - before;
    if (gap >= smallest_gap) continue;
    smallest_gap = gap;
    best = {capture, before + gap / 2};
  }
  return best;
}

}  // namespace sipharness::host
