#pragma once
// The fake servers of a production, in either world, and what a step of a timeline tells one.

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "fake_servers/fake_server.hpp"
#include "fake_servers/name_server.hpp"
#include "harness/stage/production.hpp"

namespace sipharness::stage {

class Servers {
 public:
  /// Opens them; without a `zero` set_zero() will tell. Throws SetupError if an endpoint is taken.
  Servers(world::World& world, journal::Writer& journal, const Production& production,
          std::optional<TimePoint> zero);

  void set_zero(TimePoint zero);
  fake_servers::FakeServer& at(const std::string& name) { return *servers_.at(name); }
  /// For people, what it was last told to be: "serving", "phase silent", "port closed".
  std::string state_of(const std::string& name) const;
  void carry_out(const scenario::ServerStep& step);
  void note_unmatched_rules();

 private:
  struct State {
    std::string phase;
    std::string outage;  ///< of its port; empty: none
  };
  void note_state(const scenario::ServerStep& step);
  void call(fake_servers::FakeServer& target, const scenario::ServerStep& step);

  std::map<std::string, std::unique_ptr<fake_servers::FakeServer>> servers_;
  std::map<std::string, State> states_;
  std::unique_ptr<fake_servers::NameServer> name_server_;
};

}  // namespace sipharness::stage
