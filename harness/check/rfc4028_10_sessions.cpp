// Session timers: who refreshes a call, when, and what ends it if nobody does.
// @source RFC 4028 §7.2, §7.3, §9, §10

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/midcall.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/session_expires.hpp"

namespace sipharness::check {
namespace {

using sip::HeaderId;
using sip::Method;
using trace::Direction;
using trace::Message;
using verdict::Blame;

/// policy: an INVITE this soon after a 422 is its second try.
constexpr Duration soon = 5s;

/// One interval of a session, from the 2xx that settled it to what came next.
struct Interval {
  const ConfirmedDialog& dialog;
  CaptureTime from;
  Duration expires;
  bool by_device;      ///< the device refreshes
  std::size_t answer;  ///< the 2xx
  CaptureTime until;   ///< the next refresh that was asked for, the end of the call or the capture
  bool was_changed_by_far_end = false;  ///< it asked for that refresh
};

/// The INVITE of the call, or a change once it was answered: an UPDATE before belongs to no
/// interval.
bool changes_session(const Phone& phone, const Transaction& request,
                     const ConfirmedDialog& dialog) {
  const bool may = request.method == Method::invite || request.method == Method::update;
  const bool is_first = &request == &transactions(phone)[dialog.invite];
  const Message& first = opening(phone, request);
  return may && (is_first || (first.at >= dialog.answered && is_in(first.sip, dialog)));
}

/// What the 2xx to `request` settled; nothing if it is no 2xx or says nothing of a session timer.
std::optional<Interval> settled_by(const Phone& phone, const Transaction& request,
                                   const ConfirmedDialog& dialog) {
  if (!request.final || !phone.message(*request.final).sip.is_success()) return std::nullopt;
  const sip::MessageView& answer = phone.message(*request.final).sip;
  const auto session = sip::parse_session_expires(answer.header(HeaderId::session_expires));
  if (!session || session->refresher == sip::Refresher::unsaid) return std::nullopt;
  const bool device_asked = request.direction == Direction::from_device;
  return Interval{dialog,
                  phone.at(*request.final),
                  session->interval,
                  (session->refresher == sip::Refresher::uac) == device_asked,
                  *request.final,
                  dialog.ended.value_or(phone.trace.last)};
}

std::vector<Interval> intervals(const Phone& phone) {
  std::vector<Interval> found;
  for (const ConfirmedDialog& dialog : dialogs(phone)) {
    for (const Transaction& request : transactions(phone)) {
      if (!changes_session(phone, request, dialog)) continue;
      const CaptureTime asked = opening(phone, request).at;
      const bool goes_on = !found.empty() && &found.back().dialog == &dialog;
      if (goes_on && asked < found.back().until) {
        found.back().until = asked;
        found.back().was_changed_by_far_end = request.direction == Direction::to_device;
      }
      if (const auto interval = settled_by(phone, request, dialog)) found.push_back(*interval);
    }
  }
  return found;
}

Evidence evidence_of(const Interval& interval) {
  return {interval.dialog.server, interval.dialog.call_id, {interval.answer}};
}

/// Whether the device was restarted, or its user stepped in, before the interval was up.
bool was_cut_short(const Phone& phone, const Interval& interval, CaptureTime due) {
  if (next_power_change(phone, interval.from) < std::min(due, phone.trace.last)) return true;
  return interval.until < due && (!phone.trace.has_journal() || was_ordered(phone, interval.until));
}

// --- Refreshes -----------------------------------------------------------------------------------

void device_refreshes_at_half(const Phone& phone, Judge& judge) {
  judge.needs("a call whose session timer the device has to refresh", Blame::harness);
  for (const Interval& interval : intervals(phone)) {
    if (!interval.by_device) continue;
    const auto tolerance = registration_tolerance(phone, interval.expires);
    const Duration half = interval.expires / 2;
    const CaptureTime latest = interval.from + half + tolerance.value;
    if (phone.trace.last <= latest || was_cut_short(phone, interval, latest)) continue;
    const bool is_over = interval.dialog.ended && interval.until == *interval.dialog.ended;
    if ((is_over || interval.was_changed_by_far_end) && interval.until <= latest) continue;
    judge.within(evidence_of(interval),
                 {.start = interval.from,
                  .end = interval.until,
                  .window = {.min = half - tolerance.value, .max = half + tolerance.value},
                  .tolerance = tolerance,
                  .host_produced = true},
                 fmt::format("refresh of a session of {}", format_duration(interval.expires)));
  }
}

void judge_wait(const Phone& phone, Judge& judge, const Interval& interval) {
  const auto tolerance = registration_tolerance(phone, interval.expires);
  const Duration due = interval.expires - sip::margin_before_expiry(interval.expires);
  if (was_cut_short(phone, interval, interval.from + due - tolerance.value)) return;
  const Message* bye = bye_of_device(phone, interval.dialog, interval.from);
  const Duration latest = std::min(due + tolerance.value, interval.expires);
  const bool was_refreshed = interval.until < interval.from + latest && bye == nullptr;
  const bool ended_by_server = interval.dialog.ended && bye == nullptr;
  if (was_refreshed || ended_by_server || (bye != nullptr && bye->at > interval.until)) return;
  if (bye != nullptr)
    judge.within(evidence_of(interval),
                 {.start = interval.from,
                  .end = bye->at,
                  .window = {.min = due - tolerance.value, .max = latest},
                  .tolerance = tolerance,
                  .host_produced = true},
                 fmt::format("BYE in a session of {} that nobody refreshed",
                             format_duration(interval.expires)));
  else if (phone.trace.last > interval.from + interval.expires)
    judge.violated(evidence_of(interval),
                   fmt::format("a session of {} that nobody refreshed went on",
                               format_duration(interval.expires)));
}

void unrefreshed_sessions_are_ended(const Phone& phone, Judge& judge) {
  judge.needs("a call whose session timer the far end has to refresh and does not", Blame::harness);
  for (const Interval& interval : intervals(phone))
    if (!interval.by_device) judge_wait(phone, judge, interval);
}

// --- 422 -----------------------------------------------------------------------------------------

/// The INVITE by which the device tries again what drew a 422, if it does: of the same call, as its
/// user counts calls.
const Transaction* second_try(const Phone& phone, const Transaction& refused) {
  const std::size_t answer = *refused.final;
  const std::string_view call_id = opening(phone, refused).sip.call_id();
  const CallGroup* const call = call_of(phone, refused);
  for (const Transaction& later : transactions(phone)) {
    const bool is_in_time = later.method == Method::invite &&
                            later.direction == Direction::from_device &&
                            later.server == refused.server && later.sends.front() > answer &&
                            opening(phone, later).at <= phone.at(answer) + soon;
    if (is_in_time && (opening(phone, later).sip.call_id() == call_id ||
                       (call != nullptr && call_of(phone, later) == call)))
      return &later;
  }
  return nullptr;
}

void judge_second_try(const Phone& phone, Judge& judge, const Transaction& refused,
                      const Transaction& again) {
  const sip::MessageView& answer = phone.message(*refused.final).sip;
  const sip::MessageView& first = opening(phone, refused).sip;
  const sip::MessageView& second = opening(phone, again).sip;
  const auto least = sip::parse_session_expires(answer.header(HeaderId::min_se));
  const auto asked = sip::parse_session_expires(second.header(HeaderId::session_expires));
  Evidence evidence = evidence_of(phone, refused);
  evidence.messages.push_back(again.sends.front());
  if (!least) return;
  if (asked && asked->interval < least->interval)
    judge.violated(evidence, fmt::format("asks for {} s after a 422 with Min-SE {}",
                                         asked->interval.count(), least->interval.count()));
  else if (second.call_id() != first.call_id() || second.cseq() != first.cseq() + 1)
    judge.violated(evidence, "the second try after a 422 is not the same call, one CSeq higher");
  else
    judge.pass(evidence, fmt::format("asks for {} s after a 422 with Min-SE {}",
                                     asked ? asked->interval.count() : 0, least->interval.count()));
}

void asks_for_the_least_interval(const Phone& phone, Judge& judge) {
  judge.needs("an INVITE that draws 422 and is tried again", Blame::harness);
  for (const Transaction& refused : transactions(phone)) {
    const bool is_ours =
        refused.method == Method::invite && refused.direction == Direction::from_device;
    if (!is_ours || !refused.final || phone.message(*refused.final).sip.status() != 422) continue;
    if (const Transaction* again = second_try(phone, refused))
      judge_second_try(phone, judge, refused, *again);
  }
}

// --- A refresh that fails ------------------------------------------------------------------------

void failed_refreshes_end_the_call(const Phone& phone, Judge& judge) {
  judge.needs("a refresh of the device that draws 481, 408 or nothing", Blame::harness);
  for (const Modification& refresh : modifications(phone)) {
    const auto lost = dialog_lost_at(phone, *refresh.request);
    const Message& request = opening(phone, *refresh.request);
    if (!lost || !asks_for_session(request.sip) || phone.trace.last < *lost + time_to_act ||
        next_power_change(phone, request.at) < *lost + time_to_act)
      continue;
    const Evidence evidence = evidence_of(phone, refresh);
    const Message* bye = bye_of_device(phone, *refresh.dialog, request.at);
    if (const Message* wrong = astray(phone, *refresh.dialog))
      judge.violated(evidence, fmt::format("after a failed refresh {} went to the {}",
                                           wrong->sip.method_text(), to_string(wrong->server)));
    else if (bye != nullptr && bye->at <= *lost + time_to_act)
      judge.pass(evidence, "BYE after a failed refresh");
    else if (bye != nullptr || !refresh.dialog->ended)
      violated_unless_lost(phone, judge, evidence, "no BYE after a failed refresh");
  }
}

constexpr std::array table{
    Check{"RFC4028-01", device_refreshes_at_half},
    Check{"RFC4028-02", unrefreshed_sessions_are_ended},
    Check{"RFC4028-03", asks_for_the_least_interval},
    Check{"RFC4028-04", failed_refreshes_end_the_call},
};

}  // namespace

std::span<const Check> rfc4028_10_session_checks() {
  return table;
}

}  // namespace sipharness::check
