#pragma once
// When the reference UA refreshes, and how its transactions keep time: profile and deviations in,
// values out. Pure.
// @source guide.txt, "(Optional)" step: Reregister before Expiration; RFC 3261 §10.2.4

#include "harness/dut/reference_ua/deviation.hpp"
#include "harness/dut/reference_ua/server.hpp"
#include "harness/scenario/profile.hpp"
#include "harness/sip/transaction/quirks.hpp"

namespace sipharness::dut {

/// From the arrival of the 200 to the next REGISTER, for an expiry that the server granted.
Duration refresh_delay(Duration granted, const scenario::Profile& profile,
                       const DeviationSet& deviations);

/// From a failed attempt to the next, where `regular` is right. `failures` counts those in a row.
Duration wait_after_failure(Duration regular, int failures, ServerRole at,
                            const DeviationSet& deviations);

/// Early leave (the profile's limit of repeats) and the deviations that bend Timers A, B, E, F.
sip::ClientQuirks client_quirks(const scenario::Profile& profile, const DeviationSet& deviations);

/// The deviations that bend Timers G to J and L.
sip::ServerQuirks server_quirks(const DeviationSet& deviations);

/// How long a call waits for any answer of a server before it goes on by itself; nothing: as long
/// as its transaction does.
std::optional<Duration> invite_timeout(const scenario::Profile& profile,
                                       const DeviationSet& deviations, ServerRole at);

/// How long a call waits between the failure of one server and the next.
Duration pause_before_fallback(const DeviationSet& deviations);

}  // namespace sipharness::dut
