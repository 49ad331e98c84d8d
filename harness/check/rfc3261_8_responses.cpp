// What the device makes of responses that it cannot know, or that are not for it.
// @source RFC 3261 §8.1.3.2, §18.1.2

#include <algorithm>
#include <array>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include "harness/check/back_off.hpp"
#include "harness/check/client_transactions.hpp"
#include "harness/check/evidence.hpp"
#include "harness/check/families.hpp"
#include "harness/check/invites.hpp"
#include "harness/sip/builder.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::check {
namespace {

using trace::Message;
using trace::Transaction;
using verdict::Blame;

// --- Codes nobody registered ---------------------------------------------------------------------

bool is_unheard_of(const Context& context, std::size_t response) {
  const int status = context.message(response).sip.status();
  return status < 700 && !sip::is_known_status(status);
}

/// The call that a refusal belongs to went on at another server after it.
const trace::Leg* leg_after(const Context& context, const Transaction& invite, CaptureTime at) {
  const trace::CallGroup* call = call_of(context, invite);
  if (call == nullptr) return nullptr;
  const auto next = std::ranges::find_if(call->legs, [&](const trace::Leg& leg) {
    return leg.server != invite.server && reached_at(context, leg) >= at;
  });
  return next == call->legs.end() ? nullptr : &*next;
}

void judge_final(const Context& context, Judge& judge, const Transaction& invite) {
  const Message& response = context.message(*invite.final);
  const int status = response.sip.status();
  if (!awaits_answer(context, invite, response.at)) return;
  Evidence evidence = evidence_of(context, invite);
  evidence.messages.push_back(response.index);
  // A 5xx may move a call or end it; a 4xx or 6xx is an answer (see FO-INV4XX).
  const bool ends_the_call = status / 100 == 4 || status / 100 == 6;
  const bool was_observed = std::min(context.trace.last, next_power_change(context, response.at)) >
                            response.at + time_to_react;
  if (invite.acks.empty() && was_observed)
    violated_unless_lost(context, judge, evidence, fmt::format("a {} drew no ACK", status));
  else if (ends_the_call && leg_after(context, invite, response.at) != nullptr)
    judge.violated(evidence, fmt::format("a {} sent the call to another server; it counts as {}",
                                         status, status / 100 * 100));
  else if (!invite.acks.empty())
    judge.pass(evidence, fmt::format("a {} was taken as {}", status, status / 100 * 100));
}

void takes_unknown_codes_by_their_class(const Context& context, Judge& judge) {
  judge.needs("an INVITE that draws a status code nobody knows", Blame::harness);
  for (const Transaction* invite : device_invites(context)) {
    if (invite->final && context.message(*invite->final).sip.status() >= 300 &&
        is_unheard_of(context, *invite->final))
      judge_final(context, judge, *invite);
    if (invite->provisional && is_unreliable(context, *invite) &&
        is_unheard_of(context, *invite->provisional))
      judge_rest(context, judge, *invite, *invite->provisional);
  }
}

// --- Responses for somebody else -----------------------------------------------------------------

/// A response with the branch of a request and the sent-by of somebody else.
struct Stray {
  const Transaction& request;
  std::size_t response;
};

std::vector<Stray> strays(const Context& context) {
  std::unordered_map<std::string_view, const Transaction*> by_branch;
  for (const Transaction& transaction : context.transactions)
    if (transaction.direction == trace::Direction::from_device &&
        is_unreliable(context, transaction))
      by_branch.emplace(context.opening(transaction).sip.via().branch, &transaction);
  std::vector<Stray> found;
  for (const Message& message : context.trace.messages) {
    if (!message.to_device() || !message.sip.is_response()) continue;
    const auto meant = by_branch.find(message.sip.via().branch);
    if (meant == by_branch.end()) continue;
    const Message& request = context.opening(*meant->second);
    const bool is_same = message.sip.call_id() == request.sip.call_id() &&
                         message.sip.method() == request.sip.method();
    if (is_same && !sip::same_ignoring_case(message.sip.via().sent_by, request.sip.via().sent_by))
      found.push_back({*meant->second, message.index});
  }
  return found;
}

/// The stray 2xx to an INVITE was acknowledged before a right one came.
bool was_acknowledged(const Context& context, const Stray& stray) {
  const sip::MessageView& sip = context.message(stray.response).sip;
  const std::size_t end = stray.request.final.value_or(context.trace.messages.size());
  for (std::size_t i = stray.response; i < end; ++i) {
    const Message& message = context.message(i);
    if (message.from_device() && message.sip.method() == sip::Method::ack &&
        message.sip.call_id() == sip.call_id() && message.sip.to_tag() == sip.to_tag())
      return true;
  }
  return false;
}

void judge_stray(const Context& context, Judge& judge, const Stray& stray) {
  const Transaction& request = stray.request;
  Evidence evidence = evidence_of(context, request);
  evidence.messages.push_back(stray.response);
  const std::string what = fmt::format("{} for {}", context.message(stray.response).sip.status(),
                                       context.message(stray.response).sip.via().sent_by);
  if (was_acknowledged(context, stray)) return judge.violated(evidence, what + " was acknowledged");
  const auto next =
      std::ranges::find_if(request.sends, [&](std::size_t send) { return send > stray.response; });
  if (next != request.sends.end())
    return judge.pass(evidence, what + " was dropped: the request was sent again");
  const std::size_t sent = request.sends.size();
  const BackOff back_off =
      request.method == sip::Method::invite ? doubling(context) : doubling_to_t2(context);
  const Duration interval = back_off(sent - 1);
  const CaptureTime due =
      context.at(request.sends.back()) + interval + timer_tolerance(context, interval).value;
  CaptureTime until = std::min(context.trace.last, next_power_change(context, due - interval));
  if (request.first_response) until = std::min(until, context.at(*request.first_response));
  const bool may_rest =
      context.profile.max_request_retries ||
      due >= context.at(request.sends.front()) + context.profile.timers.sixty_four_t1();
  if (!may_rest && due < until)
    violated_unless_lost(context, judge, evidence,
                         what + " stopped the retransmission of the request");
}

void drops_responses_for_others(const Context& context, Judge& judge) {
  judge.needs("a response with a foreign sent-by while the request is still repeated",
              Blame::harness);
  for (const Stray& stray : strays(context)) judge_stray(context, judge, stray);
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
