#pragma once
// Changes of a session that are tried again, and what makes that needless: both sides changed it at
// once. @source RFC 3261 §14.1

#include "harness/observed/midcall.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {

bool ended_before(const Dialog& dialog, CaptureTime at);

CaptureTime sent_at(const Phone& phone, const Modification& modification);

/// The next re-INVITE in the dialog after the answer to that one; null if there is none.
const Modification* next_try(const Phone& phone, const Modification& refused);

/// The user, the far end or a restart may have made the change pointless.
bool became_pointless(const Phone& phone, const Modification& refused, CaptureTime until,
                      CaptureTime latest);

}  // namespace sipharness::observed
