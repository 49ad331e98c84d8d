#pragma once
// RTP that a server withheld from a call, because its description names an address that the server
// does not send to (journal: `diverted`). A device that hears nothing may hang up, and then nobody
// knows whether it had another reason.

#include <string>

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// Why this BYE of the device may have nothing to do with what came before it, and what lets a run
/// find that out; empty: it is no BYE of the device in a call, its user hung up, or no description
/// of the device before it asks for RTP where the server sends none.
std::string may_miss_media(const Phone& phone, const Message& bye);

std::string find_missed_media(const Phone& phone);
/// The same of the first such BYE: what was to happen in that call may not have happened for it.
inline const std::string& missed_media(const Phone& phone) {
  return phone.derived<find_missed_media>();
}

}  // namespace sipharness::observed
