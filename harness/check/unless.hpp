#pragma once
// Reasons of the profile for which rules of several families are not for a phone (Rule::unless).

#include <string_view>

#include "harness/observed/failover.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::check {

inline std::string_view leaves_early(const observed::Phone& phone) {
  if (!phone.profile.max_request_retries) return {};
  return "the device leaves early by its maximum number of retries";
}

/// The same as the wire shows it: every call that the primary did not answer went on before Timer
/// B. For Needs::waived: what such a device leaves to be judged is judged. @source AMB-17
inline std::string_view leaves_calls_early(const observed::Phone& phone) {
  if (!observed::leaves_every_silent_primary_early(phone)) return {};
  return "the device leaves a silent primary before Timer B";
}

inline std::string_view has_unknown_expiration(const observed::Phone& phone) {
  if (phone.profile.register_expiration) return {};
  return "the profile does not say the Register Expiration";
}

}  // namespace sipharness::check
