#pragma once
// Subscriptions at one server: it accepts the packages below, sends its state at once and at every
// refresh, and forgets a subscription that lapsed, was ended, or whose NOTIFY drew no 2xx.
// What a rule changes: NOTIFY comes before the 200 or not at all, the notifier ends a subscription.
//  1. Packages: message-summary, dialog, presence, reg; any other draws 489.
//  2. At most max_subscriptions are kept; one more draws 503.
//  3. An address that showed nothing yet (proven_peers.hpp) is sent most_unanswered NOTIFYs at a
//     time over UDP. The others wait until it answers one; where one is given up, so are they.
// @source RFC 6665 §4.2; RFC 3842; RFC 4235; RFC 3856; RFC 3680

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "fake_servers/postponer.hpp"
#include "fake_servers/server_core.hpp"
#include "harness/scenario/scenario.hpp"

namespace fake_servers {

class Notifier {
 public:
  static constexpr std::size_t max_subscriptions = 4'096;
  static constexpr std::size_t most_unanswered = 4;

  explicit Notifier(ServerCore& core) : core_(core), postponer_(core.world) {}

  /// SUBSCRIBE, in a dialog or making one.
  void on_subscribe(const TransactionPtr& transaction, const sipharness::scenario::Accept& policy);

 private:
  struct Subscription {
    sipharness::sip::Dialog dialog;
    Hop hop;
    std::string event;
    std::string entity;  ///< whose state: the Request-URI
    TimePoint expires;
    std::uint32_t version = 0;
  };
  using Tag = std::string;

  void refresh(const TransactionPtr& transaction, const sipharness::scenario::Accept& policy);
  void begin(const TransactionPtr& transaction, const sipharness::scenario::Accept& policy);
  void accept(const TransactionPtr& transaction, const sipharness::scenario::Accept& policy,
              const Tag& tag);
  /// Sends the state; a subscription without time left ends with it, and its key with that: hence
  /// the copy.
  void notify(Tag tag);
  void end(const Tag& tag, const sipharness::scenario::Termination& termination);
  void send(const Tag& tag, Subscription& subscription, const std::string& state);
  /// False if this NOTIFY has to wait.
  bool may_send(const Tag& tag, const Hop& hop);
  void on_answer(const sipharness::IpAddress& peer);
  void on_silence(const sipharness::IpAddress& peer);
  void drop_lapsed();

  ServerCore& core_;
  Postponer postponer_;
  std::map<Tag, Subscription, std::less<>> subscriptions_;

  /// NOTIFYs to an address that showed nothing yet.
  struct Unproven {
    std::size_t unanswered = 0;
    std::vector<Tag> waiting;
  };
  std::map<sipharness::IpAddress, Unproven> unproven_;
  bool told_of_waiting_ = false;
};

}  // namespace fake_servers
