#include "tests/fake_servers/stage.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/sip/builder.hpp"

namespace fake_servers::test {

namespace {

FakeServerOptions options(scenario::Server settings, bool media) {
  FakeServerOptions made;
  made.server = std::move(settings);
  made.server.name = "primary";
  made.server.address = server_endpoint.address;
  made.server.port = server_endpoint.port;
  made.domain = server_endpoint.address.text();
  made.media = media;
  return made;
}

FakeServerOptions edited(FakeServerOptions made,
                         const std::function<void(FakeServerOptions&)>& edit) {
  edit(made);
  return made;
}

scenario::Server settings(std::vector<scenario::Rule> rules, scenario::FarEnd far_end) {
  scenario::Server made;
  made.rules = std::move(rules);
  made.far_end = far_end;
  return made;
}

template <class Matches>
const Seen& first_that(const std::vector<Seen>& received, Matches matches) {
  const auto found = std::ranges::find_if(received, matches);
  if (found != received.end()) return *found;
  ADD_FAILURE() << "no such message arrived";
  static const Seen nothing;
  return nothing;
}

template <class Matches>
std::vector<Duration> times_that(const std::vector<Seen>& received, Matches matches) {
  std::vector<Duration> times;
  for (const Seen& seen : received)
    if (matches(seen)) times.push_back(seen.at);
  return times;
}

auto has_status(int status) {
  return [status](const Seen& seen) { return seen.view().status() == status; };
}

auto is_request(Method method) {
  return [method](const Seen& seen) {
    const MessageView view = seen.view();
    return view.is_request() && view.method() == method;
  };
}

}  // namespace

std::string Request::text() const {
  auto request = sip::MessageBuilder::request(method, uri);
  const std::string to = fmt::format("<sip:{}@10.0.0.11>", user);
  request
      .header(HeaderId::via, fmt::format("SIP/2.0/{} {};branch={};rport",
                                         transport == Transport::tcp ? "TCP" : "UDP",
                                         client_endpoint.text(), branch))
      .header(HeaderId::max_forwards, "70")
      .header(HeaderId::from, to + ";tag=client-tag")
      .header(HeaderId::to, to_tag.empty() ? to : to + ";tag=" + to_tag)
      .header(HeaderId::call_id, call_id)
      .header(HeaderId::cseq, fmt::format("{} {}", cseq, method));
  for (const auto& [name, value] : headers) request.header(name, value);
  if (!body.empty()) request.body("application/sdp", body);
  return request.str();
}

std::string offer(std::string_view direction) {
  return fmt::format(
      "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n"
      "m=audio 4000 RTP/AVP 0\r\na={}\r\n",
      direction);
}

std::vector<int> Client::statuses() const {
  std::vector<int> found;
  for (const Seen& seen : received)
    if (seen.view().is_response()) found.push_back(seen.view().status());
  return found;
}

std::vector<Duration> Client::times_of(int status) const {
  return times_that(received, has_status(status));
}

std::vector<Duration> Client::times_of(Method method) const {
  return times_that(received, is_request(method));
}

const Seen& Client::first(int status) const {
  return first_that(received, has_status(status));
}

const Seen& Client::first(Method method) const {
  return first_that(received, is_request(method));
}

void Client::answer(const Seen& request, int status, std::string_view to_tag,
                    std::string_view body) {
  auto response = sip::MessageBuilder::response_to(request.view(), status, to_tag);
  response.header(HeaderId::contact, "<sip:1001@10.0.0.1:5060>");
  if (!body.empty()) response.body("application/sdp", body);
  send(response.str());
}

void Client::on_datagram(const Endpoint&, std::string_view payload) {
  received.push_back({world_.now() - TimePoint{}, std::string(payload)});
  if (on_received) on_received(Seen(received.back()));
}

Stage::Stage(std::vector<scenario::Rule> rules, scenario::FarEnd far_end, std::uint64_t seed,
             bool media)
    : server(world, journal, sipharness::Rng(seed),
             options(settings(std::move(rules), far_end), media)) {}

Stage::Stage(const scenario::Server& settings, const std::function<void(FakeServerOptions&)>& edit)
    : server(world, journal, sipharness::Rng(1), edited(options(settings, false), edit)) {}

Stage::Stage(const scenario::Server& settings)
    : server(world, journal, sipharness::Rng(1), options(settings, false)) {}

void Stage::at(Duration time, std::function<void()> act) {
  timers_.push_back(world.call_at(TimePoint{} + time, std::move(act)));
}

void Stage::send_at(Duration time, const Request& request) {
  at(time, [this, request] { client.send(request); });
}

std::vector<Duration> offsets(const std::vector<Duration>& times) {
  std::vector<Duration> result;
  for (const Duration time : times) result.push_back(time - times.front());
  return result;
}

}  // namespace fake_servers::test
