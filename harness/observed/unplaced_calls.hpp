#pragma once
// Dials that a phone took and that put no INVITE on the wire. Only a journal tells of dials.

#include <vector>

#include "harness/observed/call.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// In the order of the calls. Left out are those that the user ended soon.
std::vector<const CallGroup*> find_unplaced_calls(const Phone& phone);
inline const std::vector<const CallGroup*>& unplaced_calls(const Phone& phone) {
  return phone.derived<find_unplaced_calls>();
}

/// A server holds the registration and has asked for nothing that keeps calls away from it.
bool may_call(const Phone& phone, ServerRole server, CaptureTime at);

}  // namespace sipharness::observed
