// What one REGISTER costs the fake registrar over real UDP sockets: CPU of the server's process
// with 32 requests outstanding, against 10 µs and against SIPp doing the same. The echo server
// beside them is the floor: same world, same client, no SIP. An answered transaction is kept for
// 32 s, so a registrar's first 20,000 requests all take fresh memory; with a T1 of 1 ms they reuse
// it, as a server does that runs for longer.

#include <memory>
#include <string>
#include <sys/resource.h>

#include <benchmark/benchmark.h>

#include "harness/host/real_world.hpp"
#include "tests/bench/registrar_load.hpp"
#include "tests/bench/server_process.hpp"

namespace fake_servers {
namespace {

using namespace std::chrono_literals;
namespace bench = sipharness::bench;

constexpr int requests = 20'000;
constexpr int outstanding = 32;
const sipharness::IpAddress loopback = *sipharness::IpAddress::parse("127.0.0.1");

/// Keeps `outstanding` requests under way until all were answered.
class LoadClient final : public world::DatagramHandler {
 public:
  LoadClient(world::World& world, const Endpoint& server)
      : server_(server), port_(world.open_datagram(Endpoint{loopback, 0}, *this)) {
    for (int i = 0; i < outstanding; ++i) send_next();
  }
  bool is_done() const { return answered_ >= requests; }

 private:
  void on_datagram(const Endpoint&, std::string_view) override {
    ++answered_;
    if (sent_ < requests) send_next();
  }
  void on_unreachable(const Endpoint&, sipharness::Unreachable) override {}
  void send_next() { port_->send(server_, register_request(++sent_, server_, port_->local())); }

  Endpoint server_;
  std::unique_ptr<world::DatagramPort> port_;
  int sent_ = 0;
  int answered_ = 0;
};

class Echo final : public world::DatagramHandler {
 public:
  Echo(world::World& world, const Endpoint& local) : port_(world.open_datagram(local, *this)) {}

 private:
  void on_datagram(const Endpoint& from, std::string_view payload) override {
    port_->send(from, payload);
  }
  void on_unreachable(const Endpoint&, sipharness::Unreachable) override {}
  std::unique_ptr<world::DatagramPort> port_;
};

struct ReusingRegistrar : Registrar {
  ReusingRegistrar(world::World& world, const Endpoint& local)
      : Registrar(world, local, {.t1 = 1ms}) {}
};

/// What the process of one of our servers does.
template <class Server>
void serve(const Endpoint& local) {
  sipharness::host::RealWorld world;
  const Server server(world, local);
  world.run(world.now() + 1h, [] { return false; });
}

void serve_by_sipp(const Endpoint& local) {
  bench::serve_by_sipp("registrar.sipp.xml", local);
}

double in_seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

void report(benchmark::State& state, const rusage& usage) {
  const double user = in_seconds(usage.ru_utime);
  const double system = in_seconds(usage.ru_stime);
  state.SetIterationTime((user + system) / requests);
  state.counters["user_us"] = user * 1e6 / requests;
  state.counters["system_us"] = system * 1e6 / requests;
  state.counters["peak_MiB"] = static_cast<double>(usage.ru_maxrss) / 1024;
}

void over_udp(benchmark::State& state, void (*serve)(const Endpoint&)) {
  for (auto _ : state) {
    const Endpoint local = bench::free_endpoint(loopback);
    bench::ServerProcess server([&] { serve(local); });
    bool is_done = false;
    if (bench::ServerProcess::await_bound(local)) {
      sipharness::host::RealWorld world;
      const LoadClient client(world, local);
      world.run(world.now() + 60s, [&] { return client.is_done(); });
      is_done = client.is_done();
    }
    const rusage usage = server.stop();
    if (!is_done) return state.SkipWithError("the server did not start, or requests were lost");
    report(state, usage);
  }
}

void measure(const char* name, void (*serve)(const Endpoint&)) {
  benchmark::RegisterBenchmark(name, over_udp, serve)
      ->UseManualTime()
      ->Iterations(1)
      ->Repetitions(5)
      ->ReportAggregatesOnly()
      ->Unit(benchmark::kMicrosecond);
}

}  // namespace
}  // namespace fake_servers

int main(int argc, char** argv) {
  using namespace fake_servers;
  benchmark::Initialize(&argc, argv);
  measure("echo", serve<Echo>);
  measure("registrar", serve<ReusingRegistrar>);
  measure("registrar_fresh", serve<Registrar>);
  measure("sipp", serve_by_sipp);
  benchmark::RunSpecifiedBenchmarks();
}
