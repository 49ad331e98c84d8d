#pragma once
// Whether a call could go on to the secondary, and how it came to do so.
// @source RFC 3263 §4.3; RFC 3261 §8.1.3.1, §17.1.1.2

#include <optional>

#include "harness/observed/call.hpp"
#include "harness/observed/failover.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

/// The secondary could not have served the call, or its user did not wait for it until then.
bool had_no_next_server(const Phone& phone, const CallGroup& call, CaptureTime until);

/// The call reached the secondary within fo_grace of the signal.
bool was_reached_within_grace(const Phone& phone, const FailureSignal& signal);

/// Message: the last INVITE to the primary, if one was sent later than so long after the signal.
std::optional<std::size_t> sent_after(const Phone& phone, const FailureSignal& signal,
                                      Duration after);

/// How long after its first INVITE the device left a silent primary, where no signal had told it
/// anything and Timer B was not over (AMB-17); nothing if it did not.
std::optional<Duration> left_early_after(const Phone& phone, const SilentPrimary& failed);

/// How many INVITEs the primary got before the call went on to the secondary, which it did.
std::size_t tries_before_secondary(const Phone& phone, const SilentPrimary& failed);

/// The next INVITE of the call, at whichever server, with a branch of its own; null: none.
const Transaction* next_try(const Phone& phone, const CallGroup& call, const Transaction& invite);

/// A call tried the primary although the device had seen its registration there fail.
struct CallToLostPrimary {
  CaptureTime start;
  const Leg* leg = nullptr;
};

std::vector<CallToLostPrimary> find_calls_to_lost_primary(const Phone& phone);
/// Those that the secondary could have served, by their beginnings.
inline const std::vector<CallToLostPrimary>& calls_to_lost_primary(const Phone& phone) {
  return phone.derived<find_calls_to_lost_primary>();
}

}  // namespace sipharness::observed
