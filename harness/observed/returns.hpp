#pragma once
// The way back: when the device was registered again at a primary that had been lost, which calls
// that concerns, and which calls over the secondary were up then.
// @source guide.txt, Case 1 ("always"); requirements AMB-13

#include <vector>

#include "harness/observed/call.hpp"
#include "harness/observed/dialogs.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {

std::vector<CaptureTime> find_returns_of_primary(const Phone& phone);
/// When registrations at the primary succeeded that followed a loss since the last 200: the attempt
/// before failed, a call had found it silent, or the journal says that it was out. Sorted.
inline const std::vector<CaptureTime>& returns_of_primary(const Phone& phone) {
  return phone.derived<find_returns_of_primary>();
}

/// A call that had to use the primary because it was back.
struct CallAfterReturn {
  const CallGroup* call = nullptr;
  bool is_first = false;  ///< since that return
};

std::vector<CallAfterReturn> find_calls_after_return(const Phone& phone);
inline const std::vector<CallAfterReturn>& calls_after_return(const Phone& phone) {
  return phone.derived<find_calls_after_return>();
}

/// Its first leg.
Evidence evidence_of(const Phone& phone, const CallAfterReturn& after);

/// A dialog over the secondary that was up when the primary returned.
struct DialogAcrossReturn {
  const Dialog* dialog = nullptr;
  CaptureTime back;
};

std::vector<DialogAcrossReturn> find_dialogs_across_return(const Phone& phone);
/// By the time of the return.
inline const std::vector<DialogAcrossReturn>& dialogs_across_return(const Phone& phone) {
  return phone.derived<find_dialogs_across_return>();
}

/// What the device did to the call just because the primary came back: a BYE or re-INVITE that
/// follows no action. Null: nothing.
const Message* disturbance_of(const Phone& phone, const DialogAcrossReturn& across);

/// The INVITE of the dialog.
Evidence evidence_of(const Phone& phone, const DialogAcrossReturn& across);

}  // namespace sipharness::observed
