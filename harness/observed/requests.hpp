#pragma once
// The requests of a phone, every transmission, in capture order: all, by method, by Call-ID.

#include <string_view>
#include <vector>

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

using Messages = std::vector<const Message*>;

Messages find_requests_of_device(const Phone& phone);
inline const Messages& requests_of_device(const Phone& phone) {
  return phone.derived<find_requests_of_device>();
}

Messages find_invites_of_device(const Phone& phone);
inline const Messages& invites_of_device(const Phone& phone) {
  return phone.derived<find_invites_of_device>();
}

Messages find_registers_of_device(const Phone& phone);
inline const Messages& registers_of_device(const Phone& phone) {
  return phone.derived<find_registers_of_device>();
}

/// Those with that Call-ID, no ACK left out.
const Messages& requests_in_call(const Phone& phone, std::string_view call_id);

/// The first of all requests with the branch of this one.
const Message& first_with_branch_of(const Phone& phone, const Message& request);

/// The device sent something later than `at`.
bool sends_after(const Phone& phone, CaptureTime at);

}  // namespace sipharness::observed
