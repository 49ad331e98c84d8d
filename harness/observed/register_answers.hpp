#pragma once
// What a REGISTER asks for and what the answer to it grants or refuses; how long the device then
// left its server alone. @source RFC 3261 §10.2, §10.2.4, §20.10, §20.19, §20.23

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/observed/phone.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/message.hpp"

namespace sipharness::observed {

/// All that can be read, in one line or in several.
std::vector<sip::Address> contacts_in(const sip::MessageView& message);

/// A REGISTER takes the binding of this Contact back.
bool is_ended(const sip::MessageView& request, const sip::Address& contact);

/// The first Contact of a REGISTER that asks for a binding, whatever it takes back beside it; else
/// the first.
std::optional<sip::Address> bound_contact_of(const sip::MessageView& request);

/// The reg-id of that Contact: which of the device's flows this is. Empty if it has none.
/// @source RFC 5626 §4.2.1
std::string_view flow_of(const sip::MessageView& request);

/// The expiry that a REGISTER asks for: by that Contact, or by its Expires header.
std::optional<std::chrono::seconds> asked_in(const sip::MessageView& request);
std::optional<std::chrono::seconds> asked_in(const sip::MessageView& request,
                                             const std::optional<sip::Address>& contact);

/// The final response to a REGISTER; null if it got none.
const sip::MessageView* answer_to(const Phone& phone, const Transaction& registration);

/// The 200 that granted a binding; null if the attempt drew none.
const sip::MessageView* grant_to(const Phone& phone, const RegisterAttempt& attempt);

/// The attempts at the same server that began while the granted expiry ran.
std::size_t attempts_in_period(const Phone& phone, const Refresh& refresh);

/// Nothing but time told the device: the next attempt did not come before Timer F.
bool timed_out(const Phone& phone, const RegisterAttempt& attempt);

/// The attempt went to another machine than `failed`, which is no second try there.
/// @source RFC 3263 §4.3
bool is_at_another_machine(const Phone& phone, const RegisterAttempt& attempt,
                           const Transaction& failed);

/// Both have the same Contact, To and expiry, and credentials or none.
bool has_same_content(const sip::MessageView& before, const sip::MessageView& now);

/// A Contact of it is "*", whatever stands beside it.
bool has_star(const sip::MessageView& request);

/// The attempt `last` refreshes what `bound` made when that was due, as if the device did not go.
bool was_due(const Phone& phone, const RegisterAttempt& bound, const RegisterAttempt& last);

}  // namespace sipharness::observed
