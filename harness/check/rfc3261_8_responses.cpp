// What the device makes of responses that it cannot know, or that are not for it.
// @source RFC 3261 §8.1.3.2, §18.1.2

#include <algorithm>
#include <array>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include "harness/check/back_off.hpp"
#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/builder.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::check {
namespace {

using trace::Message;
using verdict::Blame;

// --- Codes nobody registered ---------------------------------------------------------------------

bool is_unheard_of(const Phone& phone, std::size_t response) {
  const int status = phone.message(response).sip.status();
  return status < 700 && !sip::is_known_status(status);
}

/// The call that a refusal belongs to went on at another server after it.
const Leg* leg_after(const Phone& phone, const Transaction& invite, CaptureTime at) {
  const CallGroup* call = call_of(phone, invite);
  if (call == nullptr) return nullptr;
  const auto next = std::ranges::find_if(call->legs, [&](const Leg& leg) {
    return leg.server != invite.server && reached_at(phone, leg) >= at;
  });
  return next == call->legs.end() ? nullptr : &*next;
}

void judge_final(const Phone& phone, Judge& judge, const Transaction& invite) {
  const Message& response = phone.message(*invite.final);
  const int status = response.sip.status();
  if (!awaits_answer(phone, invite, response.at)) return;
  Evidence evidence = evidence_of(phone, invite);
  evidence.messages.push_back(response.index);
  // A 5xx may move a call or end it; a 4xx or 6xx is an answer (see FO-INV4XX).
  const bool ends_the_call = status / 100 == 4 || status / 100 == 6;
  const bool was_observed = std::min(phone.trace.last, next_power_change(phone, response.at)) >
                            response.at + time_to_react;
  if (invite.acks.empty() && was_observed)
    violated_unless_lost(phone, judge, evidence, fmt::format("a {} drew no ACK", status));
  else if (ends_the_call && leg_after(phone, invite, response.at) != nullptr)
    judge.violated(evidence, fmt::format("a {} sent the call to another server; it counts as {}",
                                         status, status / 100 * 100));
  else if (!invite.acks.empty())
    judge.pass(evidence, fmt::format("a {} was taken as {}", status, status / 100 * 100));
}

void takes_unknown_codes_by_their_class(const Phone& phone, Judge& judge) {
  judge.needs("an INVITE that draws a status code nobody knows", Blame::harness);
  for (const Transaction* invite : device_invites(phone)) {
    if (invite->final && phone.message(*invite->final).sip.status() >= 300 &&
        is_unheard_of(phone, *invite->final))
      judge_final(phone, judge, *invite);
    if (invite->provisional && is_unreliable(phone, *invite) &&
        is_unheard_of(phone, *invite->provisional))
      judge_rest(phone, judge, *invite, *invite->provisional);
  }
}

// --- Responses for somebody else -----------------------------------------------------------------

/// A response with the branch of a request and the sent-by of somebody else.
struct Stray {
  const Transaction& request;
  std::size_t response;
};

std::vector<Stray> strays(const Phone& phone) {
  std::unordered_map<std::string_view, const Transaction*> by_branch;
  for (const Transaction& transaction : transactions(phone))
    if (transaction.direction == trace::Direction::from_device && is_unreliable(phone, transaction))
      by_branch.emplace(opening(phone, transaction).sip.via().branch, &transaction);
  std::vector<Stray> found;
  for (const Message& message : phone.messages) {
    if (!message.to_device() || !message.sip.is_response()) continue;
    const auto meant = by_branch.find(message.sip.via().branch);
    if (meant == by_branch.end()) continue;
    const Message& request = opening(phone, *meant->second);
    const bool is_same = message.sip.call_id() == request.sip.call_id() &&
                         message.sip.method() == request.sip.method();
    if (is_same && !sip::same_ignoring_case(message.sip.via().sent_by, request.sip.via().sent_by))
      found.push_back({*meant->second, message.index});
  }
  return found;
}

/// The stray 2xx to an INVITE was acknowledged before a right one came.
bool was_acknowledged(const Phone& phone, const Stray& stray) {
  const sip::MessageView& sip = phone.message(stray.response).sip;
  const std::size_t end = stray.request.final.value_or(phone.messages.size());
  for (std::size_t i = stray.response; i < end; ++i) {
    const Message& message = phone.message(i);
    if (message.from_device() && message.sip.method() == sip::Method::ack &&
        message.sip.call_id() == sip.call_id() && message.sip.to_tag() == sip.to_tag())
      return true;
  }
  return false;
}

void judge_stray(const Phone& phone, Judge& judge, const Stray& stray) {
  const Transaction& request = stray.request;
  Evidence evidence = evidence_of(phone, request);
  evidence.messages.push_back(stray.response);
  const std::string what = fmt::format("{} for {}", phone.message(stray.response).sip.status(),
                                       phone.message(stray.response).sip.via().sent_by);
  if (was_acknowledged(phone, stray)) return judge.violated(evidence, what + " was acknowledged");
  const auto next =
      std::ranges::find_if(request.sends, [&](std::size_t send) { return send > stray.response; });
  if (next != request.sends.end())
    return judge.pass(evidence, what + " was dropped: the request was sent again");
  const std::size_t sent = request.sends.size();
  const BackOff back_off =
      request.method == sip::Method::invite ? doubling(phone) : doubling_to_t2(phone);
  const Duration interval = back_off(sent - 1);
  const CaptureTime due =
      phone.at(request.sends.back()) + interval + timer_tolerance(phone, interval).value;
  CaptureTime until = std::min(phone.trace.last, next_power_change(phone, due - interval));
  if (request.first_response) until = std::min(until, phone.at(*request.first_response));
  const bool may_rest =
      phone.profile.max_request_retries ||
      due >= phone.at(request.sends.front()) + phone.profile.timers.sixty_four_t1();
  if (!may_rest && due < until)
    violated_unless_lost(phone, judge, evidence,
                         what + " stopped the retransmission of the request");
}

void drops_responses_for_others(const Phone& phone, Judge& judge) {
  judge.needs("a response with a foreign sent-by while the request is still repeated",
              Blame::harness);
  for (const Stray& stray : strays(phone)) judge_stray(phone, judge, stray);
}

constexpr std::array table{
    Check{"RFC3261-GEN-08", drops_responses_for_others},
    Check{"RFC3261-GEN-09", takes_unknown_codes_by_their_class},
};

}  // namespace

std::span<const Check> rfc3261_8_response_checks() {
  return table;
}

}  // namespace sipharness::check
