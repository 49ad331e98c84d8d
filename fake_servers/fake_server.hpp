#pragma once
// One fake server of an account: registrar, far end and polite answerer behind one address, steered
// by the rules of a scenario. It knows nothing of checks and never votes; what it does against its
// healthy nature it writes to the journal.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/base/rng.hpp"
#include "harness/journal/journal.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/world/world.hpp"

namespace fake_servers {

struct FakeServerOptions {
  sipharness::scenario::Server server;    ///< with its address
  sipharness::scenario::Account account;  ///< whose registrations and credentials it accepts
  std::string domain;                     ///< host part of its AORs; the server's own address text
  sipharness::sip::Timers timers;
  sipharness::TimePoint zero;  ///< scenario zero, for rules with time windows
};

class FakeServer {
 public:
  /// Opens UDP and TCP on the server's endpoint; throws SetupError if it is taken.
  FakeServer(sipharness::world::World& world, sipharness::journal::Writer& journal,
             const sipharness::Rng& rng, FakeServerOptions options);
  ~FakeServer();
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  // What the timeline can order (scenario::ServerVerb).
  void enter_phase(const std::string& phase);  ///< "" returns to the default
  void close_port();                           ///< UDP unbound, TCP refused, connections reset
  void open_port();
  void forget_bindings();
  void call_device();  ///< INVITE to every binding of the account
  void hang_up();      ///< BYE in every call that is up

  /// The names of rules that never matched, for the author of the scenario.
  std::vector<std::string> unmatched_rules() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fake_servers
