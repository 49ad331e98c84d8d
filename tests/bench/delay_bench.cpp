// How late a reply is that ought to leave 200 ms after its request, 100 requests a second: through
// the real world, as a capture shows it, and for a bare timerfd on the same schedule as the floor.

#include <algorithm>
#include <cerrno>
#include <map>
#include <string>
#include <sys/timerfd.h>
#include <unistd.h>
#include <vector>

#include <benchmark/benchmark.h>

#include "harness/host/live_capture.hpp"
#include "harness/host/real_world.hpp"
#include "harness/packet/decode.hpp"

namespace sipharness {
namespace {

constexpr Duration delay = 200ms;
constexpr Duration interval = 10ms;
constexpr int requests = 500;

double in_milliseconds(Duration duration) {
  return to_seconds(duration) * 1000;
}

void report(benchmark::State& state, std::vector<Duration> lateness) {
  if (lateness.empty()) {
    state.SkipWithError("nothing was measured");
    return;
  }
  std::sort(lateness.begin(), lateness.end());
  state.counters["earliest_ms"] = in_milliseconds(lateness.front());
  state.counters["p50_ms"] = in_milliseconds(lateness[lateness.size() / 2]);
  state.counters["p99_ms"] = in_milliseconds(lateness[lateness.size() * 99 / 100]);
  state.counters["measured"] = static_cast<double>(lateness.size());
}

/// Answers every datagram with its own payload, later.
class DelayedEcho final : public world::DatagramHandler {
 public:
  DelayedEcho(world::World& world, const Endpoint& local)
      : world_(world), port_(world.open_datagram(local, *this)) {}
  const Endpoint& local() const { return port_->local(); }
  void on_datagram(const Endpoint& from, std::string_view payload) override {
    replies_.push_back(world_.call_after(
        delay, [this, from, text = std::string(payload)] { port_->send(from, text); }));
  }
  void on_unreachable(const Endpoint&, Unreachable) override {}

 private:
  world::World& world_;
  std::unique_ptr<world::DatagramPort> port_;
  std::vector<world::Timer> replies_;
};

struct Ignorer final : world::DatagramHandler {
  void on_datagram(const Endpoint&, std::string_view) override { ++datagrams; }
  void on_unreachable(const Endpoint&, Unreachable) override {}
  int datagrams = 0;
};

/// From the first to the second frame of one payload.
class PairMeter final : public packet::FrameSink {
 public:
  void on_frame(const packet::FrameView& frame) override {
    const auto ip = packet::decode_frame(frame.link, frame.bytes);
    const auto udp = ip ? packet::decode_udp(ip->payload) : std::nullopt;
    if (!udp) return;
    const auto [first, is_new] = first_.emplace(udp->payload, frame.at);
    if (!is_new) lateness.push_back(frame.at - first->second - delay);
  }
  std::vector<Duration> lateness;

 private:
  std::map<std::string, CaptureTime> first_;
};

void reply_of_the_real_world(benchmark::State& state) {
  PairMeter meter;
  for (auto _ : state) {
    host::RealWorld world;
    const IpAddress address = *IpAddress::parse("127.77.0.1");
    const bool is_live = !host::live_capture_obstacle("lo").has_value();
    std::unique_ptr<host::LiveCapture> capture;
    if (is_live) {
      capture = std::make_unique<host::LiveCapture>(
          world, host::LiveCaptureOptions{.interface = "lo", .hosts = {address}}, meter);
    } else {
      world.set_tap(&meter);
    }
    state.SetLabel(is_live ? "seen by libpcap" : "seen by the tap");
    DelayedEcho echo(world, {address, 0});
    Ignorer client;
    const auto port = world.open_datagram({address, 0}, client);
    std::vector<world::Timer> sends;
    for (int i = 0; i < requests; ++i) {
      sends.push_back(world.call_after(
          i * interval, [&, i] { port->send(echo.local(), "request " + std::to_string(i)); }));
    }
    world.run(world.now() + requests * interval + 5s, [&] { return client.datagrams == requests; });
    if (capture) capture->drain(1s);
  }
  report(state, meter.lateness);
}

void bare_timerfd(benchmark::State& state) {
  using std::chrono::steady_clock;
  std::vector<Duration> lateness;
  for (auto _ : state) {
    const int timer = ::timerfd_create(CLOCK_MONOTONIC, 0);
    const auto start = steady_clock::now() + delay;
    for (int i = 0; i < requests; ++i) {
      const auto due = start + i * interval;
      const auto whole = std::chrono::floor<std::chrono::seconds>(due.time_since_epoch());
      itimerspec at{};
      at.it_value.tv_sec = whole.count();
      at.it_value.tv_nsec = (due.time_since_epoch() - whole).count();
      ::timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, nullptr);
      std::uint64_t expirations = 0;
      if (::read(timer, &expirations, sizeof(expirations)) < 0 && errno != EINTR) break;
      lateness.push_back(steady_clock::now() - due);
    }
    ::close(timer);
  }
  report(state, lateness);
}

BENCHMARK(bare_timerfd)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(reply_of_the_real_world)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sipharness

BENCHMARK_MAIN();
