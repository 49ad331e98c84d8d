#pragma once
// Calls as a user sees them: one group per dial, one leg per server.
// @source ALG-CALL, ALG-LEG: requirements §0.4

#include <optional>
#include <string>
#include <vector>

#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

/// The INVITE transactions of one call group at one server: more than one after a challenge or a
/// redirection, or where a copy has a branch of its own; the last one counts.
struct Leg {
  ServerRole server = ServerRole::none;
  std::vector<std::size_t> invites;  ///< indices into the transactions
  CaptureTime i0;  ///< first transmission of the last INVITE, copies on new branches included
  std::optional<std::size_t> provisional;  ///< message indices from here on
  std::optional<std::size_t> final;
  std::vector<std::size_t> acks_2xx;  ///< ACKs to the 2xx of any fork, wherever they went
  std::optional<std::size_t> cancel;
  std::optional<std::size_t> bye_from_device;
  std::optional<std::size_t> bye_to_device;
  CaptureTime end;  ///< min(final, CANCEL, i0 + 64·T1 if no response)
  bool silent() const { return !provisional && !final; }
};

/// Everything that one outgoing call of the user put on the wire.
struct CallGroup {
  std::string number;
  std::optional<CaptureTime> dialled;  ///< journal: the dial action
  std::optional<CaptureTime> hung_up;  ///< journal: the user's hang-up for this call
  CaptureTime until;                   ///< the next dial, or the end of the trace
  std::vector<Leg> legs;               ///< by time of first INVITE
  const Leg* leg(ServerRole server) const;
};

std::vector<CallGroup> find_calls(const Phone& phone);
/// In the order of their beginnings: the dial, or the first INVITE.
inline const std::vector<CallGroup>& calls(const Phone& phone) {
  return phone.derived<find_calls>();
}

/// One leg of a call.
struct CallLeg {
  const CallGroup* call = nullptr;
  const Leg* leg = nullptr;
};

std::vector<CallLeg> find_call_legs(const Phone& phone);
/// All legs of all calls.
inline const std::vector<CallLeg>& call_legs(const Phone& phone) {
  return phone.derived<find_call_legs>();
}

/// The INVITE of a leg that counts: the last one.
inline const Transaction& invite_of(const Phone& phone, const Leg& leg) {
  return transactions(phone)[leg.invites.back()];
}

/// Every transmission of the INVITE that counts, copies on new branches included.
std::vector<std::size_t> sends_of(const Phone& phone, const Leg& leg);

/// Message: the first INVITE of a leg.
std::size_t first_invite(const Phone& phone, const Leg& leg);
/// When that left: before a challenge, where i0 is after it.
CaptureTime reached_at(const Phone& phone, const Leg& leg);

/// It ended with a 2xx.
inline bool is_answered(const Phone& phone, const Leg& leg) {
  return is_accepted(phone, invite_of(phone, leg));
}

/// It was, and the capture ends before the ACK is due.
bool awaits_ack(const Phone& phone, const Leg& answered);

/// The user's call that an INVITE belongs to; null for any other transaction.
const CallGroup* call_of(const Phone& phone, const Transaction& invite);

/// First response of a leg, provisional or final.
std::optional<std::size_t> first_response(const Phone& phone, const Leg& leg);

/// The user gave up the call before `at`.
bool hung_up_before(const CallGroup& call, CaptureTime at);

/// The call that a refusal belongs to went on at another server after it.
bool goes_on_elsewhere(const Phone& phone, const Transaction& invite, CaptureTime at);

/// Their INVITEs that count have the same branch.
bool share_a_branch(const Phone& phone, const Leg& one, const Leg& other);

}  // namespace sipharness::observed
