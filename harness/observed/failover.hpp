#pragma once
// Calls that the primary failed: what failed them, when the device could know, and what it did
// next.
// @source RFC 3263 §4.3; RFC 3261 §8.1.2, §17.1.1.2 (Timer B), §18.4

#include <string>
#include <string_view>
#include <vector>

#include "harness/observed/call.hpp"
#include "harness/observed/connections.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/verdict/finding.hpp"

namespace sipharness::observed {

/// A call that began at the primary.
struct PrimaryCall {
  const CallGroup* call = nullptr;
  const Leg* primary = nullptr;
  const Leg* secondary = nullptr;  ///< null: the device never tried it
};

std::vector<PrimaryCall> find_primary_calls(const Phone& phone);
/// In the order of the calls.
inline const std::vector<PrimaryCall>& primary_calls(const Phone& phone) {
  return phone.derived<find_primary_calls>();
}

/// A call whose leg at the primary drew no response before Timer B or before the device left it.
struct SilentPrimary {
  const CallGroup* call = nullptr;
  const Leg* primary = nullptr;
  const Leg* secondary = nullptr;  ///< null: the device never tried it
  CaptureTime deadline;            ///< i0 + 64·T1 + fo_grace
  bool has_signal = false;         ///< ICMP or RST told the device earlier
  bool was_observed = false;       ///< the capture reaches past the deadline
  /// Without a journal: it went nowhere, and the user may have hung up. No CANCEL may tell (RFC
  /// 3261 §9.1). Calls that each go nowhere, so often that it is a habit, are the device's.
  bool may_be_given_up = false;
};

std::vector<SilentPrimary> find_calls_to_silent_primary(const Phone& phone);
/// Calls that stayed at the primary because the user gave them up, or the secondary was lost too,
/// are left out.
inline const std::vector<SilentPrimary>& calls_to_silent_primary(const Phone& phone) {
  return phone.derived<find_calls_to_silent_primary>();
}

/// The first INVITE at the primary, and that at the secondary if there is one.
Evidence evidence_of(const Phone& phone, const SilentPrimary& failed);

/// There are such calls, and each went on at the secondary before Timer B of its own accord.
bool leaves_every_silent_primary_early(const Phone& phone);

/// A call that stayed where it drew nothing, and one to another number that began at the secondary
/// when the first should have gone there: dial plans differ by server, so it may be the same.
struct PossibleMove {
  const CallGroup* from = nullptr;
  const CallGroup* to = nullptr;
};

std::vector<PossibleMove> find_possible_moves(const Phone& phone);
/// By time.
inline const std::vector<PossibleMove>& possible_moves(const Phone& phone) {
  return phone.derived<find_possible_moves>();
}

/// The one from, or to, that call; null if there is none.
const PossibleMove* possible_move_of(const Phone& phone, const CallGroup& call);
/// "an INVITE to 2001 went to the secondary 32.000 s later: the same call? ..."
std::string describe(const Phone& phone, const PossibleMove& move);

/// Whose doing it is that nothing can be said of calls that moved to the secondary: the device's,
/// if one stayed where it drew nothing.
verdict::Blame blame_for_no_move(const Phone& phone);
/// The same of calls that end at the primary: the device's, if one failed there.
verdict::Blame blame_for_no_signal(const Phone& phone);

/// "7 INVITEs at the primary, the last 31.500 s after the first": what a call that was not taken
/// elsewhere did there.
std::string describe_tries(const Phone& phone, const SilentPrimary& failed);

/// Only a journal tells of dials. Without one, an INVITE at the secondary some time after `since`,
/// with a Call-ID of its own, may be the user's next try.
bool may_be_dialled_anew(const Phone& phone, const Leg& primary, const Leg& secondary,
                         CaptureTime since);

/// The device cancelled the call at the primary, so that INVITE may be another one. Null: no leg.
bool may_be_dialled_anew(const Phone& phone, const Leg* cancelled, const Leg* secondary);

/// Without a journal: the user may have hung up before `at`. Without a provisional response no
/// CANCEL tells. @source RFC 3261 §9.1
bool may_be_hung_up_by(const Phone& phone, const Leg& leg, CaptureTime at);

/// What is asked where a call did not go on, and may_be_hung_up_by then.
inline constexpr std::string_view hung_up_unseen =
    "; hung up before that? With --journal it would be told";

/// The SilentPrimary of this call may_be_given_up: null if not, or if the call has none.
const SilentPrimary* given_up(const Phone& phone, const CallGroup& call);

/// Why nothing can be said of a call that may_be_given_up.
std::string given_up_or_left(const Phone& phone, const SilentPrimary& failed);

/// Why nothing can be said of a call that did not go on: it may be another one that did, or its
/// user gave it up. Empty: nothing excuses it.
std::string excuse_for_staying(const Phone& phone, const SilentPrimary& failed);

/// Kinds of failure signals.
inline constexpr std::string_view timeout_signal = "Timer B";
inline constexpr std::string_view transport_signal = "ICMP or RST";
inline constexpr std::string_view refused_signal = "a refused connection";
inline constexpr std::string_view hanging_signal = "a connection that never opened";

/// A moment from which the device should have tried the next server.
struct FailureSignal {
  const CallGroup* call = nullptr;
  const Leg* primary = nullptr;  ///< null: no connection came about for its INVITE
  const Leg* secondary = nullptr;
  CaptureTime at{};
  std::string_view kind{};                        ///< one of the above, or "503"
  const ConnectionAttempt* connection = nullptr;  ///< where there is no leg at the primary
};

std::vector<FailureSignal> find_failure_signals(const Phone& phone);
/// Calls that failed at the primary by 503, transport or Timer B. A device that left before any of
/// them (early leave, AMB-17) gives no signal.
inline const std::vector<FailureSignal>& failure_signals(const Phone& phone) {
  return phone.derived<find_failure_signals>();
}

/// The first INVITE at each server.
Evidence evidence_of(const Phone& phone, const PrimaryCall& call);
/// What shows the failure, and the INVITE at the secondary if there is one.
Evidence evidence_of(const Phone& phone, const FailureSignal& signal);

/// The first INVITE at each of the two servers; `secondary` may be null.
Evidence evidence_of_both(const Phone& phone, const Leg& primary, const Leg* secondary);

}  // namespace sipharness::observed
