// Dialogs: which requests belong to one, and what becomes of it when a request within it fails.
// @source RFC 3261 §12.2, §14.1, §15.1

#include "harness/check/families.hpp"
#include "harness/observed/incoming.hpp"
#include "harness/observed/invite_tags.hpp"
#include "harness/observed/midcall.hpp"
#include "harness/observed/own_byes.hpp"
#include "harness/observed/sent_requests.hpp"

namespace sipharness::check {
namespace {

void refuses_unknown_bye_with_481(const Phone& phone, const Transaction& bye, Occurrence& it) {
  if (bye.method != Method::bye || !bye.final) return;
  const int status = final_status(phone, bye);
  const bool asks_for_credentials = status == 401 || status == 407;
  if (asks_for_credentials || !is_in_unknown_dialog(phone, opening(phone, bye))) return;
  const std::string seen = fmt::format("a BYE in an unknown dialog got {}", status);
  it.cite(bye.final).expect(status == 481, seen);
}

void answers_within_its_dialog(const Phone& phone, const Transaction& request, Occurrence& it) {
  if (!is_in_answered_dialog(phone, request)) return;
  const std::string_view method = opening(phone, request).sip.method_text();
  if (request.final && is_answered(phone, request))
    it.cite(request.final).pass("{} in a call got {}", method, final_status(phone, request));
  else if (!is_answered(phone, request) && had_time_to_answer(phone, request) &&
           !was_unreachable(phone, request))
    it.violated_unless_lost("{} in a call was not answered", method);
}

// --- After the device's BYE ----------------------------------------------------------------------

void a_bye_ends_the_session_at_once(const Phone& phone, const OwnBye& own, Occurrence& it) {
  const CallGroup* next = next_call_meanwhile(phone, *own.bye);
  const Duration wait =
      next != nullptr ? reached_at(phone, next->legs.front()) - *next->dialled : Duration{};
  if (const Message* further = request_after(phone, own))
    it.cite(further).violated("{} in a dialog that the device had ended with BYE",
                              further->sip.method_text());
  else if (wait > time_to_act)
    it.cite(first_invite(phone, next->legs.front()))
        .warn("a call dialled while the BYE was unanswered waited {}", format_seconds(wait));
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
