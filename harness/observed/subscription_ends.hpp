#pragma once
// When a subscription is over, and what the phone then does: asks again, goes on, or begins
// another.
// @source RFC 6665 §4.1.2, §4.1.3

#include <optional>

#include "harness/observed/phone.hpp"
#include "harness/observed/subscriptions.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/message.hpp"

namespace sipharness::observed {

/// Until when the subscription lived, as its last SUBSCRIBE that was accepted says.
std::optional<CaptureTime> lived_until(const Phone& phone, const Subscription& one);

/// What has changed is a reason to begin anew: the Contact, the event's parameters, who asks.
bool asks_the_same(const sip::MessageView& before, const sip::MessageView& now);

/// The device registered under a new Call-ID: it may have been started anew.
bool registered_anew(const Phone& phone, CaptureTime from, CaptureTime until);

/// It came before the final response to the SUBSCRIBE, and while that was waited for.
bool is_early(const Phone& phone, const Transaction& initial, const Message& notify);

/// The first SUBSCRIBE in the dialog after `at` that asks for more time.
const Transaction* refresh_after(const Phone& phone, const Subscription& subscription,
                                 CaptureTime at);

/// Nothing fired Timer N but the lack of a NOTIFY, while the subscription was still granted.
bool was_unconfirmed(const Phone& phone, const Subscription& one, CaptureTime timer_n);

/// The next SUBSCRIBE for the same after `at`, if the device was not restarted before it.
const Transaction* subscribed_again(const Phone& phone, const Subscription& one, CaptureTime at);

/// How long a 489 holds: the registration that was alive there, else what the device asks for.
Duration registration_period(const Phone& phone, ServerRole server, CaptureTime at);

}  // namespace sipharness::observed
