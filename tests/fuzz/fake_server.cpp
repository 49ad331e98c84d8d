// A fake server of a shipped scenario in the simulated world, and two peers that say what the input
// wants. It neither falls nor goes on for ever, and what it sends is clean (WireWatch).
//
// The first line names a scenario ("calls/incoming"; any other: a server without rules, "media": it
// sends RTP). Then come records that end with \x1e: what is done, so long after the record before
// (the square of a byte, in milliseconds), and a text:
//     u, v   the first, second peer sends a datagram     t      the first peer sends on a stream
//     r, s   the first, second peer responds             x, y   the stream is closed, aborted
//     c      a verb of the server, by its first letter   p      the server enters that phase

#include "fake_servers/fake_server.hpp"

#include <map>
#include <string>

#include "harness/files/files.hpp"
#include "harness/world_sim/simulated_world.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/peer.hpp"
#include "tests/fuzz/wire_watch.hpp"

namespace sipharness::fuzz {
namespace {

const Endpoint server_endpoint = *Endpoint::parse("10.0.0.11:5070");
const Endpoint first_endpoint = *Endpoint::parse("10.0.0.1:5060");
const Endpoint second_endpoint = *Endpoint::parse("10.0.0.2:5062");

struct SilentJournal final : journal::Writer {
  void write(const journal::Event&) override {}
};

std::optional<scenario::Server> read_server(std::string_view name) {
  const std::string path = std::string(SOURCE_ROOT "/scenarios/").append(name) + ".json";
  const auto text = files::read_file(path);
  if (!text) return std::nullopt;
  const auto scenarios = scenario::read_scenarios(*text, path);
  if (!scenarios) return std::nullopt;
  return scenarios->front().server("primary");
}

/// Read once for each name.
scenario::Server server_of(std::string_view name) {
  static std::map<std::string, scenario::Server, std::less<>> known;
  const auto found = known.find(name);
  if (found != known.end()) return found->second;
  std::optional<scenario::Server> server;
  // A damaged name is no path to anywhere.
  if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_/") == std::string_view::npos)
    server = read_server(name);
  if (!server) return {};
  return known.emplace(name, *server).first->second;
}

fake_servers::FakeServerOptions options(std::string_view name) {
  fake_servers::FakeServerOptions options;
  options.server = server_of(name);
  options.server.name = "primary";
  options.server.address = server_endpoint.address;
  options.server.port = server_endpoint.port;
  options.domain = server_endpoint.address.text();
  options.media = name == "media";
  return options;
}

class Play {
 public:
  explicit Play(std::string_view scenario)
      : end_(TimePoint{} + (scenario == "media" ? 1min : 1h)),
        server_(world_, journal_, Rng(1), options(scenario)) {
    world_.set_sink(&watch_);
  }

  bool is_over() const { return world_.now() >= end_; }

  void perform(std::string_view record) {
    Input input(reinterpret_cast<const std::uint8_t*>(record.data()), record.size());
    const char what = static_cast<char>(input.byte());
    const int delay = input.byte();
    run(std::chrono::milliseconds(delay * delay));
    perform(what, input.rest());
  }

  void end() {
    run(2min);
    server_.note_unmatched_rules();
  }

 private:
  void run(Duration so_long) {
    expect(world_.run(world_.now() + so_long), "a server's doings come to an end");
  }

  void perform(char what, std::string_view text) {
    switch (what) {
      case 'c':
        return command(text.empty() ? ' ' : text.front());
      case 'p':
        return server_.enter_phase(std::string(text));
      default:
        return tell_peers(what, text, first_, second_);
    }
  }

  void command(char verb) {
    switch (verb) {
      case 'c':
        return server_.call_device();
      case 'h':
        return server_.hang_up();
      case 'b':
        return server_.send_stray_bye();
      case 'n':
        return server_.notify_device("check-sync");
      case 'f':
        return server_.forget_bindings();
      case 'd':
        return server_.close_port();
      case 'u':
        return server_.open_port();
      case 's':
        return server_.swallow_syns();
      case 'p':
        return server_.unplug();
      default:
        return server_.send_options();
    }
  }

  TimePoint end_;
  world_sim::SimulatedWorld world_{{.max_events = 2'000'000}};
  WireWatch watch_{server_endpoint, {first_endpoint.address, second_endpoint.address}};
  SilentJournal journal_;
  fake_servers::FakeServer server_;
  Peer first_{world_, first_endpoint, server_endpoint};
  Peer second_{world_, second_endpoint, server_endpoint};
};

}  // namespace
}  // namespace sipharness::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sipharness::fuzz;
  Input input(data, size);
  Play play(input.up_to('\n'));
  while (!input.is_empty() && !play.is_over()) play.perform(input.up_to('\x1e'));
  play.end();
  return 0;
}
