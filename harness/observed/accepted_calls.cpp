#include "harness/observed/accepted_calls.hpp"

#include <algorithm>

#include "harness/observed/actions.hpp"
#include "harness/observed/dialog_requests.hpp"
#include "harness/observed/incoming.hpp"
#include "harness/observed/midcall.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/tolerances.hpp"

namespace sipharness::observed {
namespace {

Accepted follow(const Phone& phone, const Transaction& invite) {
  const auto next = [&](sip::Method method, Direction direction) {
    return next_in_dialog(phone, dialog_requests(phone), invite, method, direction);
  };
  const CaptureTime answered = phone.at(*invite.final);
  return {.invite = &invite,
          .copies = copies_of_final(phone, invite),
          .ack = next(sip::Method::ack, Direction::to_device),
          .bye = next(sip::Method::bye, Direction::from_device),
          .other_bye = next(sip::Method::bye, Direction::to_device),
          .answered = answered,
          .timeout = answered + phone.profile.timers.sixty_four_t1()};
}

}  // namespace

std::vector<Accepted> find_accepted(const Phone& phone) {
  std::vector<Accepted> found;
  for (const Transaction* invite : server_transactions(phone))
    if (invite->method == sip::Method::invite && is_accepted(phone, *invite) &&
        !was_asked_again(phone, *invite))
      found.push_back(follow(phone, *invite));
  return found;
}

Evidence evidence_of(const Phone& phone, const Accepted& accepted) {
  return {accepted.invite->server, phone.message(accepted.copies.front()).sip.call_id(),
          accepted.copies};
}

CaptureTime repeats_may_end(const Phone& phone, const Accepted& accepted) {
  CaptureTime end = next_power_change(phone, accepted.answered);
  if (const auto failure =
          transport_failure(phone, accepted.invite->server, accepted.answered, accepted.timeout))
    end = std::min(end, *failure);
  for (const auto& request : {accepted.ack, accepted.bye, accepted.other_bye})
    if (request) end = std::min(end, phone.at(*request));
  return end;
}

bool is_absorbed(const Phone& phone, const Transaction& invite) {
  const Duration timer_l = phone.profile.timers.sixty_four_t1();
  return is_accepted(phone, invite) && was_asked_again(phone, invite) &&
         phone.at(invite.sends.back()) <
             phone.at(*invite.final) + timer_l - timer_tolerance(phone, timer_l).value;
}

std::optional<std::size_t> repeated_success(const Phone& phone, const Dialog& dialog) {
  for (const std::size_t response : dialog.invite->responses) {
    const Message& message = phone.message(response);
    const bool is_up =
        message.at > *dialog.confirmed && (!dialog.ended || message.at < *dialog.ended);
    if (message.sip.is_success() && message.sip.to_tag() == dialog.server_tag && is_up)
      return response;
  }
  return std::nullopt;
}

bool ends_by_itself(const Phone& phone, const Dialog& dialog, CaptureTime again) {
  const Message* bye = bye_of_device(phone, dialog, again);
  return bye != nullptr && bye->at < again + policy::reaction_to_repeated_200 &&
         !was_dialog_lost(phone, dialog) && phone.trace.has_journal() &&
         !follows_end_action(phone, bye->at);
}

}  // namespace sipharness::observed
