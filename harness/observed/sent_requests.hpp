#pragma once
// The requests that a phone sent, every transmission, by method, by Call-ID and by branch.

#include <vector>

#include "harness/observed/phone.hpp"
#include "harness/observed/requests.hpp"

namespace sipharness::observed {

using Messages = std::vector<const Message*>;

/// In capture order.
Messages find_invites_of_device(const Phone& phone);
inline const Messages& invites_of_device(const Phone& phone) {
  return phone.derived<find_invites_of_device>();
}

Messages find_registers_of_device(const Phone& phone);
inline const Messages& registers_of_device(const Phone& phone) {
  return phone.derived<find_registers_of_device>();
}

Messages find_registers_anywhere(const Phone& phone);
/// Also those to what is no server.
inline const Messages& registers_anywhere(const Phone& phone) {
  return phone.derived<find_registers_anywhere>();
}

/// Those with the Call-ID of that message.
const Messages& requests_in_call_of(const Phone& phone, const Message& message);

/// The first of all requests with the branch of this one.
const Message& first_with_branch_of(const Phone& phone, const Message& request);

/// Another one, to which it is no CANCEL or ACK, had its branch before. @source RFC 3261 §8.1.1.7
bool has_branch_of_another(const Phone& phone, const Message& request);

}  // namespace sipharness::observed
