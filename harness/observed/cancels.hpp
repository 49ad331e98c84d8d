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

}  // namespace sipharness::observed
