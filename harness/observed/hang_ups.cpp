#include "harness/observed/hang_ups.hpp"

#include <algorithm>
#include <optional>

#include "harness/observed/invites.hpp"
#include "harness/observed/policy.hpp"

namespace sipharness::observed {

using policy::race;

namespace {

/// Without a journal the CANCEL of a call that went nowhere else tells it.
std::optional<CaptureTime> given_up_at(const Phone& phone, const CallGroup& call, const Leg& leg) {
  if (call.hung_up || phone.trace.has_journal()) return call.hung_up;
  return leg.cancel && call.legs.size() == 1 ? std::optional(phone.at(*leg.cancel)) : std::nullopt;
}

}  // namespace

bool had_to_wait_with_cancel(const Phone& phone, const CallGroup& call, const Leg& leg) {
  if (!call.hung_up || !leg.provisional || leg.i0 > *call.hung_up) return false;
  const CaptureTime heard = phone.at(*leg.provisional);
  if (heard < *call.hung_up + race || !awaits_answer(phone, invite_of(phone, leg), heard))
    return false;
  return leg.cancel || !leg.final || phone.at(*leg.final) > heard + policy::time_to_cancel;
}

bool was_hung_up_after_final(const Phone& phone, const Transaction& invite) {
  const CallGroup* call = call_of(phone, invite);
  return call != nullptr && call->hung_up && invite.final &&
         phone.at(*invite.final) + race <= *call->hung_up;
}

const Transaction* invite_after(const Phone& phone, const CallGroup& call, CaptureTime at) {
  for (const Leg& leg : call.legs)
    for (const std::size_t invite : leg.invites)
      if (phone.at(transactions(phone)[invite].sends.front()) > at)
        return &transactions(phone)[invite];
  return nullptr;
}

bool crossed_the_hang_up(const Phone& phone, const CallGroup& call, const Leg& leg) {
  const auto given_up = given_up_at(phone, call, leg);
  if (!given_up || !is_answered(phone, leg)) return false;
  const CaptureTime at = phone.at(*leg.final);
  if (at <= *given_up) return false;
  const bool is_waited_for =
      awaits_answer(phone, invite_of(phone, leg), at) &&
      (!leg.cancel || at < phone.at(*leg.cancel) + phone.profile.timers.sixty_four_t1());
  return is_waited_for || !leg.acks_2xx.empty();
}

bool was_answered_before(const Phone& phone, const CallGroup& call, CaptureTime at) {
  return std::ranges::any_of(call.legs, [&](const Leg& leg) {
    return is_answered(phone, leg) && phone.at(*leg.final) < at;
  });
}

}  // namespace sipharness::observed
