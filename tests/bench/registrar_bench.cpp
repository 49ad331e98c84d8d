// What one REGISTER costs the fake registrar over real UDP sockets: CPU of the server's process
// with 32 requests outstanding, against SIPp doing the same. The echo server beside them is the
// floor: same world, same client, no SIP. An answered transaction is kept for 32 s, so a
// registrar's first 20,000 requests all take fresh memory; with a T1 of 1 ms they reuse it, as a
// server does that runs for longer. Then what is lost of 10,000 REGISTERs a second.

#include <memory>
#include <string>
#include <sys/resource.h>
#include <type_traits>

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

/// Sends requests and counts the answers.
class Client : public world::DatagramHandler {
 public:
  int answered() const { return answered_; }

 protected:
  Client(world::World& world, const Endpoint& server)
      : server_(server), port_(world.open_datagram(Endpoint{loopback, 0}, *this)) {}
  int sent() const { return sent_; }
  void send_next() { port_->send(server_, register_request(++sent_, server_, port_->local())); }
  void on_datagram(const Endpoint&, std::string_view) override { ++answered_; }
  void on_unreachable(const Endpoint&, sipharness::Unreachable) override {}

 private:
  Endpoint server_;
  std::unique_ptr<world::DatagramPort> port_;
  int sent_ = 0;
  int answered_ = 0;
};

/// Keeps `outstanding` requests under way until all were answered.
class LoadClient final : public Client {
 public:
  LoadClient(world::World& world, const Endpoint& server) : Client(world, server) {
    for (int i = 0; i < outstanding; ++i) send_next();
  }

 private:
  void on_datagram(const Endpoint& from, std::string_view payload) override {
    Client::on_datagram(from, payload);
    if (sent() < requests) send_next();
  }
};

/// Sends 10,000 requests a second, whatever is answered.
class PacedClient final : public Client {
 public:
  PacedClient(world::World& world, const Endpoint& server)
      : Client(world, server), world_(world), start_(world.now()) {
    send_due();
  }

 private:
  void send_due() {
    constexpr auto pace = 100us;
    while (sent() < requests && world_.now() >= start_ + sent() * pace) send_next();
    if (sent() < requests) next_ = world_.call_after(1ms, [this] { send_due(); });
  }

  world::World& world_;
  sipharness::TimePoint start_;
  world::Timer next_;
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

template <class SomeClient>
void over_udp(benchmark::State& state, void (*serve)(const Endpoint&)) {
  constexpr auto longest = 10s;
  for (auto _ : state) {
    const Endpoint local = bench::free_endpoint(loopback);
    bench::ServerProcess server([&] { serve(local); });
    int answered = 0;
    if (bench::ServerProcess::await_bound(local)) {
      sipharness::host::RealWorld world;
      const SomeClient client(world, local);
      world.run(world.now() + longest, [&] { return client.answered() == requests; });
      answered = client.answered();
    }
    const rusage usage = server.stop();
    const bool loses = std::is_same_v<SomeClient, PacedClient>;
    if (answered == 0 || (answered < requests && !loses))
      return state.SkipWithError("the server did not start, or requests were lost");
    report(state, usage);
    state.counters["lost"] = requests - answered;
  }
}

template <class SomeClient>
void measure(const char* name, void (*serve)(const Endpoint&)) {
  benchmark::RegisterBenchmark(name, over_udp<SomeClient>, serve)
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
  measure<LoadClient>("echo", serve<Echo>);
  measure<LoadClient>("registrar", serve<ReusingRegistrar>);
  measure<LoadClient>("registrar_fresh", serve<Registrar>);
  measure<LoadClient>("sipp", serve_by_sipp);
  measure<PacedClient>("registrar_paced", serve<Registrar>);
  measure<PacedClient>("sipp_paced", serve_by_sipp);
  benchmark::RunSpecifiedBenchmarks();
}
