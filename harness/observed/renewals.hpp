#pragma once
// Bindings that a phone had to renew, and what renewed them: those of each address of record, and
// of several Contacts each. @source RFC 3261 §10.2.1.1, §10.2.4

#include <string_view>
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
  Duration expiry{};
  /// Of a further Contact of the attempt; empty: of its first, which another one may replace.
  std::string_view contact{};
};

std::vector<Renewal> find_renewals(const Phone& phone);
/// Those at the primary, those at the secondary.
inline const std::vector<Renewal>& renewals(const Phone& phone) {
  return phone.derived<find_renewals>();
}

/// Nothing renewed it, and the phone went on to register another address of record, or without
/// this further Contact, at that server: it may have given this one up.
bool may_be_given_up(const Phone& phone, const Renewal& renewal);

/// The attempt that was granted.
Evidence evidence_of(const Phone& phone, const Renewal& renewal);

}  // namespace sipharness::observed
