#pragma once
// One line for each message as it is seen, for a person at a terminal: when, between whom, what,
// and what the server's rule did to it. It reads the capture and listens to the journal.
//  1. Lines come some 100 ms late, so that what the journal says of a message stands beside it.
//  2. What others sent is shown as printable ASCII only.

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "harness/journal/journal.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/sip/message.hpp"
#include "harness/stage/live/decoder.hpp"
#include "harness/world/world.hpp"

namespace sipharness::serve {

class LiveLog final : public stage::TrafficObserver, public journal::Writer {
 public:
  using Print = std::function<void(const std::string& line)>;
  /// `scenario` has addresses and outlives this.
  LiveLog(world::World& world, const scenario::Scenario& scenario, Print print);

  void on_message(const stage::LiveMessage& live) override;
  void on_stream_event(const capture::Origin& origin, capture::StreamEvent event) override;
  void on_icmp(const capture::IcmpError& error) override;
  void write(const journal::Event& event) override;
  /// Prints what is held back.
  void flush();

 private:
  struct Line {
    TimePoint due;
    std::uint64_t digest = 0;
    std::string text;
  };

  /// Null if neither end is a server.
  const scenario::Server* server_of(const capture::Origin& origin, bool& to_server) const;
  bool is_seen_again(const capture::Origin& origin, std::string_view payload);
  void add(CaptureTime at, std::uint64_t digest, std::string text);
  void note(const std::string& text);
  void print_due();

  world::World& world_;
  const scenario::Scenario& scenario_;
  Print print_;
  std::deque<Line> held_;
  std::map<std::uint64_t, std::string> remarks_;  ///< of messages that have not been captured yet
  std::set<std::uint64_t> seen_;
  world::Timer timer_;
};

}  // namespace sipharness::serve
