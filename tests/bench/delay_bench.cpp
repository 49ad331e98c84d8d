// How late a reply is that ought to leave 200 ms after its request, 100 requests a second, as a
// live capture shows it: of the fake registrar under a delay rule, and of SIPp's <pause>. A bare
// timerfd on the same schedule is the floor. All three, each a process of its own, are measured
// beside each other in the same seconds and with the priority that a run in real time has.

#include <algorithm>
#include <cerrno>
#include <map>
#include <memory>
#include <string>
#include <sys/timerfd.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "harness/host/capture/live_capture.hpp"
#include "harness/host/machine/priority.hpp"
#include "harness/host/real_world.hpp"
#include "harness/packet/decode.hpp"
#include "harness/sip/message.hpp"
#include "tests/bench/registrar_load.hpp"
#include "tests/bench/server_process.hpp"

namespace fake_servers {
namespace {

using namespace std::chrono_literals;
using sipharness::Duration;
using sipharness::IpAddress;
namespace bench = sipharness::bench;
namespace host = sipharness::host;
namespace packet = sipharness::packet;
namespace scenario = sipharness::scenario;

constexpr Duration delay = 200ms;
constexpr Duration interval = 10ms;
constexpr int requests = 1000;
/// The requests of several servers take turns.
constexpr Duration turn = 3ms;

using Lateness = std::vector<Duration>;

double in_milliseconds(Duration duration) {
  return sipharness::to_seconds(duration) * 1000;
}

void report(benchmark::State& state, Lateness lateness) {
  if (lateness.size() < requests) {
    state.SkipWithError("not every request was answered");
    return;
  }
  std::sort(lateness.begin(), lateness.end());
  state.counters["earliest_ms"] = in_milliseconds(lateness.front());
  state.counters["p50_ms"] = in_milliseconds(lateness[lateness.size() / 2]);
  state.counters["p99_ms"] = in_milliseconds(lateness[lateness.size() * 99 / 100]);
  state.counters["measured"] = static_cast<double>(lateness.size());
}

class NoJournal final : public sipharness::journal::Writer {
 public:
  void write(const sipharness::journal::Event&) override {}
};

/// What the process of the fake registrar does: every REGISTER is handled late.
void serve_late(const Endpoint& local) {
  const host::RaisedPriority raised;
  host::RealWorld world;
  FakeServerOptions options;
  options.server.name = "primary";
  options.server.address = local.address;
  options.server.port = local.port;
  options.domain = local.address.text();
  scenario::Rule rule;
  rule.verb = scenario::Delay{delay};
  options.server.rules.push_back(rule);
  NoJournal journal;
  const FakeServer server(world, journal, sipharness::Rng(1), options);
  world.run(world.now() + 1h, [] { return false; });
}

/// What the process of the floor does: it wakes at the times of the schedule and writes down how
/// late it was, nothing else.
void keep_time(int out) {
  using std::chrono::steady_clock;
  const host::RaisedPriority raised;
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
    const Duration late = steady_clock::now() - due;
    if (::write(out, &late, sizeof(late)) < 0) break;
  }
  ::_exit(0);
}

/// The process of the floor, and what it wrote down.
class Floor {
 public:
  Floor() {
    if (::pipe(ends_) != 0) std::abort();
    process_ = std::make_unique<bench::ServerProcess>([this] { keep_time(ends_[1]); });
    ::close(ends_[1]);
  }
  Lateness finish() {
    Lateness lateness;
    Duration one{};
    while (::read(ends_[0], &one, sizeof(one)) == sizeof(one)) lateness.push_back(one);
    ::close(ends_[0]);
    return lateness;
  }

 private:
  int ends_[2]{};
  std::unique_ptr<bench::ServerProcess> process_;
};

/// From the frame of a request to the frame of its answer, by Call-ID, for each server.
class ReplyMeter final : public packet::FrameSink {
 public:
  void on_frame(const packet::FrameView& frame) override {
    const auto ip = packet::decode_frame(frame.link, frame.bytes);
    const auto udp = ip ? packet::decode_udp(ip->payload) : std::nullopt;
    if (!udp) return;
    const auto message = sipharness::sip::MessageView::parse(udp->payload);
    const std::string call(message.header(sipharness::sip::HeaderId::call_id));
    if (message.is_request())
      asked_[{udp->destination_port, call}] = frame.at;
    else if (const auto asked = asked_.find({udp->source_port, call}); asked != asked_.end())
      lateness[udp->source_port].push_back(frame.at - asked->second - delay);
  }
  std::map<std::uint16_t, Lateness> lateness;

 private:
  std::map<std::pair<std::uint16_t, std::string>, sipharness::CaptureTime> asked_;
};

/// Asks one server 100 times a second.
class Client final : public world::DatagramHandler {
 public:
  Client(world::World& world, const Endpoint& server, Duration first)
      : server_(server), port_(world.open_datagram(Endpoint{server.address, 0}, *this)) {
    for (int i = 0; i < requests; ++i)
      sends_.push_back(world.call_after(first + i * interval, [this, i] {
        port_->send(server_, register_request(i + 1, server_, port_->local()));
      }));
  }
  bool is_done() const { return answered_ >= requests; }

 private:
  void on_datagram(const Endpoint&, std::string_view) override { ++answered_; }
  void on_unreachable(const Endpoint&, sipharness::Unreachable) override {}

  Endpoint server_;
  std::unique_ptr<world::DatagramPort> port_;
  std::vector<world::Timer> sends_;
  int answered_ = 0;
};

struct Measured {
  Lateness floor;
  Lateness registrar;
  Lateness sipp;
  bool live = false;
};

Measured measure_side_by_side() {
  const IpAddress address = *IpAddress::parse("127.77.0.1");
  const Endpoint registrar = bench::free_endpoint(address);
  const bench::ServerProcess ours([&] { serve_late(registrar); });
  bench::ServerProcess::await_bound(registrar);
  const Endpoint sipp = bench::free_endpoint(address);
  const bench::ServerProcess theirs([&] {
    const host::RaisedPriority raised;
    bench::serve_by_sipp("delay.sipp.xml", sipp);
  });
  bench::ServerProcess::await_bound(sipp);
  Floor floor;
  const host::RaisedPriority raised;
  ReplyMeter meter;
  host::RealWorld world;
  Measured measured;
  measured.live = !host::live_capture_obstacle("lo").has_value();
  std::unique_ptr<host::LiveCapture> capture;
  if (measured.live)
    capture = std::make_unique<host::LiveCapture>(
        world, host::LiveCaptureOptions{.interface = "lo", .hosts = {address}}, meter);
  else
    world.set_tap(&meter);
  const Client of_registrar(world, registrar, turn);
  const Client of_sipp(world, sipp, 2 * turn);
  world.run(world.now() + requests * interval + 5s,
            [&] { return of_registrar.is_done() && of_sipp.is_done(); });
  if (capture) capture->drain(1s);
  measured.floor = floor.finish();
  measured.registrar = meter.lateness[registrar.port];
  measured.sipp = meter.lateness[sipp.port];
  return measured;
}

/// One measurement for all that is reported.
const Measured& measured() {
  static const Measured once = measure_side_by_side();
  return once;
}

void reply(benchmark::State& state, Lateness Measured::*which) {
  for (auto _ : state) measured();
  state.SetLabel(measured().live ? "seen by libpcap" : "seen by the tap");
  report(state, measured().*which);
}

void add(const char* name, Lateness Measured::*which) {
  benchmark::RegisterBenchmark(name, reply, which)->Iterations(1);
}

}  // namespace
}  // namespace fake_servers

int main(int argc, char** argv) {
  using namespace fake_servers;
  benchmark::Initialize(&argc, argv);
  add("bare_timerfd", &Measured::floor);
  add("fake_registrar", &Measured::registrar);
  add("sipp_pause", &Measured::sipp);
  benchmark::RunSpecifiedBenchmarks();
}
