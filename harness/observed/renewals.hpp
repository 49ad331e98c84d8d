#pragma once
// Bindings that a phone had to renew, and what renewed them. @source RFC 3261 §10.2.4

#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"

namespace sipharness::observed {

/// A binding that a healthy server granted, or that was left to lapse, and the next attempt that it
/// accepted; null if none.
struct Renewal {
  const RegisterAttempt* granted = nullptr;
  const RegisterAttempt* renewed = nullptr;
};

std::vector<Renewal> find_renewals(const Phone& phone);
/// Those at the primary, those at the secondary.
inline const std::vector<Renewal>& renewals(const Phone& phone) {
  return phone.derived<find_renewals>();
}

/// The attempt that was granted.
Evidence evidence_of(const Phone& phone, const Renewal& renewal);

}  // namespace sipharness::observed
