#pragma once
// Subscriptions of a device as a trace shows them: the SUBSCRIBE that began each, those in its
// dialog, the NOTIFYs that came for it. @source RFC 6665 §4.1, §4.4.1

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

struct Subscription {
  ServerRole server = ServerRole::none;  ///< where it began
  std::string event;                     ///< the package, without parameters
  std::string_view call_id;
  std::string_view from_tag;                ///< the device's
  std::vector<const Transaction*> asked{};  ///< SUBSCRIBEs in order, challenged ones too
  std::vector<const Transaction*> notified{};
  /// Index of the SUBSCRIBE that makes the dialog: the one after the challenges, if there were any.
  std::size_t initial = 0;

  bool is_message_waiting() const { return event == "message-summary"; }
};

std::vector<Subscription> find_subscriptions(const Phone& phone);
/// In the order of their beginnings; what began before the capture has no initial SUBSCRIBE.
inline const std::vector<Subscription>& subscriptions(const Phone& phone) {
  return phone.derived<find_subscriptions>();
}

std::vector<const Transaction*> find_subscribes(const Phone& phone);
/// Every SUBSCRIBE of the device, by time.
inline const std::vector<const Transaction*>& subscribes(const Phone& phone) {
  return phone.derived<find_subscribes>();
}

std::vector<const Transaction*> find_unasked_notifies(const Phone& phone);
/// The NOTIFYs that no subscription of the device asked for, by time.
inline const std::vector<const Transaction*>& unasked_notifies(const Phone& phone) {
  return phone.derived<find_unasked_notifies>();
}

/// The package of a SUBSCRIBE or NOTIFY.
std::string_view event_of(const sip::MessageView& message);

/// What a NOTIFY says of its subscription. @source RFC 6665 §4.1.3
struct SubscriptionState {
  std::string_view word;  ///< "active", "pending", "terminated"
  std::string_view reason;
  std::optional<std::chrono::seconds> expires;
  std::optional<std::chrono::seconds> retry_after;
  bool is_terminated() const { return word == "terminated"; }
};
SubscriptionState state_in(const sip::MessageView& notify);

/// The 2xx to a SUBSCRIBE; null if it drew none.
const Message* acceptance(const Phone& phone, const Transaction& subscribe);
/// What that 2xx granted; zero ends the subscription.
Duration granted_by(const Phone& phone, const Transaction& subscribe);
/// Whether a SUBSCRIBE asks to end its subscription.
bool ends(const Phone& phone, const Transaction& subscribe);

/// When the SUBSCRIBE at `index` of a subscription runs out: by its 2xx, or by a NOTIFY after it
/// that names a shorter time. Nothing if it was not accepted, or ended before that.
std::optional<CaptureTime> lapse_of(const Phone& phone, const Subscription& subscription,
                                    std::size_t index);

/// The next initial SUBSCRIBE for the same package and resource at the same server after `at`.
const Transaction* begun_anew(const Phone& phone, const Subscription& subscription, CaptureTime at);

/// The packages but message waiting that the device is set to subscribe to at its servers, or asked
/// these for.
std::set<std::string> packages(const Phone& phone);
/// The first one for that package that began at `server`; null if there is none.
const Subscription* subscription_at(const Phone& phone, ServerRole server,
                                    const std::string& event);
/// When it began; of one that may have begun before the capture, the beginning of that.
CaptureTime begun_by(const Phone& phone, const Subscription& subscription);
/// The newest of SUBSCRIBEs in time order that was sent before `at`; null if there is none.
const Transaction* newest_before(const Phone& phone, const std::vector<const Transaction*>& asked,
                                 CaptureTime at);
/// The first SUBSCRIBE of its dialog that went to the other server; null if there is none.
const Transaction* strayed(const Subscription& subscription);

Evidence evidence_of(const Phone& phone, const Subscription& subscription);

}  // namespace sipharness::observed
