#pragma once
// The BYEs of a phone, each with the call that it ended. @source RFC 3261 §15.1.1

#include <vector>

#include "harness/observed/dialogs.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

struct OwnBye {
  const Transaction* bye = nullptr;
  const Dialog* dialog = nullptr;
};

std::vector<OwnBye> find_own_byes(const Phone& phone);
/// Those in confirmed dialogs, by time.
inline const std::vector<OwnBye>& own_byes(const Phone& phone) {
  return phone.derived<find_own_byes>();
}

/// Every transmission of the BYE.
Evidence evidence_of(const Phone& phone, const OwnBye& own);

}  // namespace sipharness::observed
