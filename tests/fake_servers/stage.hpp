#pragma once
// A fake server in a simulated world with a raw client opposite: the client sends the text it is
// given and records what comes, so that tests see bytes and times.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fake_servers/fake_server.hpp"
#include "harness/journal/journal.hpp"
#include "harness/sip/message.hpp"
#include "harness/world_sim/simulated_world.hpp"

namespace fake_servers::test {

using namespace std::chrono_literals;
using sipharness::Duration;
using sipharness::Endpoint;
using sipharness::TimePoint;
using sipharness::Transport;
using sipharness::sip::HeaderId;
using sipharness::sip::MessageView;
using sipharness::sip::Method;
namespace journal = sipharness::journal;
namespace scenario = sipharness::scenario;
namespace sip = sipharness::sip;
namespace world = sipharness::world;

inline Endpoint endpoint(std::string_view text) {
  return *Endpoint::parse(text);
}
inline const Endpoint server_endpoint = endpoint("10.0.0.11:5070");
inline const Endpoint client_endpoint = endpoint("10.0.0.1:5060");

/// What arrived at the client, or left it, and when.
struct Seen {
  Duration at{};
  std::string bytes;
  MessageView view() const { return MessageView::examine(bytes); }
};

/// A request as text; every field has a usable default.
struct Request {
  std::string method = "REGISTER";
  std::string branch = "z9hG4bKone";
  std::string call_id = "call-one";
  std::uint32_t cseq = 1;
  std::string to_tag{};
  std::string uri = "sip:10.0.0.11:5070";
  std::string user = "1001";
  std::vector<std::pair<std::string, std::string>> headers{};  ///< Contact, Expires, …
  std::string body{};
  Transport transport = Transport::udp;

  std::string text() const;
};

/// An SDP offer of the client with `direction` ("sendrecv", "sendonly") and media at port 4000.
std::string offer(std::string_view direction = "sendrecv");

/// An INVITE of the client that offers media.
inline const Request inviting{
    .method = "INVITE", .headers = {{"Contact", "<sip:1001@10.0.0.1:5060>"}}, .body = offer()};

/// A far end that rings and answers so long after the INVITE.
inline scenario::FarEnd plan(std::optional<Duration> ring, std::optional<Duration> answer,
                             std::optional<Duration> hang_up = {}) {
  return {ring, answer, hang_up};
}

/// Journal entries with their times.
class Recorder final : public journal::Writer {
 public:
  explicit Recorder(const world::World& world) : world_(world) {}
  void write(const journal::Event& event) override {
    entries.push_back({world_.now() - TimePoint{}, event});
  }

  /// All entries of one kind.
  template <class Event>
  std::vector<Event> all() const {
    std::vector<Event> found;
    for (const auto& entry : entries)
      if (const auto* event = std::get_if<Event>(&entry.event)) found.push_back(*event);
    return found;
  }

  std::vector<journal::Entry> entries;

 private:
  const world::World& world_;
};

class Client final : public world::DatagramHandler {
 public:
  explicit Client(world::World& world, const Endpoint& local = client_endpoint)
      : world_(world), port_(world.open_datagram(local, *this)) {}

  void send(std::string_view text) { port_->send(server_endpoint, text); }
  void send(const Request& request) { send(request.text()); }

  /// Statuses of the responses in order of arrival.
  std::vector<int> statuses() const;
  /// Arrival times of the responses with this status.
  std::vector<Duration> times_of(int status) const;
  /// Arrival times of the requests with this method.
  std::vector<Duration> times_of(Method method) const;
  const Seen& last() const { return received.back(); }
  /// The first that came with this status or method; fails the test if there is none.
  const Seen& first(int status) const;
  const Seen& first(Method method) const;
  /// Responds to a request of the server's, with a To tag and these headers.
  void answer(const Seen& request, int status, std::string_view to_tag = "client-tag",
              std::string_view body = {});

  std::vector<Seen> received;
  std::vector<Duration> unreachable;
  /// Called after each datagram is recorded.
  std::function<void(const Seen&)> on_received;

 private:
  void on_datagram(const Endpoint&, std::string_view payload) override;
  void on_unreachable(const Endpoint&, sipharness::Unreachable) override {
    unreachable.push_back(world_.now() - TimePoint{});
  }

  world::World& world_;
  std::unique_ptr<world::DatagramPort> port_;
};

/// World, server and client, and things to do at given times.
class Stage {
 public:
  explicit Stage(std::vector<scenario::Rule> rules = {}, scenario::FarEnd far_end = {},
                 std::uint64_t seed = 1, bool media = false);

  /// With these settings of the server: its rules, its far end and the rest.
  explicit Stage(const scenario::Server& settings);
  /// With these, and whatever else `edit` changes.
  Stage(const scenario::Server& settings, const std::function<void(FakeServerOptions&)>& edit);

  void at(Duration time, std::function<void()> act);
  void send_at(Duration time, const Request& request);
  void run_until(Duration time) { world.run(TimePoint{} + time); }

  sipharness::world_sim::SimulatedWorld world;
  Recorder journal{world};
  FakeServer server;
  Client client{world};

 private:
  std::vector<world::Timer> timers_;
};

/// A rule that matches everything in every phase.
inline scenario::Rule rule(scenario::Verb verb, std::vector<Method> methods = {}) {
  scenario::Rule made;
  made.name = "the rule";
  made.methods = std::move(methods);
  made.verb = std::move(verb);
  return made;
}

/// `at` plus both ways of the link.
constexpr Duration round_trip = 1ms;

/// Differences to the first, for tables of timers.
std::vector<Duration> offsets(const std::vector<Duration>& times);

}  // namespace fake_servers::test
