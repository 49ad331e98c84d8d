#pragma once
// Registrations that were accepted by a 200 that does not say for how long: it does not list the
// device's Contact, or gives it no expiry. A registrar must do both; what a device goes by then,
// the Expires header or what it asked for, or whether it asks again, no RFC says.
// @source RFC 3261 §10.2.4, §10.3 step 8

#include <vector>

#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"

namespace sipharness::observed {

bool is_grant_known(const RegisterAttempt& attempt);

/// Accepted, but by a 200 that lists no binding of what was asked to be bound, or one of no time.
bool is_accepted_for_nothing(const RegisterAttempt& attempt);

std::vector<const RegisterAttempt*> find_unknown_grants(const Phone& phone);
/// By time.
inline const std::vector<const RegisterAttempt*>& unknown_grants(const Phone& phone) {
  return phone.derived<find_unknown_grants>();
}

}  // namespace sipharness::observed
