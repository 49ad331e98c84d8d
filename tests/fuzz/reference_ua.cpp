// The reference UA in the simulated world, and two servers that say what the input wants. It
// neither falls nor goes on for ever, and what it sends is clean (WireWatch).
//
// The first line has words: "auto" (the servers answer as healthy ones, what the input says comes
// on top), "tcp", "timer" (it asks for a session timer). Then come records that end with \x1e: what
// is done, so long after the record before (the square of a byte, in milliseconds), and a text:
//     u, v   the primary, secondary sends a datagram     t      the primary sends on a stream
//     r, s   the primary, secondary responds             x, y   the stream is closed, aborted
//     d      an action, by its letter, and the number: d2001 (dial), a, r, h, o, m, b, s, t

#include "harness/dut/reference_ua/reference_ua.hpp"

#include <string>

#include <fmt/format.h>

#include "harness/sip/builder.hpp"
#include "harness/sip/sdp.hpp"
#include "harness/world_sim/simulated_world.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/peer.hpp"
#include "tests/fuzz/wire_watch.hpp"

namespace sipharness::fuzz {
namespace {

using sip::HeaderId;
using sip::Method;

const Endpoint device_endpoint = *Endpoint::parse("10.0.0.1:5062");
const Endpoint primary_endpoint = *Endpoint::parse("10.0.0.11:5070");
const Endpoint secondary_endpoint = *Endpoint::parse("10.0.0.12:5080");

bool has_word(std::string_view line, std::string_view word) {
  return line.find(word) != std::string_view::npos;
}

dut::ReferenceUaOptions options(std::string_view words) {
  dut::ReferenceUaOptions options;
  options.profile.register_expiration = 1min;
  options.profile.subscriptions = {"dialog"};
  options.profile.mwi_subscribe = true;
  if (has_word(words, "tcp")) options.profile.transport = Transport::tcp;
  if (has_word(words, "timer")) options.profile.session_timer = 90s;
  options.local = device_endpoint;
  options.primary = primary_endpoint;
  options.secondary = secondary_endpoint;
  options.password = "sipharness";
  return options;
}

scenario::DeviceVerb verb_of(char letter) {
  using scenario::DeviceVerb;
  switch (letter) {
    case 'a':
      return DeviceVerb::answer;
    case 'r':
      return DeviceVerb::reject;
    case 'h':
      return DeviceVerb::hang_up;
    case 'o':
      return DeviceVerb::hold;
    case 'm':
      return DeviceVerb::resume;
    case 'b':
      return DeviceVerb::boot;
    case 's':
      return DeviceVerb::shutdown;
    case 't':
      return DeviceVerb::restart;
    default:
      return DeviceVerb::dial;
  }
}

/// What a healthy server says to a request, as Peer::respond() takes it.
std::string healthy_response(const sip::MessageView& request, const Endpoint& server) {
  std::string response = "200\n";
  if (request.has(HeaderId::expires))
    response += fmt::format("Expires: {}\r\n", request.header(HeaderId::expires));
  if (request.method() == Method::register_)
    response += fmt::format("Contact: {}\r\n", request.header(HeaderId::contact));
  if (request.method() != Method::invite) return response + "Content-Length: 0\r\n\r\n";
  const std::string sdp = sip::format_sdp({.media = {server.address, 4000}});
  return response + fmt::format(
                        "Contact: <sip:2001@{}>\r\nContent-Type: application/sdp\r\n"
                        "Content-Length: {}\r\n\r\n{}",
                        server.text(), sdp.size(), sdp);
}

class Play {
 public:
  explicit Play(std::string_view words) : ua_(world_, Rng(1), options(words)) {
    world_.set_sink(&watch_);
    if (has_word(words, "auto")) {
      answer_by_itself(primary_, primary_endpoint);
      answer_by_itself(secondary_, secondary_endpoint);
    }
    ua_.perform({scenario::DeviceVerb::boot, ""});
  }

  bool is_over() const { return world_.now() >= TimePoint{} + 2h; }

  void perform(std::string_view record) {
    Input input(reinterpret_cast<const std::uint8_t*>(record.data()), record.size());
    const char what = static_cast<char>(input.byte());
    const int delay = input.byte();
    run(std::chrono::milliseconds(delay * delay));
    perform(what, input.rest());
  }

  void end() { run(100s); }  // it refreshes, and gives up what is not answered

 private:
  static void answer_by_itself(Peer& server, const Endpoint& at) {
    server.on_message = [&server, at](const sip::MessageView& message) {
      if (message.is_request() && message.method() != Method::ack)
        server.respond(healthy_response(message, at));
    };
  }

  void run(Duration so_long) {
    expect(world_.run(world_.now() + so_long), "a device's doings come to an end");
  }

  void perform(char what, std::string_view text) {
    if (what == 'd') return act(text);
    tell_peers(what, text, primary_, secondary_);
  }

  void act(std::string_view text) {
    if (text.empty()) return;
    const auto verb = verb_of(text.front());
    const bool dials = verb == scenario::DeviceVerb::dial;
    (void)ua_.perform({verb, dials ? "2001" : ""});
  }

  world_sim::SimulatedWorld world_{{.max_events = 300'000}};
  WireWatch watch_{device_endpoint};
  Peer primary_{world_, primary_endpoint, device_endpoint};
  Peer secondary_{world_, secondary_endpoint, device_endpoint};
  dut::ReferenceUa ua_;
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
