#include "harness/observed/secondary_calls.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "harness/observed/actions.hpp"
#include "harness/observed/busy.hpp"
#include "harness/observed/incoming.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/registration.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::observed {
namespace {

/// The INVITE goes to the Contact that the device registered there.
bool is_for_the_binding(const Phone& phone, const Transaction& invite) {
  const Message& message = opening(phone, invite);
  const Binding* binding = binding_at(phone, invite.server, message.at);
  return binding != nullptr &&
         sip::same_uri(attempts(phone)[binding->attempt].contact, message.sip.request_uri());
}

/// Refuses how the request was put or what it offers, not the call: the caller has to ask
/// otherwise.
bool asks_for_another_request(int status) {
  constexpr std::array statuses{401, 406, 407, 415, 420, 421, 422, 482, 488, 606};
  return std::ranges::find(statuses, status) != statuses.end();
}

/// Busy or declined: the user's word, or the state of a phone in use.
bool may_be_the_users_choice(const Phone& phone, const Transaction& invite, int status) {
  if (status / 100 == 3 || status == 487) return true;   // forwarded, or given up by the caller
  if (status == 480) return !phone.trace.has_journal();  // "do not disturb"
  if (status != 486 && status != 600 && status != 603) return false;
  const CaptureTime asked = opening(phone, invite).at;
  const CaptureTime refused = phone.at(*invite.final);
  const auto had_action = [&](std::string_view verb) {
    const auto at = next_action(phone, verb, asked);
    return at && *at <= refused;
  };
  return !phone.trace.has_journal() || is_in_call(phone, asked) ||
         sets_up_another_call(phone, invite, asked) || had_action("reject") ||
         had_action("hang_up");
}

bool had_to_be_taken(const Phone& phone, const Transaction& invite) {
  if (!is_incoming_call(phone, invite) || !is_for_the_binding(phone, invite) ||
      was_unreachable(phone, invite))
    return false;
  const CaptureTime due = opening(phone, invite).at + policy::time_to_ring;
  const auto response = response_above_100(phone, invite);
  const int status = response ? phone.message(*response).sip.status() : 0;
  const bool is_refused = status >= 300;
  if (!is_refused && phone.trace.last < due) return false;
  const bool is_in_time = response && phone.at(*response) <= due;
  if (!is_in_time && phone.trace.vantage != trace::Vantage::device) return false;
  return !asks_for_another_request(final_status(phone, invite)) &&
         !(is_refused && may_be_the_users_choice(phone, invite, status));
}

}  // namespace

std::vector<const Transaction*> find_secondary_calls(const Phone& phone) {
  std::vector<const Transaction*> found;
  for (const Transaction& invite : transactions(phone))
    if (invite.server == ServerRole::secondary && had_to_be_taken(phone, invite))
      found.push_back(&invite);
  return found;
}

}  // namespace sipharness::observed
