#pragma once
// Registrations that failed for now, and when the device tried that server again.
// @source guide.txt, Case 1; RFC 3261 §10.2.7, §20.33; RFC 5626 §4.5

#include <optional>
#include <string>
#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"

namespace sipharness::observed {

/// An attempt that was not answered, or refused in a way that another one may succeed later.
struct FailedRegistration {
  const RegisterAttempt* attempt = nullptr;
  CaptureTime at;  ///< when the device could know
  /// How long the device must rest first: Retry-After, or what the profile says of 403 and 404.
  Duration rest{};
  /// What it waits: as the profile says, or, where its waits grow, twice the one before.
  Duration wait{};
  /// The same, but the expiry asked for where the profile does not say the wait: the server is due
  /// for a refresh by then. An hour where that is not known either.
  Duration longest_wait{};
  /// The next REGISTER at that server that takes nothing back, or the next connection to it, which
  /// one that is refused may never leave; nothing: there is none.
  std::optional<CaptureTime> next;
};

std::vector<FailedRegistration> find_failed_registrations(const Phone& phone);
/// At the primary, then at the secondary; each in time order.
inline const std::vector<FailedRegistration>& failed_registrations(const Phone& phone) {
  return phone.derived<find_failed_registrations>();
}

/// Its first REGISTER, and the refusal if there was one.
Evidence evidence_of(const Phone& phone, const FailedRegistration& failed);

/// "a timeout", "a transport error", "a 480".
std::string describe_failure(const Phone& phone, const RegisterAttempt& failed);

}  // namespace sipharness::observed
