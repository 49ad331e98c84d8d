#pragma once
// The INVITEs of a phone, each with the CANCEL that it sent for it. @source RFC 3261 §9.1

#include <vector>

#include "harness/observed/evidence.hpp"

namespace sipharness::observed {

struct OwnInvite {
  const Transaction* invite = nullptr;
  const Transaction* cancel = nullptr;  ///< null: it was not cancelled
};

std::vector<OwnInvite> find_own_invites(const Phone& phone);
/// In dialogs too, by time.
inline const std::vector<OwnInvite>& own_invites(const Phone& phone) {
  return phone.derived<find_own_invites>();
}

/// The first transmission of the INVITE.
Evidence evidence_of(const Phone& phone, const OwnInvite& own);

/// Nothing came before Timer B: the device had to leave it without a CANCEL.
bool was_silent(const Phone& phone, const Transaction& invite);

/// The device heard more of the INVITE than a capture without a journal has.
bool may_follow_a_lost_response(const Phone& phone, const OwnInvite& own, std::size_t cancel);

/// A CANCEL on the branch of a request that is no INVITE.
struct CancelledOther {
  const Message* request = nullptr;
  const Transaction* cancel = nullptr;
};

std::vector<CancelledOther> find_cancelled_others(const Phone& phone);
/// By the CANCELs.
inline const std::vector<CancelledOther>& cancelled_others(const Phone& phone) {
  return phone.derived<find_cancelled_others>();
}

/// The request.
Evidence evidence_of(const Phone& phone, const CancelledOther& other);

}  // namespace sipharness::observed
