// The simulated world: what a timer event costs with 10,000 pending, against 1 µs, and what one SIP
// message costs end to end - built, sent, written to a capture file, received, parsed, answered -
// against 10 µs.

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "harness/capture/pcap_writer.hpp"
#include "harness/sip/message.hpp"
#include "harness/world_sim/simulated_world.hpp"
#include "tests/bench/registrar_load.hpp"

namespace fake_servers {
namespace {

using namespace std::chrono_literals;
using sipharness::Duration;
using sipharness::world_sim::SimulatedWorld;

constexpr std::uint64_t no_limit = ~std::uint64_t{0};

/// Timers that set themselves anew whenever they ring, each at a pace of its own.
class Clocks {
 public:
  Clocks(SimulatedWorld& world, std::size_t count) : world_(world), timers_(count) {
    for (std::size_t i = 0; i < count; ++i) arm(i);
  }
  std::int64_t rings() const { return rings_; }

 private:
  void arm(std::size_t i) {
    const Duration pace = 1ms + 37us * static_cast<int>(i % 1009);
    timers_[i] = world_.call_after(pace, [this, i] {
      ++rings_;
      arm(i);
    });
  }

  SimulatedWorld& world_;
  std::vector<world::Timer> timers_;
  std::int64_t rings_ = 0;
};

void timer_event(benchmark::State& state) {
  SimulatedWorld world({.max_events = no_limit});
  const Clocks clocks(world, static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    const std::int64_t before = clocks.rings();
    world.run(world.now() + 1h, [&] { return clocks.rings() > before; });
  }
  state.SetItemsProcessed(clocks.rings());
}

/// Registers again, a while after each answer.
class Phone final : public world::DatagramHandler {
 public:
  Phone(SimulatedWorld& world, const Endpoint& server, Duration pause)
      : world_(world),
        server_(server),
        pause_(pause),
        port_(world.open_datagram(*Endpoint::parse("127.0.0.1:5060"), *this)) {
    send_next();
  }
  int answers() const { return answers_; }

 private:
  void on_datagram(const Endpoint&, std::string_view payload) override {
    answers_ += sipharness::sip::MessageView::parse(payload).is_success() ? 1 : 0;
    next_ = world_.call_after(pause_, [this] { send_next(); });
  }
  void on_unreachable(const Endpoint&, sipharness::Unreachable) override {}
  void send_next() { port_->send(server_, register_request(++sent_, server_, port_->local())); }

  SimulatedWorld& world_;
  Endpoint server_;
  Duration pause_;
  std::unique_ptr<world::DatagramPort> port_;
  world::Timer next_;
  int sent_ = 0;
  int answers_ = 0;
};

/// A capture file that goes away again.
class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "sipharness-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    folder_ = name;
  }
  ~Scratch() { std::filesystem::remove_all(folder_); }
  std::string capture() const { return (folder_ / "capture.pcap").string(); }

 private:
  std::filesystem::path folder_;
};

/// Time is given for a REGISTER and its answer: two messages.
void register_and_answer(benchmark::State& state) {
  const Scratch scratch;
  sipharness::capture::PcapWriter writer(scratch.capture(), sipharness::packet::LinkType::ethernet);
  const Endpoint server = *Endpoint::parse("127.0.0.11:5070");
  SimulatedWorld world({.max_events = no_limit});
  world.set_sink(&writer);
  const Registrar registrar(world, server);
  const Phone phone(world, server, std::chrono::milliseconds(state.range(0)));
  for (auto _ : state) {
    const int before = phone.answers();
    world.run(world.now() + 1h, [&] { return phone.answers() > before; });
  }
  state.SetItemsProcessed(2 * state.iterations());
}

BENCHMARK(timer_event)->ArgName("pending")->Arg(100)->Arg(1'000)->Arg(10'000)->Arg(100'000);
// One a second leaves 32 answered transactions waiting for repeats; no pause, 32,000.
BENCHMARK(register_and_answer)
    ->ArgName("pause_ms")
    ->Arg(1000)
    ->Arg(0)
    ->Iterations(50'000)
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace fake_servers

BENCHMARK_MAIN();
