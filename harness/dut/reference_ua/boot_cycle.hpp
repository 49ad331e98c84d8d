#pragma once
// The life of the reference UA from one boot to the next: registrations and subscriptions at both
// servers, its calls, and who gets what comes from the wire. A restart is a new one, with new
// Call-IDs and tags. @source guide.txt, "SIP Server Redundancy"; RFC 3261 §10.2 (boot cycle)

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/dns/locator.hpp"
#include "harness/dut/reference_ua/call_desk.hpp"
#include "harness/dut/reference_ua/keep_alive.hpp"
#include "harness/dut/reference_ua/registration.hpp"
#include "harness/dut/reference_ua/routing.hpp"
#include "harness/dut/reference_ua/subscription.hpp"

namespace sipharness::dut {

class BootCycle {
 public:
  /// Opens the port; nothing is sent before start().
  BootCycle(world::World& world, const Rng& rng, const ReferenceUaOptions& options);
  BootCycle(const BootCycle&) = delete;
  BootCycle& operator=(const BootCycle&) = delete;

  void start();
  /// Ends the calls and takes the registrations back.
  void shut_down();
  /// From now on it has this address: it registers anew at both servers, and asks for its NOTIFYs
  /// there. @source RFC 3261 §10.2.2; RFC 6665 §4.1.2.2
  void move_to(const IpAddress& address);
  /// False if both servers want to be left alone.
  bool dial(const std::string& number);
  CallDesk& calls() { return calls_; }
  const Endpoint& local() const { return core_.local(); }
  bool is_dead() const { return core_.is_dead(); }

 private:
  /// One server and what we keep there.
  struct Site {
    Server server;
    std::unique_ptr<Registration> registration;
    std::unique_ptr<KeepAlive> keep_alive;  ///< null: the profile wants none
    std::vector<std::unique_ptr<Subscription>> subscriptions;
    std::unique_ptr<Subscription> message_waiting;
    bool is_looking_up = false;
    bool was_looked_up = false;  ///< just now: the next attempt may go on what is known
    world::Timer next_lookup{};
    bool was_registered = false;
    bool was_lost = false;                  ///< since the last registration
    std::optional<int> calls_since_return;  ///< nothing: it was never lost
  };

  Site& site(ServerRole role) { return sites_[static_cast<std::size_t>(role)]; }
  Site& other(const Site& site) { return site.server.is_primary() ? sites_[1] : sites_[0]; }
  Site make_site(ServerRole role, const Rng& rng);
  void on_settled(Site& site);
  void on_first_registration(Site& site);
  void on_return(Site& site);
  void flood_registers(Registration& registration);
  /// Whether the next REGISTER there may go out now; true but for deviations.
  bool may_register(Site& site);
  /// False while the server's name must be looked up first; the registration is resumed then.
  bool locate(Site& site);
  void on_looked_up(Site& site, std::vector<Endpoint> machines);
  dns::Locator::Wanted wanted(const Server& server) const;
  /// OPTIONS go to a server while we are registered there.
  static void keep_alive(Site& site);
  void subscribe(Site& site);
  /// Message waiting at one server only: the primary, unless that is known to be down.
  void place_message_waiting();
  Standing standing(const Site& site);
  bool was_challenged() const;

  void take_request(const TransactionPtr& transaction);
  void take_new_request(const TransactionPtr& transaction);
  void take_call(const TransactionPtr& invite);
  /// Whether it wants no calls from there just now; only by deviations.
  bool turns_away_calls_of(Site& caller);
  void take_notify(const TransactionPtr& transaction);
  void take_stray(const sip::MessageView& response);
  /// A request in a dialog we do not know. @source RFC 3261 §12.2.2, §15.1.2
  void answer_unknown(sip::ServerTransaction& transaction);

  UaCore core_;
  std::unique_ptr<dns::Resolver> resolver_;  ///< null: no server is given by name
  std::unique_ptr<dns::Locator> locator_;    ///< null as well
  std::array<Site, 2> sites_;
  CallDesk calls_;
  world::Timer late_start_;                   ///< of the deviation starts_late_at_the_secondary
  world::Timer late_unregister_;              ///< of the deviation drops_the_secondary_again
  std::vector<world::Timer> register_flood_;  ///< of the deviation floods_registers_on_return
};

}  // namespace sipharness::dut
