// What the device makes of responses that it cannot know, or that are not for it.
// @source RFC 3261 §8.1.3.2, §18.1.2

#include "harness/check/back_off.hpp"
#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/foreign_responses.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/refusals.hpp"

namespace sipharness::check {
namespace {

// --- Codes nobody registered ---------------------------------------------------------------------

void judge_final(const Phone& phone, const RefusedInvite& refused, Occurrence& it) {
  if (!is_unknown_code(phone, refused.response)) return;
  const Transaction& invite = *refused.invite;
  const Message& response = phone.message(refused.response);
  const int status = response.sip.status();
  // A 5xx may move a call or end it; a 4xx or 6xx is an answer (see FO-INV4XX).
  const bool ends_the_call = status / 100 == 4 || status / 100 == 6;
  const bool was_observed = next_power_change(phone, response.at) > response.at + time_to_react;
  if (refused.acks.empty() && was_observed && acknowledges_known_codes(phone))
    it.violated_unless_lost("a {} got no ACK, a known code did", status);
  else if (refused.acks.empty() && was_observed)
    it.inconclusive(Blame::device,
                    "a {} got no ACK, and whether a known code does is not in the "
                    "capture",
                    status);
  else if (ends_the_call && goes_on_elsewhere(phone, invite, response.at))
    it.violated("a {} sent the call to another server; it counts as {}", status,
                status / 100 * 100);
  else if (!refused.acks.empty())
    it.pass("a {} was taken as {}", status, status / 100 * 100);
}

void judge_provisional(const Phone& phone, const Transaction& invite, Occurrence& it) {
  if (invite.provisional && is_unreliable(phone, invite) &&
      is_unknown_code(phone, *invite.provisional))
    judge_rest(phone, invite, *invite.provisional, it);
}

// --- Responses for somebody else -----------------------------------------------------------------

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
         .judge =
             in_turn<each<refused_invites, judge_final>, each<device_invites, judge_provisional>>},
};

}  // namespace

std::span<const Rule> rfc3261_8_response_rules() {
  return rfc3261_8_response;
}

}  // namespace sipharness::check
