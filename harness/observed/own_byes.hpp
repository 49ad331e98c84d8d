#pragma once
// The BYEs of a phone, each with the call that it ended. @source RFC 3261 §15.1.1

#include <vector>

#include "harness/observed/call.hpp"
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

/// A further request of the device in a dialog that it has ended. A BYE tried again is none, nor is
/// what belongs to a subscription that shares the dialog and outlives the call (RFC 5057 §4.2).
const Message* request_after(const Phone& phone, const OwnBye& own);

/// The call that was dialled while nothing answered the BYE; null: none.
const CallGroup* next_call_meanwhile(const Phone& phone, const Transaction& bye);

/// The BYE had its answer, or was given up, and the capture shows what followed.
bool is_settled(const Phone& phone, const Transaction& bye);

}  // namespace sipharness::observed
