#pragma once
// Subscriptions at one server: it accepts the packages below, sends its state at once and at every
// refresh, and forgets a subscription that lapsed, was ended, or whose NOTIFY drew no 2xx.
//  1. Packages: message-summary, dialog, presence, reg; any other draws 489.
//  2. At most max_subscriptions are kept; one more draws 503.
// @source RFC 6665 §4.2; RFC 3842; RFC 4235; RFC 3856; RFC 3680

#include <cstdint>
#include <map>
#include <string>

#include "fake_servers/station.hpp"
#include "harness/scenario/scenario.hpp"

namespace fake_servers {

class Notifier {
 public:
  static constexpr std::size_t max_subscriptions = 4'096;

  explicit Notifier(Station& station) : station_(station) {}

  /// SUBSCRIBE, in a dialog or making one.
  void on_subscribe(ServerTransaction& transaction, const sipharness::scenario::Accept& policy);

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

  void refresh(ServerTransaction& transaction, Duration granted);
  void begin(ServerTransaction& transaction, Duration granted, std::string_view event);
  void accept(ServerTransaction& transaction, Duration granted, const Tag& tag);
  /// Sends the state; a subscription without time left ends with it, and its key with that: hence
  /// the copy.
  void notify(Tag tag);
  void drop_lapsed();

  Station& station_;
  std::map<Tag, Subscription, std::less<>> subscriptions_;
};

}  // namespace fake_servers
