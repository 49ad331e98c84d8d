#pragma once
// Requests outside dialogs that carry a Route: of a Service-Route, or of an outbound proxy that the
// device is set to. @source RFC 3261 §8.1.2; RFC 3608 §6.1

#include <vector>

#include "harness/observed/call.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {

std::vector<const Message*> find_requests_with_preloaded_route(const Phone& phone);
/// Of the device, every transmission, in capture order.
inline const std::vector<const Message*>& requests_with_preloaded_route(const Phone& phone) {
  return phone.derived<find_requests_with_preloaded_route>();
}

/// The request went to one server of the account, and its first Route names the other one.
bool routes_to_other_server(const Phone& phone, const Message& request);
/// The same of its INVITE.
bool routes_to_other_server(const Phone& phone, const Leg& leg);

/// The first Route leads to where the request went, as far as the capture tells.
bool follows_its_route(const Phone& phone, const Message& request);

}  // namespace sipharness::observed
