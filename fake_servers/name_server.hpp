#pragma once
// The fake name server: answers what the scenario scripts for A, AAAA and SRV, and says of
// everything else that there is no such name. It keeps no state but the clock.
//  1. Of the records for a name the first one whose time it is counts.
//  2. A known name has no record of any other type than the scenario gives it.
/// @source RFC 2782; RFC 1035 §4.1.1; requirements §5.1

#include <memory>

#include "fake_servers/scenario_clock.hpp"
#include "harness/dns/message.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/world/world.hpp"

namespace fake_servers {

class NameServer final : private sipharness::world::DatagramHandler {
 public:
  /// `scenario` has a name server, and every address; throws SetupError if the port is taken.
  /// Without a `zero`, set_zero() will tell.
  NameServer(sipharness::world::World& world, const sipharness::scenario::Scenario& scenario,
             std::optional<sipharness::TimePoint> zero);
  void set_zero(sipharness::TimePoint zero) { clock_.zero = zero; }

 private:
  void on_datagram(const sipharness::Endpoint& from, std::string_view payload) override;
  void on_unreachable(const sipharness::Endpoint&, sipharness::Unreachable) override {}
  const sipharness::scenario::NameRecord* record_for(const std::string& name) const;
  void add_addresses(const sipharness::scenario::NameRecord& record,
                     sipharness::dns::Message& answer) const;
  static void add_services(const sipharness::scenario::NameRecord& record,
                           sipharness::dns::Message& answer);

  const sipharness::scenario::Scenario& scenario_;
  ScenarioClock clock_;
  std::unique_ptr<sipharness::world::DatagramPort> port_;
};

}  // namespace fake_servers
