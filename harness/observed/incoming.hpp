#pragma once
// What servers ask of the device: their requests and its answers, as several checks see them.
// @source RFC 3261 §13.3, §17.2

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "harness/observed/dialog_requests.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

/// What a device sends this soon after something arrived was on its way already.
inline constexpr Duration in_flight = policy::round_trip_slack;

std::vector<const Transaction*> find_server_transactions(const Phone& phone);
/// The device's: requests of its servers, by time.
inline const std::vector<const Transaction*>& server_transactions(const Phone& phone) {
  return phone.derived<find_server_transactions>();
}

bool is_from_server(const Transaction& transaction);
/// An INVITE of a server outside any dialog.
bool is_incoming_call(const Phone& phone, const Transaction& transaction);

/// The device was off, or its port was closed, when this reached it.
bool was_unreachable(const Phone& phone, const Transaction& transaction);

/// The final response and its copies: same status, same To tag.
std::vector<std::size_t> copies_of_final(const Phone& phone, const Transaction& transaction);

/// The server repeated the request after it was answered.
bool was_asked_again(const Phone& phone, const Transaction& transaction);

/// "486 to INVITE".
std::string describe_final(const Phone& phone, const Transaction& transaction);

/// The first request of that method, from that direction, in the dialog that a 2xx of the device
/// to `invite` made, after that 2xx.
std::optional<std::size_t> next_in_dialog(const Phone& phone, const DialogRequests& requests,
                                          const Transaction& invite, sip::Method method,
                                          Direction direction);

/// Any sign that a call which a server brought was taken.
bool was_taken(const Phone& phone, const Transaction& invite);

std::array<std::vector<const Transaction*>, 3> find_incoming_calls(const Phone& phone);
/// Those that a server brought, in time order.
inline const std::vector<const Transaction*>& incoming_calls(const Phone& phone,
                                                             ServerRole server) {
  return phone.derived<find_incoming_calls>()[static_cast<std::size_t>(server)];
}

}  // namespace sipharness::observed
