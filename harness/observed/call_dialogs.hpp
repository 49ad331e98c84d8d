#pragma once
// The dialogs that one call made: more than one where it was answered twice.
// @source RFC 3261 §13.2.2.4

#include <vector>

#include "harness/observed/call.hpp"
#include "harness/observed/dialogs.hpp"
#include "harness/observed/merged_requests.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// Of a call of the device, in the order in which they were confirmed.
const std::vector<const Dialog*>& dialogs_of(const Phone& phone, const CallGroup& call);
/// Of a call that reached the device on two ways, in the order of their ACKs.
std::vector<const Dialog*> dialogs_of(const Phone& phone, const MergedRequest& merged);

/// The longest time that two of the dialogs, in the order of their ACKs, were up together.
Duration longest_overlap(const Phone& phone, const std::vector<const Dialog*>& dialogs);

}  // namespace sipharness::observed
