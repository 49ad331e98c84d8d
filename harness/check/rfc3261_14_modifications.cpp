// Changes of a session that is up, and what a refusal or silence makes of them.
// @source RFC 3261 §12.2.1.2, §14.1; RFC 5057 §5

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/midcall.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using sip::Method;
using trace::Message;
using verdict::Blame;

int status_of(const Phone& phone, const Modification& modification) {
  const auto& final = modification.request->final;
  return final ? phone.message(*final).sip.status() : 0;
}

bool ended_before(const ConfirmedDialog& dialog, CaptureTime at) {
  return dialog.ended && *dialog.ended < at;
}

// --- The dialog is lost --------------------------------------------------------------------------

void lost_dialogs_are_ended(const Phone& phone, Judge& judge) {
  judge.needs("a re-INVITE or UPDATE of the device that draws 481, 408 or nothing", Blame::harness);
  for (const Modification& modification : modifications(phone)) {
    const auto lost = dialog_lost_at(phone, *modification.request);
    const CaptureTime opened = opening(phone, *modification.request).at;
    if (!lost || phone.trace.last < *lost + time_to_act ||
        next_power_change(phone, opened) < *lost + time_to_act)
      continue;
    const Evidence evidence = evidence_of(phone, modification);
    if (ended_before(*modification.dialog, opened)) continue;
    const Message* bye = bye_of_device(phone, *modification.dialog, opened);
    const bool by_server = modification.dialog->ended && bye == nullptr;
    if (by_server) continue;
    if (bye == nullptr || bye->at > *lost + time_to_act)
      violated_unless_lost(phone, judge, evidence, "the dialog was lost, and no BYE ended it");
    else
      judge.pass(evidence, "the lost dialog was ended with BYE");
  }
}

// --- The change is refused -----------------------------------------------------------------------

/// What refuses the change and leaves the dialog as it was (RFC 5057 §5.1 lists what ends it).
bool refuses_only_the_change(int status) {
  constexpr std::array ends_the_dialog{404, 408, 410, 416, 480, 481, 482, 483,
                                       484, 485, 502, 604, 401, 407, 422};
  return status >= 400 && std::ranges::find(ends_the_dialog, status) == ends_the_dialog.end();
}

void refused_changes_leave_the_session(const Phone& phone, Judge& judge) {
  judge.needs("a re-INVITE of the device that is refused, and not with 481 or 408", Blame::harness);
  for (const Modification& modification : modifications(phone)) {
    const int status = status_of(phone, modification);
    if (modification.request->method != Method::invite || !refuses_only_the_change(status))
      continue;
    const CaptureTime refused = phone.at(*modification.request->final);
    if (ended_before(*modification.dialog, refused) || phone.trace.last < refused + time_to_act)
      continue;
    const Message* bye = bye_of_device(phone, *modification.dialog, refused);
    const bool ends = bye != nullptr && bye->at <= refused + time_to_act;
    const Evidence evidence = evidence_of(phone, modification);
    if (!ends)
      judge.pass(evidence, fmt::format("a {} to a re-INVITE left the session as it was", status));
    else if (phone.trace.has_journal() && !was_end_ordered(phone, bye->at))
      judge.violated(evidence, fmt::format("a {} to a re-INVITE ended the session", status));
  }
}

// --- Both at once --------------------------------------------------------------------------------

/// How long the device must wait before it tries again. @source RFC 3261 §14.1
verdict::Window wait_after_glare(const Phone& phone, const ConfirmedDialog& dialog) {
  const Duration longest = dialog.incoming ? Duration(2s) : Duration(4s);
  const auto tolerance = timer_tolerance(phone, longest);
  verdict::Window window{.max = longest + tolerance.value};
  if (!dialog.incoming) window.min = Duration(2100ms) - tolerance.value / 2;
  return window;
}

const Modification* next_try(const Phone& phone, const std::vector<Modification>& all,
                             const Modification& refused) {
  const CaptureTime at = phone.at(*refused.request->final);
  for (const Modification& later : all)
    if (later.dialog == refused.dialog && later.request->method == Method::invite &&
        opening(phone, *later.request).at > at)
      return &later;
  return nullptr;
}

/// The far end's own change went through meanwhile: the device may have nothing left to change.
bool was_changed_by_far_end(const Phone& phone, const Modification& refused, CaptureTime until) {
  const CaptureTime from = opening(phone, *refused.request).at;
  return std::ranges::any_of(transactions(phone), [&](const Transaction& change) {
    const Message& request = opening(phone, change);
    const bool may_change = change.method == Method::invite || change.method == Method::update;
    return may_change && change.direction == trace::Direction::to_device && request.at >= from &&
           request.at <= until && is_in(request.sip, *refused.dialog) && change.final &&
           phone.message(*change.final).sip.is_success();
  });
}

void judge_glare(const Phone& phone, Judge& judge, const std::vector<Modification>& all,
                 const Modification& refused) {
  const CaptureTime at = phone.at(*refused.request->final);
  const verdict::Window window = wait_after_glare(phone, *refused.dialog);
  const CaptureTime latest = at + *window.max;
  const Modification* again = next_try(phone, all, refused);
  const CaptureTime until = again ? std::min(opening(phone, *again->request).at, latest) : latest;
  // The user, the far end or a restart may have made the change pointless.
  if (ended_before(*refused.dialog, until) || next_power_change(phone, at) < until) return;
  for (const std::string_view verb : {"hold", "resume", "hang_up"})
    if (const auto ordered = next_action(phone, verb, at); ordered && *ordered <= until) return;
  if (until == latest && was_changed_by_far_end(phone, refused, until)) return;
  Evidence evidence = evidence_of(phone, refused);
  if (again == nullptr) {
    if (phone.trace.last > latest)
      violated_unless_lost(phone, judge, evidence, "a re-INVITE that drew 491 was not tried again");
    return;
  }
  evidence.messages.push_back(again->request->sends.front());
  judge.within(evidence,
               {.start = at,
                .end = opening(phone, *again->request).at,
                .window = window,
                .tolerance = timer_tolerance(phone, refused.dialog->incoming ? 2s : 4s),
                .host_produced = true},
               refused.dialog->incoming ? "next re-INVITE after a 491 in a call it received"
                                        : "next re-INVITE after a 491 in a call it made");
}

void waits_after_glare(const Phone& phone, Judge& judge) {
  judge.needs("a re-INVITE of the device that draws 491", Blame::harness);
  const std::vector<Modification> all = modifications(phone);
  for (const Modification& modification : all)
    if (modification.request->method == Method::invite && status_of(phone, modification) == 491)
      judge_glare(phone, judge, all, modification);
}

constexpr std::array table{
    Check{"RFC3261-DLG-01", lost_dialogs_are_ended},
    Check{"RFC3261-DLG-02", refused_changes_leave_the_session},
    Check{"RFC3261-DLG-03", waits_after_glare},
};

}  // namespace

std::span<const Check> rfc3261_14_modification_checks() {
  return table;
}

}  // namespace sipharness::check
