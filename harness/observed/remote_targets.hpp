#pragma once
// Where a dialog without a route set leads at a time: the Contact that the peer gave last, and
// those that may hold beside it. @source RFC 3261 §12.1.2, §12.2.1.2, §12.2.2; RFC 6141 §4

#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "harness/observed/dialogs.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/subscriptions.hpp"

namespace sipharness::observed {

/// Follows one dialog, message by message.
///  1. A 2xx to an INVITE or UPDATE settles the target: of the device's request with its Contact,
///     of the peer's with that of the request. Before, the old one and the new one are both right,
///     and the old one still is for a round trip.
///  2. Other Contacts of the peer (of a provisional response, a refused re-INVITE, a NOTIFY, a
///     redirection) are right too, and settle nothing.
class RemoteTargets {
 public:
  RemoteTargets(const Phone& phone, const Dialog& dialog);

  /// The next message of the dialog.
  void take(const Message& message);
  /// The request may name this in its Request-URI; nothing: the peer gave no Contact so far.
  std::optional<bool> allow(const Message& request) const;
  /// The one that was settled last, else that was given last.
  std::string_view newest() const { return targets_.back().uri; }

 private:
  struct Target {
    std::string_view uri;
    std::optional<CaptureTime> until{};
  };

  void add(std::string_view uri);
  void settle(std::string_view uri, CaptureTime at);

  std::vector<Target> targets_;
  std::map<std::pair<sip::Method, std::uint32_t>, std::string_view> asked_;  ///< by the peer
  std::set<std::tuple<Direction, sip::Method, std::uint32_t>> settled_;
};

/// A SUBSCRIBE in a dialog without a route set, and the Contacts that its notifier gave so far.
struct TargetedSubscribe {
  const Message* request = nullptr;
  std::vector<std::string_view> contacts;
};

/// Those of one subscription whose notifier gave any, by time.
std::vector<TargetedSubscribe> targeted_subscribes(const Phone& phone,
                                                   const Subscription& subscription);

}  // namespace sipharness::observed
