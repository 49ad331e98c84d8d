#pragma once
// Registrations that were accepted by a 200 that does not say for how long: it neither lists the
// device's Contact nor has an Expires header. What the attempt holds for granted is then only what
// was asked for. @source RFC 3261 §10.2.4, §10.3

#include <vector>

#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"

namespace sipharness::observed {

bool is_grant_known(const RegisterAttempt& attempt);

std::vector<const RegisterAttempt*> find_unknown_grants(const Phone& phone);
/// By time.
inline const std::vector<const RegisterAttempt*>& unknown_grants(const Phone& phone) {
  return phone.derived<find_unknown_grants>();
}

}  // namespace sipharness::observed
