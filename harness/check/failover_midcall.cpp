// The server of a running call is lost: the call goes on, and its end stays with that server.
// @source RFC 3261 §12.2, §14.1, §15.1.1; policy: a call does not hang on a registration

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "harness/check/back_off.hpp"
#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/midcall.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using sip::Method;
using trace::Message;
using verdict::Blame;

// --- The registration is lost --------------------------------------------------------------------

/// A session timer may end a call that nobody refreshes any more (RFC 4028 §10).
bool has_session_timer(const Phone& phone, const ConfirmedDialog& dialog) {
  const auto& final = transactions(phone)[dialog.invite].final;
  return final && asks_for_session(phone.message(*final).sip);
}

/// The attempt whose failure took the registration away while the call was up.
const RegisterAttempt* loss_during(const Phone& phone, const ConfirmedDialog& dialog) {
  for (const RegisterAttempt* attempt : attempts_at(phone, dialog.server)) {
    const auto failed = attempt->failed_at();
    if (attempt->unregister || !failed || attempt->status != 0 || *failed > phone.trace.last)
      continue;
    const bool was_up =
        attempt->start > dialog.confirmed && (!dialog.ended || *dialog.ended > attempt->start);
    if (was_up) return attempt;
  }
  return nullptr;
}

void calls_outlive_their_registration(const Phone& phone, Judge& judge) {
  judge.needs("a call during which the registration at its server is lost", Blame::harness);
  for (const ConfirmedDialog& dialog : dialogs(phone)) {
    const RegisterAttempt* lost = loss_during(phone, dialog);
    if (lost == nullptr || has_session_timer(phone, dialog) || was_dialog_lost(phone, dialog))
      continue;
    const Message* bye = bye_of_device(phone, dialog, lost->start);
    const CaptureTime known = *lost->failed_at();
    // Without a journal nobody knows who wanted that BYE.
    if (bye != nullptr && !phone.trace.has_journal()) continue;
    const Evidence evidence{dialog.server, dialog.call_id, {}};
    if (bye != nullptr && !was_end_ordered(phone, bye->at))
      judge.violated(evidence, "BYE of the device in a call whose server it could not register at");
    else if (dialog.ended.value_or(phone.trace.last) > known + time_to_act)
      judge.pass(evidence, "the call went on when the registration at its server was lost");
  }
}

// --- Hanging up into silence ---------------------------------------------------------------------

/// The BYE of the device in a dialog.
const Transaction* bye_in(const Phone& phone, const ConfirmedDialog& dialog) {
  for (const Transaction& bye : transactions(phone))
    if (bye.method == Method::bye && bye.direction == trace::Direction::from_device &&
        is_in(opening(phone, bye).sip, dialog))
      return &bye;
  return nullptr;
}

void judge_bye_into_silence(const Phone& phone, Judge& judge, const Transaction& bye) {
  const Evidence evidence = evidence_of(phone, bye);
  const CaptureTime sent = opening(phone, bye).at;
  const std::size_t expected = full_count(phone, doubling_to_t2(phone));
  const bool is_over_udp = opening(phone, bye).transport == Transport::udp;
  const bool counts = is_over_udp && !phone.profile.max_request_retries &&
                      !may_be_lost_on_the_way(phone) &&
                      !transport_failure(phone, bye.server, sent, *timed_out_at(phone, bye)) &&
                      next_power_change(phone, sent) >= *timed_out_at(phone, bye);
  if (counts && bye.sends.size() < expected)
    judge.violated(evidence, fmt::format("BYE sent {} times into silence, {} expected",
                                         bye.sends.size(), expected));
  else
    judge.pass(evidence, fmt::format("BYE sent {} times into silence, to the {} alone",
                                     bye.sends.size(), to_string(bye.server)));
}

void hang_up_stays_with_the_server(const Phone& phone, Judge& judge) {
  judge.needs("a hang-up while the call's server is silent", Blame::harness);
  for (const ConfirmedDialog& dialog : dialogs(phone)) {
    const Transaction* bye = bye_in(phone, dialog);
    if (bye == nullptr || !timed_out_at(phone, *bye)) continue;
    if (const Message* wrong = astray(phone, dialog))
      judge.violated(
          {dialog.server, dialog.call_id, {wrong->index}},
          fmt::format("{} of a call over the {} went to the {}", wrong->sip.method_text(),
                      to_string(dialog.server), to_string(wrong->server)));
    else
      judge_bye_into_silence(phone, judge, *bye);
  }
}

// --- Changing into silence -----------------------------------------------------------------------

void silent_changes_end_the_call(const Phone& phone, Judge& judge) {
  judge.needs("a re-INVITE or UPDATE of the device that draws nothing", Blame::harness);
  for (const Modification& modification : modifications(phone)) {
    const auto timeout = timed_out_at(phone, *modification.request);
    if (!timeout || phone.trace.last < *timeout + time_to_act) continue;
    const CaptureTime opened = opening(phone, *modification.request).at;
    if (next_power_change(phone, opened) < *timeout + time_to_act) continue;
    const Evidence evidence = evidence_of(phone, modification);
    const Message* bye = bye_of_device(phone, *modification.dialog, opened);
    if (const Message* wrong = astray(phone, *modification.dialog))
      judge.violated(evidence, fmt::format("{} of the call went to the {}",
                                           wrong->sip.method_text(), to_string(wrong->server)));
    else if (bye != nullptr && bye->at <= *timeout + time_to_act)
      judge.pass(evidence, "the call that could not be changed was ended with BYE");
    else if (!modification.dialog->ended || bye != nullptr)
      violated_unless_lost(phone, judge, evidence,
                           "a change drew nothing for 64 x T1, and no BYE ended the call");
  }
}

constexpr std::array table{
    Check{"FO-MID-01", calls_outlive_their_registration},
    Check{"FO-MID-02", hang_up_stays_with_the_server},
    Check{"FO-MID-03", silent_changes_end_the_call},
};

}  // namespace

std::span<const Check> failover_midcall_checks() {
  return table;
}

}  // namespace sipharness::check
