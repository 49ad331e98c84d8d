#pragma once
// Calls that the primary failed: what failed them, when the device could know, and what it did
// next.
// @source RFC 3263 §4.3; RFC 3261 §8.1.2, §17.1.1.2 (Timer B), §18.4

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/check/evidence.hpp"
#include "harness/check/judge.hpp"
#include "harness/check/streams.hpp"

namespace sipharness::check {

/// A call whose leg at the primary drew no response before Timer B or before the device left it.
struct SilentPrimary {
  const trace::CallGroup* call = nullptr;
  const trace::Leg* primary = nullptr;
  const trace::Leg* secondary = nullptr;  ///< null: the device never tried it
  CaptureTime deadline;                   ///< i0 + 64·T1 + fo_grace
  bool has_signal = false;                ///< ICMP or RST told the device earlier
  bool was_observed = false;              ///< the capture reaches past the deadline
};

/// Calls that stayed at the primary because the user gave them up, or the secondary was lost too,
/// are left out.
std::vector<SilentPrimary> calls_to_silent_primary(const Context& context);

/// Whose doing it is that nothing can be said of calls that moved to the secondary: the device's,
/// if one stayed where it drew nothing.
verdict::Blame blame_for_no_move(const Context& context);

/// "7 INVITEs at the primary, the last 31.500 s after the first": what a call that was not taken
/// elsewhere did there.
std::string describe_tries(const Context& context, const SilentPrimary& failed);

/// Kinds of failure signals.
inline constexpr std::string_view timeout_signal = "Timer B";
inline constexpr std::string_view transport_signal = "ICMP or RST";
inline constexpr std::string_view refused_signal = "a refused connection";
inline constexpr std::string_view hanging_signal = "a connection that never opened";

/// A moment from which the device should have tried the next server.
struct FailureSignal {
  const trace::CallGroup* call = nullptr;
  const trace::Leg* primary = nullptr;  ///< null: no connection came about for its INVITE
  const trace::Leg* secondary = nullptr;
  CaptureTime at;
  std::string_view kind;                          ///< one of the above, or "503"
  std::optional<ConnectionAttempt> connection{};  ///< where there is no leg at the primary
};

/// Calls that failed at the primary by 503, transport or Timer B. A device that left before any of
/// them (early leave, AMB-17) gives no signal.
std::vector<FailureSignal> failure_signals(const Context& context);

/// What shows the failure, and the INVITE at the secondary if there is one.
Evidence evidence_of(const Context& context, const FailureSignal& signal);

/// The first INVITE at each of the two servers; `secondary` may be null.
Evidence evidence_of_both(const Context& context, const trace::Leg& primary,
                          const trace::Leg* secondary);

}  // namespace sipharness::check
