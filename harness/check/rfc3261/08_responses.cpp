// What the device makes of responses that it cannot know, or that are not for it.
// @source RFC 3261 §8.1.3.2, §18.1.2

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/check/back_off.hpp"
#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/foreign_responses.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/refusals.hpp"
#include "harness/observed/sent_requests.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/builder.hpp"

namespace sipharness::check {
namespace {

using sip::Method;

// --- Codes nobody registered ---------------------------------------------------------------------

bool is_unknown_code(const Phone& phone, std::size_t response) {
  const int status = phone.message(response).sip.status();
  return status < 700 && !sip::is_known_status(status);
}

/// The call that a refusal belongs to went on at another server after it.
bool goes_on_elsewhere(const Phone& phone, const Transaction& invite, CaptureTime at) {
  const CallGroup* call = call_of(phone, invite);
  return call != nullptr && std::ranges::any_of(call->legs, [&](const Leg& leg) {
           return leg.server != invite.server && reached_at(phone, leg) >= at;
         });
}

bool acknowledges_known_codes(const Phone& phone) {
  return std::ranges::any_of(refused_invites(phone), [&](const RefusedInvite& refused) {
    return !is_unknown_code(phone, refused.response) && !refused.acks.empty();
  });
}

void judge_final(const Phone& phone, const RefusedInvite& refused, Occurrence& it) {
  if (!is_unknown_code(phone, refused.response)) return;
  const Transaction& invite = *refused.invite;
  const Message& response = phone.message(refused.response);
  const int status = response.sip.status();
  // A 5xx may move a call or end it; a 4xx or 6xx is an answer (see FO-INV4XX).
  const bool ends_the_call = status / 100 == 4 || status / 100 == 6;
  const bool was_observed = next_power_change(phone, response.at) > response.at + time_to_react;
  if (refused.acks.empty() && was_observed && acknowledges_known_codes(phone))
    it.violated_unless_lost(fmt::format("a {} got no ACK, a known code did", status));
  else if (refused.acks.empty() && was_observed)
    it.inconclusive(Blame::device,
                    fmt::format("a {} got no ACK, and whether a known code does is not in the "
                                "capture",
                                status));
  else if (ends_the_call && goes_on_elsewhere(phone, invite, response.at))
    it.violated(fmt::format("a {} sent the call to another server; it counts as {}", status,
                            status / 100 * 100));
  else if (!refused.acks.empty())
    it.pass(fmt::format("a {} was taken as {}", status, status / 100 * 100));
}

void judge_provisional(const Phone& phone, const Transaction& invite, Occurrence& it) {
  if (invite.provisional && is_unreliable(phone, invite) &&
      is_unknown_code(phone, *invite.provisional))
    judge_rest(phone, invite, *invite.provisional, it);
}

void takes_unknown_codes_by_their_class(const Phone& phone, Judge& judge) {
  each<refused_invites, judge_final>(phone, judge);
  each<device_invites, judge_provisional>(phone, judge);
}

// --- Responses for somebody else -----------------------------------------------------------------

/// It is a 2xx to an INVITE, and was acknowledged before a right one came.
bool was_acknowledged(const Phone& phone, const ForeignResponse& foreign) {
  const sip::MessageView& sip = phone.message(foreign.response).sip;
  const auto& answered = foreign.request->final;
  const Messages& requests = requests_in_call_of(phone, phone.message(foreign.response));
  const auto first = std::ranges::lower_bound(requests, foreign.response, {}, &Message::index);
  return std::any_of(first, requests.end(), [&](const Message* request) {
    return (!answered || request->index < *answered) && request->sip.method() == Method::ack &&
           request->sip.to_tag() == sip.to_tag();
  });
}

void drops_it(const Phone& phone, const ForeignResponse& foreign, Occurrence& it) {
  const Transaction& request = *foreign.request;
  const std::string what = fmt::format("{} for {}", phone.message(foreign.response).sip.status(),
                                       phone.message(foreign.response).sip.sent_by());
  if (was_acknowledged(phone, foreign)) return it.violated(what + " was acknowledged");
  if (request.sends.back() > foreign.response)
    return it.pass(what + " was dropped: the request was sent again");
  const BackOff back_off =
      request.method == Method::invite ? doubling(phone) : doubling_to_t2(phone);
  const Duration interval = back_off(request.sends.size() - 1);
  const CaptureTime due =
      phone.at(request.sends.back()) + interval + timer_tolerance(phone, interval).value;
  CaptureTime until = next_power_change(phone, due - interval);
  if (request.first_response) until = std::min(until, phone.at(*request.first_response));
  const bool may_rest =
      phone.profile.max_request_retries ||
      due >= phone.at(request.sends.front()) + phone.profile.timers.sixty_four_t1();
  if (!may_rest && due < until)
    it.violated_unless_lost(what + " stopped the retransmission of the request");
}

const std::array rfc3261_8_response{
    Rule{.row = {.id = "RFC3261-GEN-08",
                 .clause = "RFC 3261 §18.1.2",
                 .severity = Severity::must,
                 .sentence = "A response whose Via names somebody else is dropped.",
                 .observed = "After a response with the request's branch and a foreign sent-by the "
                             "request is sent again when it is due, and a 2xx is not acknowledged.",
                 .tolerance = "profile: timer"},
         .needs = {"a response with a foreign sent-by while the request is still repeated",
                   Blame::harness},
         .judge = each<foreign_responses, drops_it>},
    Rule{.row = {.id = "RFC3261-GEN-09",
                 .clause = "RFC 3261 §8.1.3.2",
                 .severity = Severity::must,
                 .sentence = "A final status code that the device does not know counts as the x00 "
                             "of its class, an unknown provisional one as 183.",
                 .observed =
                     "An unknown 4xx or 6xx to an INVITE is acknowledged and sends the call to no "
                     "other server; after an unknown 1xx the INVITE is not sent again.",
                 .tolerance = "policy: 50 ms"},
         .needs = {"an INVITE that gets a status code nobody knows", Blame::harness},
         .judge = takes_unknown_codes_by_their_class},
};

}  // namespace

std::span<const Rule> rfc3261_8_response_rules() {
  return rfc3261_8_response;
}

}  // namespace sipharness::check
