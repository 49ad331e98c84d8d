// What one REGISTER costs the fake registrar over real UDP sockets: CPU of the server's process
// with 32 requests outstanding, against 10 µs. The echo server beside it is the floor: same world,
// same client, no SIP.

#include <array>
#include <csignal>
#include <memory>
#include <string>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "fake_servers/fake_server.hpp"
#include "harness/host/real_world.hpp"

namespace fake_servers {
namespace {

using namespace std::chrono_literals;
using sipharness::Duration;
using sipharness::Endpoint;
namespace world = sipharness::world;

constexpr int requests = 50'000;
constexpr int outstanding = 32;
const sipharness::IpAddress loopback = *sipharness::IpAddress::parse("127.0.0.1");

std::string register_request(int number, const Endpoint& server, const Endpoint& client) {
  return fmt::format(
      "REGISTER sip:{0} SIP/2.0\r\n"
      "Via: SIP/2.0/UDP {1};branch=z9hG4bK{2:016x};rport\r\n"
      "From: \"1001\" <sip:1001@{0}>;tag=9fxced76sl\r\n"
      "To: \"1001\" <sip:1001@{0}>\r\n"
      "Call-ID: 3848276298220188511@phone.example.com\r\n"
      "CSeq: {2} REGISTER\r\n"
      "Contact: <sip:1001@{1}>;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000>\"\r\n"
      "Max-Forwards: 70\r\n"
      "Expires: 120\r\n"
      "User-Agent: Grandstream GRP2614 1.0.9.23\r\n"
      "Supported: path\r\n"
      "Allow: INVITE, ACK, OPTIONS, CANCEL, BYE, SUBSCRIBE, NOTIFY, INFO, REFER, UPDATE\r\n"
      "Content-Length: 0\r\n\r\n",
      server.text(), client.text(), number);
}

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

class NoJournal final : public sipharness::journal::Writer {
 public:
  void write(const sipharness::journal::Event&) override {}
};

class Registrar {
 public:
  Registrar(world::World& world, const Endpoint& local)
      : server_(world, journal_, sipharness::Rng(1), options(local)) {}

 private:
  static FakeServerOptions options(const Endpoint& local) {
    FakeServerOptions made;
    made.server.name = "primary";
    made.server.address = local.address;
    made.server.port = local.port;
    made.domain = local.address.text();
    return made;
  }
  NoJournal journal_;
  FakeServer server_;
};

/// A port nobody holds at the moment.
Endpoint free_endpoint() {
  sipharness::host::RealWorld world;
  struct Deaf final : world::DatagramHandler {
    void on_datagram(const Endpoint&, std::string_view) override {}
    void on_unreachable(const Endpoint&, sipharness::Unreachable) override {}
  } deaf;
  return world.open_datagram(Endpoint{loopback, 0}, deaf)->local();
}

/// A server in a process of its own, so that its CPU time can be told from the client's.
template <class Server>
pid_t serve_apart(const Endpoint& local, int ready) {
  const pid_t child = fork();
  if (child != 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  sipharness::host::RealWorld world;
  const Server server(world, local);
  if (write(ready, "r", 1) != 1) _exit(1);
  world.run(world.now() + 1h, [] { return false; });
  _exit(0);
}

Duration cpu_time(const rusage& usage) {
  const auto of = [](const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

template <class Server>
void over_udp(benchmark::State& state) {
  for (auto _ : state) {
    const Endpoint local = free_endpoint();
    std::array<int, 2> ready{};
    if (pipe(ready.data()) != 0) return state.SkipWithError("no pipe");
    const pid_t child = serve_apart<Server>(local, ready[1]);
    char byte = 0;
    if (read(ready[0], &byte, 1) != 1) return state.SkipWithError("the server did not start");
    sipharness::host::RealWorld world;
    const LoadClient client(world, local);
    world.run(world.now() + 60s, [&] { return client.is_done(); });
    kill(child, SIGKILL);
    rusage usage{};
    wait4(child, nullptr, 0, &usage);
    close(ready[0]);
    close(ready[1]);
    if (!client.is_done()) return state.SkipWithError("requests were lost");
    state.SetIterationTime(sipharness::to_seconds(cpu_time(usage)) / requests);
  }
}

BENCHMARK(over_udp<Echo>)->UseManualTime()->Iterations(3)->Unit(benchmark::kMicrosecond);
BENCHMARK(over_udp<Registrar>)->UseManualTime()->Iterations(3)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace fake_servers

BENCHMARK_MAIN();
