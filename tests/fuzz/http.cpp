// HTTP, both sides, and what phones are provisioned with: the first byte says whether the rest are
// the bytes of a client that fetches something ('c') or of a server that answers ours ('s'), the
// second how many come in a segment. Every exchange ends, in time and as its contract says.

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "fake_servers/provisioning.hpp"
#include "harness/host/http/client.hpp"
#include "harness/host/http/server.hpp"
#include "harness/world_sim/simulated_world.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/support/world_recorders.hpp"

namespace sipharness::fuzz {
namespace {

constexpr auto password = "s3cret";
const Endpoint web = *Endpoint::parse("10.0.0.2:80");
const Endpoint other = *Endpoint::parse("10.0.0.1:0");

/// In segments of `size` bytes, so long apart that each is delivered alone.
void send_in_segments(world_sim::SimulatedWorld& world, world::Stream& stream,
                      std::string_view bytes, std::size_t size) {
  while (!bytes.empty()) {
    const std::string_view segment = bytes.substr(0, std::max<std::size_t>(size, 1) * 16);
    stream.send(segment);
    bytes.remove_prefix(segment.size());
    world.run(world.now() + 2ms);
  }
}

fake_servers::Provisioning provisioning() {
  return {{{"P34", "account.1.sip.password", password, password}},
          fake_servers::ProvisioningForm::p_values,
          std::nullopt};
}

void ask_our_server(std::string_view bytes, std::size_t segment) {
  world_sim::SimulatedWorld world;
  auto files = provisioning();
  int served = 0;
  host::HttpServer server(world, web, [&](const host::HttpRequest& request) {
    ++served;
    const auto answer = files.answer({request.method, request.target, request.user_agent});
    expect(answer.note.find(password) == std::string::npos ||
               bytes.find(password) != std::string_view::npos,
           "a note holds no password but what the client said itself");
    const std::string decoded = host::percent_decoded(request.target);
    expect(host::percent_decoded(host::percent_encoded(decoded)) == decoded,
           "what is encoded for a URL can be decoded");
    return host::HttpResponse{answer.status, "text/xml", answer.body};
  });
  tests::StreamRecorder client;
  client.stream = world.connect(other, web, client);
  send_in_segments(world, *client.stream, bytes, segment);
  expect(world.run(world.now() + 20s), "an exchange comes to an end");
  expect(client.ended.has_value(), "a connection is closed behind its request");
  expect(served <= 1, "a connection serves one request");
  expect(client.received.empty() || client.received.starts_with("HTTP/1.1 "),
         "whatever is answered is an HTTP response");
}

void answer_our_client(std::string_view bytes, std::size_t segment) {
  world_sim::SimulatedWorld world;
  tests::StreamServer server(world, web);
  host::HttpClient client(world, other.address);
  int outcomes = 0;
  client.get(web, "/cgi-bin/api", [&](const host::HttpOutcome&) { ++outcomes; });
  world.run(world.now() + 10ms);
  expect(server.accepted.size() == 1, "a client connects");
  send_in_segments(world, *server.accepted.front()->stream, bytes, segment);
  if (segment % 2 == 0) server.accepted.front()->stream.reset();
  expect(world.run(world.now() + 20s), "an exchange comes to an end");
  expect(outcomes == 1, "a client is told once how it went");
}

}  // namespace
}  // namespace sipharness::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sipharness::fuzz;
  Input input(data, size);
  const bool is_client = input.byte() != 's';
  const std::size_t segment = input.byte();
  if (is_client)
    ask_our_server(input.rest(), segment);
  else
    answer_our_client(input.rest(), segment);
  return 0;
}
