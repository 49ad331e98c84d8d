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

/// The device went on living after a request to it had timed out.
bool outlived(const Phone& phone, const Message& request);

/// The device answered a request to this URI: it is reached there.
bool has_answered_at(const Phone& phone, std::string_view request_uri);

/// The far end of a call that the device made sent it to the Contact of the INVITE.
bool goes_to_the_contact(const Phone& phone, const sip::MessageView& request);

/// The capture shows that the device cannot know the dialog of the request. Tags that a phone
/// beyond a proxy got wrong in its own call say nothing of this one: it may take them (§12.2.2).
bool is_in_unknown_dialog(const Phone& phone, const Message& request);

/// Neither the end of the capture, of the device or of the call came before it had to answer. A BYE
/// ends the call itself and is answered all the same, unless another one came first.
bool had_time_to_answer(const Phone& phone, const Transaction& request);

/// In time: an INVITE that rings waits for a person; any other answer comes before the asker gives
/// up.
/// @source RFC 3261 §17.1.2.2 (Timer F)
bool is_answered(const Phone& phone, const Transaction& request);

/// A request in a call, which needs an answer: CANCEL and ACK have none there, and NOTIFY belongs
/// to a subscription.
bool is_in_answered_dialog(const Phone& phone, const Transaction& request);

}  // namespace sipharness::observed
