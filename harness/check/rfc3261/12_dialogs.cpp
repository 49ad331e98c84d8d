// Dialogs: which requests belong to one, and what becomes of it when a request within it fails.
// @source RFC 3261 §12.2, §14.1, §15.1

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/incoming.hpp"
#include "harness/observed/invite_tags.hpp"
#include "harness/observed/midcall.hpp"
#include "harness/observed/own_addresses.hpp"
#include "harness/observed/own_byes.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/sent_requests.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using sip::Method;

/// The capture shows that the device cannot know the dialog of the request. Tags that a phone
/// beyond a proxy got wrong in its own call say nothing of this one: it may take them (§12.2.2).
bool is_in_unknown_dialog(const Phone& phone, const Message& request) {
  if (is_in_known_dialog(phone, request.sip)) return false;
  if (has_invite_with_same_call_id(phone, request.sip)) return !came_through_a_proxy(request);
  return is_seen_from_its_boot(phone);
}

void refuses_unknown_bye_with_481(const Phone& phone, const Transaction& bye, Occurrence& it) {
  if (bye.method != Method::bye || !bye.final) return;
  const int status = final_status(phone, bye);
  const bool asks_for_credentials = status == 401 || status == 407;
  if (asks_for_credentials || !is_in_unknown_dialog(phone, opening(phone, bye))) return;
  const std::string seen = fmt::format("a BYE in an unknown dialog got {}", status);
  it.cite(bye.final).expect(status == 481, seen);
}

/// Neither the end of the capture, of the device or of the call came before it had to answer. A BYE
/// ends the call itself and is answered all the same, unless another one came first.
bool had_time_to_answer(const Phone& phone, const Transaction& request) {
  const CaptureTime asked = opening(phone, request).at;
  const CaptureTime due = asked + phone.profile.timers.sixty_four_t1();
  const sip::MessageView& sip = opening(phone, request).sip;
  const bool ends_it = request.method == Method::bye;
  const auto is_over = [&](const Dialog* dialog) {
    return is_in(sip, *dialog) && dialog->ended &&
           (ends_it ? *dialog->ended < asked : *dialog->ended <= due);
  };
  const auto& known = answered_dialogs_with(phone, sip.call_id());
  return phone.trace.last > due && next_power_change(phone, asked) > due &&
         std::ranges::none_of(known, is_over);
}

/// An INVITE that rings waits for a person; any other answer comes before the asker gives up.
/// @source RFC 3261 §17.1.2.2 (Timer F)
bool is_answered(const Phone& phone, const Transaction& request) {
  if (request.method == Method::invite) return request.first_response.has_value();
  return request.final && phone.at(*request.final) - opening(phone, request).at <=
                              phone.profile.timers.sixty_four_t1();
}

void answers_within_its_dialog(const Phone& phone, const Transaction& request, Occurrence& it) {
  const sip::MessageView& sip = opening(phone, request).sip;
  const bool is_other = request.method == Method::cancel || request.method == Method::ack ||
                        request.method == Method::notify;
  const auto& known = answered_dialogs_with(phone, sip.call_id());
  const auto is_its = [&](const Dialog* dialog) { return is_in(sip, *dialog); };
  if (is_other || std::ranges::none_of(known, is_its)) return;
  if (request.final && is_answered(phone, request))
    it.cite(request.final)
        .pass(fmt::format("{} in a call got {}", sip.method_text(), final_status(phone, request)));
  else if (!is_answered(phone, request) && had_time_to_answer(phone, request) &&
           !was_unreachable(phone, request))
    it.violated_unless_lost(fmt::format("{} in a call was not answered", sip.method_text()));
}

// --- After the device's BYE ----------------------------------------------------------------------

/// A further request of the device in a dialog that it has ended. A BYE tried again is none, nor is
/// what belongs to a subscription that shares the dialog and outlives the call (RFC 5057 §4.2).
const Message* request_after(const Phone& phone, const OwnBye& own) {
  const Message& sent = opening(phone, *own.bye);
  const int status = final_status(phone, *own.bye);
  const bool was_refused = status >= 300 && status != 408 && status != 481;
  const Messages& requests = requests_in_call_of(phone, sent);
  const auto later = std::ranges::upper_bound(requests, sent.at, {}, &Message::at);
  const auto further = std::find_if(later, requests.end(), [&](const Message* request) {
    const Method method = request->sip.method();
    const bool is_allowed = method == Method::ack || method == Method::notify ||
                            method == Method::subscribe || (was_refused && method == Method::bye);
    return !is_allowed && request->sip.cseq() > sent.sip.cseq() && is_in(request->sip, *own.dialog);
  });
  return further == requests.end() ? nullptr : *further;
}

/// A call that never left may have had no server to go to.
std::vector<const CallGroup*> find_dialled_calls_that_left(const Phone& phone) {
  std::vector<const CallGroup*> found;
  for (const CallGroup& call : calls(phone))
    if (call.dialled && !call.legs.empty()) found.push_back(&call);
  return found;
}

/// The call that was dialled while nothing answered the BYE; null: none.
const CallGroup* next_call_meanwhile(const Phone& phone, const Transaction& bye) {
  const CaptureTime sent = opening(phone, bye).at;
  CaptureTime until = sent + phone.profile.timers.sixty_four_t1();
  if (bye.final) until = std::min(until, phone.at(*bye.final));
  const auto& dialled = phone.derived<find_dialled_calls_that_left>();
  const auto next = std::ranges::upper_bound(dialled, sent, {},
                                             [](const CallGroup* call) { return *call->dialled; });
  if (next == dialled.end() || *(*next)->dialled >= until) return nullptr;
  return *next;
}

/// The device's BYE had its answer, or was given up.
bool is_settled(const Phone& phone, const Transaction& bye) {
  const CaptureTime over = bye.final
                               ? phone.at(*bye.final)
                               : opening(phone, bye).at + phone.profile.timers.sixty_four_t1();
  return phone.trace.last >= over + time_to_act;
}

void a_bye_ends_the_session_at_once(const Phone& phone, const OwnBye& own, Occurrence& it) {
  const CallGroup* next = next_call_meanwhile(phone, *own.bye);
  const Duration wait =
      next != nullptr ? reached_at(phone, next->legs.front()) - *next->dialled : Duration{};
  if (const Message* further = request_after(phone, own))
    it.cite(further).violated(fmt::format("{} in a dialog that the device had ended with BYE",
                                          further->sip.method_text()));
  else if (wait > time_to_act)
    it.cite(first_invite(phone, next->legs.front()))
        .warn(fmt::format("a call dialled while the BYE was unanswered waited {}",
                          format_seconds(wait)));
  else if (is_settled(phone, *own.bye))
    it.pass(next != nullptr ? "BYE ended the dialog at once; the next call did not wait for it"
                            : "BYE ended the dialog at once");
}

const std::array rfc3261_12_dialog{
    Rule{
        .row = {.id = "RFC3261-BYE-01",
                .clause = "RFC 3261 §15.1.1",
                .severity = Severity::must,
                .sentence = "With its BYE the session is over for the device, whatever comes back.",
                .observed = "No further request of the device in that dialog; a call dialled while "
                            "the BYE is unanswered leaves within 2 s, else a warning.",
                .tolerance = "policy: 2 s"},
        .needs = {"a call that the device ends with BYE", Blame::user},
        .judge = each<own_byes, a_bye_ends_the_session_at_once>},
    Rule{.row = {.id = "RFC3261-DLG-04",
                 .clause = "RFC 3261 §15.1.2",
                 .severity = Severity::should,
                 .sentence = "A BYE in a dialog that the device does not know gets 481.",
                 .observed = "The final response to a BYE whose Call-ID and tags no INVITE of the "
                             "capture and no answer to one carried."},
         .needs = {"a BYE in a dialog that the device does not know", Blame::harness},
         .judge = each<server_transactions, refuses_unknown_bye_with_481>},
    Rule{.row = {.id = "RFC3261-DLG-05",
                 .clause = "RFC 3261 §12.2.2, §14.2, §15.1.2, §8.2",
                 .severity = Severity::must,
                 .sentence =
                     "Every request of the other side in a call is answered, if only to refuse it.",
                 .observed = "Any request but CANCEL and NOTIFY in a dialog of the device gets a "
                             "final response within 64*T1, an INVITE any response, unless the "
                             "call ends before.",
                 .tolerance = "profile: T1"},
         .needs = {"a request of the other side in a call", Blame::harness},
         .judge = each<server_transactions, answers_within_its_dialog>},
};

}  // namespace

std::span<const Rule> rfc3261_12_dialog_rules() {
  return rfc3261_12_dialog;
}

}  // namespace sipharness::check
