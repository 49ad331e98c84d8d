#include "harness/observed/unplaced_calls.hpp"

#include <algorithm>

#include "harness/observed/actions.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/server_messages.hpp"

namespace sipharness::observed {
namespace {

/// The driver says that the dial was taken.
bool was_taken(const Phone& phone, const CallGroup& call) {
  const auto [first, last] =
      std::ranges::equal_range(actions(phone), *call.dialled, {}, &Action::at);
  return std::any_of(first, last, [](const Action& action) {
    return action.event->verb == "dial" && action.event->reported_ok;
  });
}

bool came_to_nothing(const Phone& phone, const CallGroup& call) {
  if (!call.dialled || !call.legs.empty() || !was_taken(phone, call)) return false;
  const CaptureTime due = *call.dialled + policy::action_grace;
  return !call.hung_up && call.until >= due && phone.trace.last >= due;
}

}  // namespace

std::vector<const CallGroup*> find_unplaced_calls(const Phone& phone) {
  std::vector<const CallGroup*> found;
  for (const CallGroup& call : calls(phone))
    if (came_to_nothing(phone, call)) found.push_back(&call);
  return found;
}

bool may_call(const Phone& phone, ServerRole server, CaptureTime at) {
  return registered(phone, server, at) && !known_down(phone, server, at) &&
         !had_sent_503(phone, server, at);
}

}  // namespace sipharness::observed
