// CANCEL: when, what it must repeat, and how a call that its user gave up ends.
// @source RFC 3261 §9.1, §13.2.2.4, §15

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using sip::HeaderId;
using sip::Method;
using trace::Message;
using verdict::Blame;

/// policy: how soon a CANCEL that had to wait for a 1xx follows it (catalogue, CANCEL-02).
constexpr Duration time_to_cancel = 500ms;
/// policy: an event less than this before another may have crossed it in the device.
constexpr Duration race = 100ms;

/// The device's CANCELs, each with the INVITE it means.
class Cancels {
 public:
  explicit Cancels(const Phone& phone) : phone_(phone) {
    for (const Transaction& transaction : transactions(phone))
      if (transaction.method == Method::cancel &&
          transaction.direction == trace::Direction::from_device)
        by_call_id_[opening(phone, transaction).sip.call_id()].push_back(&transaction);
  }

  /// By its branch, or at least by its CSeq number and destination.
  const Transaction* of(const Transaction& invite) const {
    const Message& request = opening(phone_, invite);
    const auto candidates = by_call_id_.find(request.sip.call_id());
    if (candidates == by_call_id_.end()) return nullptr;
    for (const Transaction* cancel : candidates->second) {
      const Message& first = opening(phone_, *cancel);
      if (first.sip.via().branch == request.sip.via().branch ||
          (first.sip.cseq() == request.sip.cseq() && first.destination == request.destination))
        return cancel;
    }
    return nullptr;
  }

 private:
  const Phone& phone_;
  std::unordered_map<std::string_view, std::vector<const Transaction*>> by_call_id_;
};

const Transaction& invite_of(const Phone& phone, const Leg& leg) {
  return transactions(phone)[leg.invites.back()];
}

Evidence evidence_of(const Phone& phone, const Transaction& invite,
                     std::initializer_list<std::optional<std::size_t>> more) {
  Evidence evidence = check::evidence_of(phone, invite);
  evidence.messages.resize(1);
  for (const auto& message : more)
    if (message) evidence.messages.push_back(*message);
  return evidence;
}

/// Nothing came before Timer B: the device had to leave it without a CANCEL.
bool was_silent(const Phone& phone, const Transaction& invite) {
  const CaptureTime timer_b = phone.at(invite.sends.front()) + phone.profile.timers.sixty_four_t1();
  return !invite.first_response || phone.at(*invite.first_response) >= timer_b;
}

// --- When ----------------------------------------------------------------------------------------

void waits_for_a_provisional(const Phone& phone, Judge& judge) {
  judge.needs("an INVITE that is cancelled, or left without a provisional response");
  const Cancels cancels(phone);
  for (const Transaction* invite : device_invites(phone)) {
    const Transaction* cancel = cancels.of(*invite);
    if (cancel == nullptr) {
      if (was_silent(phone, *invite))
        judge.pass(check::evidence_of(phone, *invite),
                   "no CANCEL for an INVITE without provisional response");
      continue;
    }
    Evidence evidence = check::evidence_of(phone, *invite);
    evidence.messages.push_back(cancel->sends.front());
    const bool after_provisional =
        invite->provisional && *invite->provisional < cancel->sends.front();
    if (after_provisional)
      judge.pass(evidence, "CANCEL only after a provisional response");
    else
      judge.violated(evidence, "CANCEL before any provisional response");
  }
}

/// Hung up before the leg had drawn anything, and its first answer is a provisional one that leaves
/// time to cancel it.
bool had_to_wait_with_cancel(const Phone& phone, const CallGroup& call, const Leg& leg) {
  if (!call.hung_up || !leg.provisional || leg.i0 > *call.hung_up) return false;
  const CaptureTime heard = phone.at(*leg.provisional);
  if (heard < *call.hung_up + race || !awaits_answer(phone, invite_of(phone, leg), heard))
    return false;
  return leg.cancel || !leg.final || phone.at(*leg.final) > heard + time_to_cancel;
}

void cancels_when_it_may(const Phone& phone, Judge& judge) {
  judge.needs("a call that is hung up before its first response, a provisional one",
              Blame::harness);
  for (const CallGroup& call : calls(phone)) {
    for (const Leg& leg : call.legs) {
      if (!had_to_wait_with_cancel(phone, call, leg)) continue;
      const Evidence evidence =
          evidence_of(phone, invite_of(phone, leg), {leg.provisional, leg.cancel});
      const CaptureTime heard = phone.at(*leg.provisional);
      if (leg.cancel)
        judge.within(
            evidence,
            {.start = heard, .end = phone.at(*leg.cancel), .window = {.max = time_to_cancel}},
            "CANCEL after the first provisional response to a call hung up before");
      else if (next_power_change(phone, heard) > heard + time_to_cancel)
        violated_unless_lost(phone, judge, evidence,
                             "the call was hung up, a provisional response came, and no CANCEL");
    }
  }
}

/// The user hung up when the leg had its final response, and that had time to arrive.
bool was_hung_up_after_final(const Phone& phone, const Transaction& invite) {
  const CallGroup* call = call_of(phone, invite);
  return call != nullptr && call->hung_up && invite.final &&
         phone.at(*invite.final) + race <= *call->hung_up;
}

/// A CANCEL on the branch of a request that is no INVITE.
void judge_cancelled_others(const Phone& phone, Judge& judge) {
  std::unordered_map<std::string_view, const Transaction*> first_of;
  for (const Transaction& transaction : transactions(phone))
    if (transaction.method != Method::cancel)
      first_of.emplace(opening(phone, transaction).sip.via().branch, &transaction);
  for (const Transaction& transaction : transactions(phone)) {
    if (transaction.method != Method::cancel ||
        transaction.direction != trace::Direction::from_device)
      continue;
    const auto cancelled = first_of.find(opening(phone, transaction).sip.via().branch);
    if (cancelled == first_of.end() || cancelled->second->method == Method::invite) continue;
    judge.violated(
        evidence_of(phone, *cancelled->second, {transaction.sends.front()}),
        fmt::format("CANCEL of a {}", opening(phone, *cancelled->second).sip.method_text()));
  }
}

void cancels_nothing_that_is_over(const Phone& phone, Judge& judge) {
  judge.needs("a call that is hung up");
  const Cancels cancels(phone);
  judge_cancelled_others(phone, judge);
  for (const Transaction* invite : device_invites(phone)) {
    const Transaction* cancel = cancels.of(*invite);
    if (cancel == nullptr) {
      if (was_hung_up_after_final(phone, *invite))
        judge.pass(evidence_of(phone, *invite, {invite->final}),
                   "no CANCEL for an INVITE that had its final response");
      continue;
    }
    const std::size_t sent = cancel->sends.front();
    const Evidence evidence = evidence_of(phone, *invite, {invite->final, sent});
    if (invite->final && phone.at(*invite->final) + race < phone.at(sent))
      violated_unless_lost(phone, judge, evidence,
                           fmt::format("CANCEL {} after a {}",
                                       format_seconds(phone.at(sent) - phone.at(*invite->final)),
                                       phone.message(*invite->final).sip.status()));
    else
      judge.pass(evidence, "CANCEL before any final response");
  }
}

// --- What ----------------------------------------------------------------------------------------

void repeats_the_invite(const Phone& phone, Judge& judge) {
  judge.needs("a call that is cancelled");
  const Cancels cancels(phone);
  for (const Transaction* invite : device_invites(phone)) {
    const Transaction* cancel = cancels.of(*invite);
    if (cancel == nullptr) continue;
    const Message& request = opening(phone, *invite);
    const Message& sent = opening(phone, *cancel);
    const Evidence evidence = evidence_of(phone, *invite, {cancel->sends.front()});
    if (const auto wrong = departs_from(request, sent, request))
      judge.violated(evidence, fmt::format("CANCEL: {}", *wrong));
    else if (sent.sip.has(HeaderId::require) || sent.sip.has(HeaderId::proxy_require))
      judge.violated(evidence, "CANCEL with Require or Proxy-Require");
    else
      judge.pass(evidence, "CANCEL repeats what it must of its INVITE");
  }
}

// --- How it ends ---------------------------------------------------------------------------------

/// The first INVITE that the call sent anywhere later than `at`.
const Transaction* invite_after(const Phone& phone, const CallGroup& call, CaptureTime at) {
  for (const Leg& leg : call.legs)
    for (const std::size_t invite : leg.invites)
      if (phone.at(transactions(phone)[invite].sends.front()) > at)
        return &transactions(phone)[invite];
  return nullptr;
}

/// A cancelled leg rang somebody else after all: the fault that this requirement is for.
bool judge_ghost(const Phone& phone, Judge& judge, const CallGroup& call, const Leg& leg) {
  const CaptureTime cancelled = phone.at(*leg.cancel);
  const Transaction* ghost = invite_after(phone, call, cancelled + round_trip_slack);
  if (ghost == nullptr) return false;
  const Evidence evidence =
      evidence_of(phone, invite_of(phone, leg), {leg.cancel, ghost->sends.front()});
  if (call.hung_up && *call.hung_up <= cancelled + round_trip_slack)
    judge.fail(evidence, fmt::format("an INVITE at the {} {} after the call was cancelled",
                                     to_string(ghost->server),
                                     format_seconds(phone.at(ghost->sends.front()) - cancelled)));
  else if (!phone.trace.has_journal() && ghost->server != leg.server)
    judge.inconclusive(evidence, Blame::user,
                       "an INVITE followed the CANCEL; whether the user had hung up is not known");
  else
    return false;
  return true;
}

void judge_cancelled_leg(const Phone& phone, Judge& judge, const CallGroup& call, const Leg& leg) {
  if (judge_ghost(phone, judge, call, leg)) return;
  const Transaction& invite = invite_of(phone, leg);
  const Evidence evidence = evidence_of(phone, invite, {leg.cancel, leg.final});
  const CaptureTime cancelled = phone.at(*leg.cancel);
  if (leg.final && phone.message(*leg.final).sip.is_success()) return;  // see CANCEL-06
  if (!leg.final) {
    if (phone.trace.last > cancelled + failover_limit(phone))
      judge.pass(evidence, "no final response after the CANCEL, and nothing followed");
    return;
  }
  const int status = phone.message(*leg.final).sip.status();
  if (!invite.acks.empty())
    judge.pass(evidence, fmt::format("the {} after the CANCEL was acknowledged", status));
  else if (phone.trace.last > phone.at(*leg.final) + time_to_react)
    violated_unless_lost(phone, judge, evidence,
                         fmt::format("the {} after the CANCEL was never acknowledged", status));
}

void a_cancelled_call_is_over(const Phone& phone, Judge& judge) {
  judge.needs("a call that is cancelled, and time for it to end");
  for (const CallGroup& call : calls(phone))
    for (const Leg& leg : call.legs)
      if (leg.cancel) judge_cancelled_leg(phone, judge, call, leg);
}

/// Answered when its user had given it up, in time for its transaction.
bool crossed_the_hang_up(const Phone& phone, const CallGroup& call, const Leg& leg) {
  if (!call.hung_up || !leg.final || !phone.message(*leg.final).sip.is_success()) return false;
  const CaptureTime at = phone.at(*leg.final);
  if (at <= *call.hung_up) return false;
  const bool is_waited_for =
      awaits_answer(phone, invite_of(phone, leg), at) &&
      (!leg.cancel || at < phone.at(*leg.cancel) + phone.profile.timers.sixty_four_t1());
  return is_waited_for || !leg.acks_2xx.empty();
}

void judge_unwanted_answer(const Phone& phone, Judge& judge, const Leg& leg) {
  const CaptureTime at = phone.at(*leg.final);
  const CaptureTime deadline = at + time_to_react;
  if (std::min(phone.trace.last, next_power_change(phone, at)) <= deadline) return;
  Evidence evidence = evidence_of(phone, invite_of(phone, leg), {leg.final});
  if (leg.acks_2xx.empty())
    return violated_unless_lost(phone, judge, evidence,
                                "an answer that crossed the hang-up was never acknowledged");
  evidence.messages.push_back(leg.acks_2xx.front());
  judge.within(evidence,
               {.start = at,
                .end = phone.at(leg.acks_2xx.front()),
                .window = {.max = phone.profile.timers.t1}},
               "ACK to an answer that crossed the hang-up");
  if (leg.bye_to_device && phone.at(*leg.bye_to_device) <= deadline) return;
  if (!leg.bye_from_device)
    return judge.violated(evidence, "an answer that crossed the hang-up was never ended by BYE");
  evidence.messages.push_back(*leg.bye_from_device);
  judge.within(
      evidence,
      {.start = at, .end = phone.at(*leg.bye_from_device), .window = {.max = time_to_react}},
      "BYE after an answer that crossed the hang-up");
}

void an_unwanted_answer_is_ended(const Phone& phone, Judge& judge) {
  judge.needs("a call that is answered when its user has hung up", Blame::harness);
  for (const CallGroup& call : calls(phone))
    for (const Leg& leg : call.legs)
      if (crossed_the_hang_up(phone, call, leg)) judge_unwanted_answer(phone, judge, leg);
}

/// A leg was answered before the user hung up: what ended then was a conversation.
bool was_answered_before(const Phone& phone, const CallGroup& call, CaptureTime at) {
  return std::ranges::any_of(call.legs, [&](const Leg& leg) {
    return leg.final && phone.message(*leg.final).sip.is_success() && phone.at(*leg.final) < at;
  });
}

void nothing_follows_a_hang_up(const Phone& phone, Judge& judge) {
  judge.needs("a call that is hung up before it is answered, and time for a fallback");
  const Duration slack = std::max(round_trip_slack, phone.profile.tolerances.timer.absolute);
  for (const CallGroup& call : calls(phone)) {
    if (!call.hung_up || call.legs.empty() || was_answered_before(phone, call, *call.hung_up))
      continue;
    const Transaction& last = invite_of(phone, call.legs.back());
    const Transaction* ghost = invite_after(phone, call, *call.hung_up + slack);
    if (ghost != nullptr)
      judge.violated(
          evidence_of(phone, last, {ghost->sends.front()}),
          fmt::format("an INVITE at the {} {} after the user had hung up", to_string(ghost->server),
                      format_seconds(phone.at(ghost->sends.front()) - *call.hung_up)));
    else if (std::min(call.until, phone.trace.last) > call.legs.back().i0 + failover_limit(phone))
      judge.pass(evidence_of(phone, last, {}), "no INVITE followed the hang-up");
  }
}

constexpr std::array table{
    Check{"RFC3261-CANCEL-01", waits_for_a_provisional},
    Check{"RFC3261-CANCEL-02", cancels_when_it_may},
    Check{"RFC3261-CANCEL-03", repeats_the_invite},
    Check{"RFC3261-CANCEL-04", cancels_nothing_that_is_over},
    Check{"RFC3261-CANCEL-05", a_cancelled_call_is_over},
    Check{"RFC3261-CANCEL-06", an_unwanted_answer_is_ended},
    Check{"FO-USERCANCEL", nothing_follows_a_hang_up},
};

}  // namespace

std::span<const Check> rfc3261_9_cancel_checks() {
  return table;
}

}  // namespace sipharness::check
