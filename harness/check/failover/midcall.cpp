// The server of a running call is lost: the call goes on, and its end stays with that server.
// @source RFC 3261 §12.2, §14.1, §15.1.1; policy: a call does not hang on a registration

#include "harness/observed/midcall.hpp"

#include <array>

#include "harness/base/counted.hpp"
#include "harness/check/back_off.hpp"
#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/server_names.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

// --- The registration is lost --------------------------------------------------------------------

void calls_outlive_their_registration(const Phone& phone, const Dialog& dialog, Occurrence& it) {
  const RegisterAttempt* lost = registration_lost_during(phone, dialog);
  if (lost == nullptr || has_session_timer(phone, dialog) || was_dialog_lost(phone, dialog)) return;
  const Message* bye = bye_of_device(phone, dialog, lost->start);
  // Without a journal nobody knows who wanted that BYE.
  if (bye != nullptr && !phone.trace.has_journal()) return;
  if (bye != nullptr && !follows_end_action(phone, bye->at))
    it.cite(bye).rests_on(bye).violated(
        "BYE of the device in a call whose server it could not register at");
  else if (dialog.ended.value_or(phone.trace.last) > *lost->fail + time_to_act)
    it.pass("the call went on when the registration at its server was lost");
}

// --- Hanging up into silence ---------------------------------------------------------------------

/// Every transmission that Timer E wants of an unanswered BYE can be expected in the capture.
bool must_be_sent_in_full(const Phone& phone, const Transaction& bye, CaptureTime timeout) {
  const Message& sent = opening(phone, bye);
  return sent.transport == Transport::udp && !phone.profile.max_request_retries &&
         !may_be_lost_on_the_way(phone) &&
         !transport_failure(phone, bye.server, sent.at, timeout) &&
         next_power_change(phone, sent.at) >= timeout;
}

void hang_up_stays_with_the_server(const Phone& phone, const Dialog& dialog, Occurrence& it) {
  const Transaction* bye = first_bye_of_device(phone, dialog);
  if (bye == nullptr) return;
  const Message* wrong = astray(phone, dialog);
  const auto timeout = timed_out_at(phone, *bye);
  const Message& hang_up = opening(phone, *bye);
  const bool is_astray = wrong != nullptr && wrong->server == hang_up.server;
  if (!timeout && !(is_astray && is_out(phone, dialog.server, hang_up.at))) return;
  if (wrong != nullptr)
    return it.cite(wrong).violated("{} of a call over {} went to {}", wrong->sip.method_text(),
                                   named(dialog.server), named(wrong->server));
  it.about(*bye);
  const std::size_t expected = full_count(phone, doubling_to_t2(phone));
  if (bye->sends.size() < expected && must_be_sent_in_full(phone, *bye, *timeout))
    it.violated("BYE sent {} into silence, {} expected", times(bye->sends.size()), expected);
  else
    it.pass("BYE sent {} into silence, to {} alone", times(bye->sends.size()), named(bye->server));
}

// --- Changing into silence -----------------------------------------------------------------------

void silent_changes_end_the_call(const Phone& phone, const Modification& modification,
                                 Occurrence& it) {
  const auto timeout = timed_out_at(phone, *modification.request);
  const CaptureTime opened = opening(phone, *modification.request).at;
  if (!timeout || next_power_change(phone, opened) < *timeout + time_to_act) return;
  const Message* bye = bye_of_device(phone, *modification.dialog, opened);
  if (const Message* wrong = astray(phone, *modification.dialog))
    it.cite(wrong).violated("{} of the call went to {}", wrong->sip.method_text(),
                            named(wrong->server));
  else if (bye != nullptr && bye->at <= *timeout + time_to_act)
    it.cite(bye).rests_on(bye).pass("the call that could not be changed was ended with BYE");
  else if (!modification.dialog->ended || bye != nullptr)
    it.cite(bye).violated_unless_lost(
        "a change got nothing for 64 x T1, and no BYE ended the call");
}

const std::array failover_midcall{
    Rule{.row = {.id = "FO-MID-01",
                 .clause = "policy: good practice",
                 .severity = Severity::quality,
                 .sentence = "The loss of a registration ends no call.",
                 .observed = "No BYE of the device, but for its user's, in a call whose server it "
                             "fails to register at; calls with a session timer are left out."},
         .needs = {"a call during which the registration at its server is lost", Blame::harness},
         .judge = each<dialogs, calls_outlive_their_registration>},
    Rule{.row = {.id = "FO-MID-02",
                 .clause = "RFC 3261 §12.2, §15.1.1",
                 .severity = Severity::must,
                 .sentence = "The hang-up of a call whose server is silent stays with that server.",
                 .observed = "BYE goes to the call's server as often as Timer E wants, and no "
                             "request of the dialog to the other server."},
         .needs = {"a hang-up while the call's server is silent", Blame::harness},
         .judge = each<dialogs, hang_up_stays_with_the_server>,
         .follows = {"RFC3261-ROUTE-03", "RFC3261-TX-BYTEID"}},
    Rule{.row = {.id = "FO-MID-03",
                 .clause = "RFC 3261 §12.2.1.2, §14.1",
                 .severity = Severity::should,
                 .sentence =
                     "A change of a call that gets nothing ends the call, and moves nowhere else.",
                 .observed = "BYE within 2 s of the timeout of a re-INVITE or UPDATE; no request "
                             "of the dialog at the other server.",
                 .tolerance = "policy: 2 s"},
         .needs = {"a re-INVITE or UPDATE of the device that gets nothing", Blame::harness},
         .judge = each<modifications, silent_changes_end_the_call>},
};

}  // namespace

std::span<const Rule> failover_midcall_rules() {
  return failover_midcall;
}

}  // namespace sipharness::check
