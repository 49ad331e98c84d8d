// Calls, either way: at which server, what was answered when, and who hung up.

#include <algorithm>

#include "harness/observed/call.hpp"
#include "harness/observed/call_numbers.hpp"
#include "harness/observed/dialog_requests.hpp"
#include "harness/observed/incoming.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/story/chapters.hpp"
#include "harness/trace/users.hpp"

namespace sipharness::story {
namespace {

using observed::Transaction;

void tell_responses(const observed::Phone& phone, const Transaction& invite, CallLeg& told) {
  const auto rings = [&](std::size_t response) {
    const int status = phone.message(response).sip.status();
    return status > 100 && status < 200;
  };
  const auto rang = std::ranges::find_if(invite.responses, rings);
  if (rang != invite.responses.end()) told.rang = moment_of(phone, *rang);
  if (!invite.final) return;
  told.final = moment_of(phone, *invite.final);
  told.status = phone.message(*invite.final).sip.status();
  told.reason = phone.message(*invite.final).sip.reason();
}

/// The first INVITE and the last one are the same where none was challenged.
CallLeg begin_leg(const observed::Phone& phone, const Transaction& first, const Transaction& last) {
  CallLeg told;
  told.server = first.server;
  told.sent = moment_of(phone, first.sends.front());
  told.to = opening(phone, first).destination.text();
  told.last_sent = moment_of(phone, last.sends.back());
  tell_responses(phone, last, told);
  return told;
}

CallLeg tell_leg(const observed::Phone& phone, const observed::Leg& leg) {
  const auto& all = transactions(phone);
  CallLeg told = begin_leg(phone, all[leg.invites.front()], all[leg.invites.back()]);
  told.requests = leg.invites.size();
  for (const std::size_t invite : leg.invites) {
    told.transmissions += all[invite].sends.size();
    if (!told.first_response && all[invite].first_response)
      told.first_response = moment_of(phone, *all[invite].first_response);
  }
  if (leg.cancel) told.cancelled = moment_of(phone, *leg.cancel);
  return told;
}

/// Of two ends of a call the earlier one.
void tell_end(const observed::Phone& phone, std::optional<std::size_t> by_phone,
              std::optional<std::size_t> by_other, Call& told) {
  if (!by_phone && !by_other) return;
  const bool is_phones = by_phone && (!by_other || *by_phone < *by_other);
  const std::size_t bye = is_phones ? *by_phone : *by_other;
  if (told.ended && told.ended->at <= phone.at(bye)) return;
  told.ended = moment_of(phone, bye);
  told.ended_at = phone.message(bye).server;
  told.ended_by_phone = is_phones;
}

Call tell_outgoing(const observed::Phone& phone, const observed::CallGroup& group) {
  Call told;
  told.number = group.number;
  told.dialled = group.dialled;
  for (const observed::Leg& leg : group.legs) {
    told.legs.push_back(tell_leg(phone, leg));
    tell_end(phone, leg.bye_from_device, leg.bye_to_device, told);
  }
  return told;
}

Call tell_incoming(const observed::Phone& phone, const Transaction& invite) {
  Call told;
  told.incoming = true;
  told.number = trace::user_in(opening(phone, invite).sip, sip::HeaderId::from);
  CallLeg leg = begin_leg(phone, invite, invite);
  leg.requests = 1;
  leg.transmissions = invite.sends.size();
  if (invite.first_response) leg.first_response = moment_of(phone, *invite.first_response);
  const auto& requests = dialog_requests(phone);
  observed::DialogRequest cancel;
  cancel.method = sip::Method::cancel;
  cancel.direction = observed::Direction::to_device;
  cancel.server = invite.server;
  cancel.call = call_numbers(phone)[opening(phone, invite)];
  cancel.cseq = opening(phone, invite).sip.cseq();
  if (const auto found = requests.first_after(invite.sends.front(), cancel))
    leg.cancelled = moment_of(phone, *found);
  told.legs.push_back(std::move(leg));
  if (!invite.final) return told;
  const auto next_bye = [&](observed::Direction direction) {
    return next_in_dialog(phone, requests, invite, sip::Method::bye, direction);
  };
  tell_end(phone, next_bye(observed::Direction::from_device),
           next_bye(observed::Direction::to_device), told);
  return told;
}

CaptureTime begin_of(const Call& call) {
  return call.legs.empty() ? *call.dialled : call.legs.front().sent.at;
}

}  // namespace

std::vector<Call> tell_calls(const observed::Phone& phone) {
  std::vector<Call> told;
  for (const observed::CallGroup& group : calls(phone)) told.push_back(tell_outgoing(phone, group));
  for (const Transaction* transaction : server_transactions(phone))
    if (is_incoming_call(phone, *transaction)) told.push_back(tell_incoming(phone, *transaction));
  std::ranges::stable_sort(told, {}, begin_of);
  return told;
}

}  // namespace sipharness::story
