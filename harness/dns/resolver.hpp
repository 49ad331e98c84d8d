#pragma once
// Looks names up at one name server, as the resolver of a phone does. Written over World, so both
// worlds have name lookup and its datagrams are in every capture. Contract:
//  1. `done` is called once, with what was answered or, after a refusal or no answer at all, with
//     nothing; never from inside lookup().
//  2. Answers are kept for their time to live; a name that is known is not asked for again.
//  3. Destroying the resolver silences it.
/// @source RFC 1035 §7; policy: resolv.conf(5) for the timeout and the number of tries

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "harness/base/rng.hpp"
#include "harness/dns/message.hpp"
#include "harness/world/world.hpp"

namespace sipharness::dns {

class Resolver final : private world::DatagramHandler {
 public:
  using Done = std::function<void(const Message& answer)>;

  static constexpr Duration timeout = 5s;
  static constexpr int tries = 2;

  /// Asks `name_server` from any port of `local`.
  Resolver(world::World& world, const Rng& rng, const IpAddress& local,
           const Endpoint& name_server);

  /// A for an IPv4 host, AAAA for an IPv6 one.
  RecordType address_type() const;
  void lookup(const std::string& name, RecordType type, Done done);
  /// That answer, if it has not run out; else null.
  const Message* known(const std::string& name, RecordType type) const;

 private:
  struct Query {
    std::string name;
    RecordType type = RecordType::a;
    Done done;
    int tries_left = tries;
    world::Timer timer;
  };
  struct Known {
    Message answer;
    TimePoint until;
  };

  void on_datagram(const Endpoint& from, std::string_view payload) override;
  void on_unreachable(const Endpoint& destination, Unreachable reason) override;
  void ask(std::uint16_t id);
  void finish(std::uint16_t id, const Message& answer);

  world::World& world_;
  Rng rng_;
  Endpoint name_server_;
  std::unique_ptr<world::DatagramPort> port_;
  std::map<std::uint16_t, Query> queries_;  ///< by message id
  std::map<std::pair<std::string, RecordType>, Known> known_;
};

}  // namespace sipharness::dns
