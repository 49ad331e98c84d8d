// Which answers of the primary move a call and which do not, and what a late one may still do.
// @source RFC 3263 §4.3; RFC 3261 §8.1.3, §9.1, §13.2.2.4, §17.1.1.2, §21; RFC 6026 §8.3

#include <array>
#include <optional>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/failover.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/retry_after.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using trace::ServerRole;

int status_of(const Phone& phone, const Leg& leg) {
  return leg.final ? phone.message(*leg.final).sip.status() : 0;
}

/// A call that began at the primary, which gave it a final answer.
struct AnsweredCall {
  const CallGroup& call;
  const Leg& primary;
  const Leg* secondary;  ///< null: never tried
  int status;
  CaptureTime at;  ///< of the answer
};

template <class Judgement>
void for_each_answer(const Phone& phone, const Judgement& judge_one) {
  for (const CallGroup& call : calls(phone)) {
    const Leg* primary = call.leg(ServerRole::primary);
    if (primary == nullptr || !primary->final || call.legs.front().server != ServerRole::primary)
      continue;
    const Leg* secondary = call.leg(ServerRole::secondary);
    const CaptureTime at = phone.at(*primary->final);
    if (secondary != nullptr && reached_at(phone, *secondary) < at) continue;
    judge_one(AnsweredCall{call, *primary, secondary, status_of(phone, *primary), at});
  }
}

std::string fate(const Phone& phone, const AnsweredCall& answered) {
  if (answered.secondary == nullptr)
    return fmt::format("{}: the call ended at the primary", answered.status);
  return fmt::format("{}: the call went to the secondary {} later", answered.status,
                     format_seconds(reached_at(phone, *answered.secondary) - answered.at));
}

// --- 503 -----------------------------------------------------------------------------------------

void judge_next_server(const Phone& phone, Judge& judge, const AnsweredCall& answered) {
  const Evidence evidence = evidence_of_both(phone, answered.primary, answered.secondary);
  if (answered.secondary != nullptr)
    return judge.within(evidence,
                        {.start = answered.at,
                         .end = reached_at(phone, *answered.secondary),
                         .window = {.max = phone.profile.tolerances.fo_grace},
                         .tolerance = failover_grace(phone)},
                        "INVITE at the secondary after the primary's 503");
  const CaptureTime deadline = answered.at + phone.profile.tolerances.fo_grace;
  const bool has_reason = hung_up_before(answered.call, deadline) ||
                          is_out(phone, ServerRole::secondary, answered.at) ||
                          !registered(phone, ServerRole::secondary, answered.at);
  if (!has_reason && phone.trace.last > deadline)
    judge.violated(evidence, "the primary answered 503 and the secondary was never tried");
}

/// New calls while the primary wants to be left alone.
void judge_quarantine(const Phone& phone, Judge& judge, const AnsweredCall& refused) {
  const auto wait = retry_after(phone.message(*refused.primary.final).sip);
  if (!wait) return;
  for (const CallGroup& call : calls(phone)) {
    const Leg* primary = call.leg(ServerRole::primary);
    if (primary == nullptr || primary->i0 <= refused.at || primary->i0 >= refused.at + *wait)
      continue;
    judge.violated(evidence_of(phone, *primary),
                   fmt::format("a call at the primary {} after a 503 with Retry-After {}",
                               format_seconds(primary->i0 - refused.at), format_seconds(*wait)));
  }
}

void a_503_moves_the_call(const Phone& phone, Judge& judge) {
  judge.needs("a call that the primary answers with 503", verdict::Blame::harness);
  for_each_answer(phone, [&](const AnsweredCall& answered) {
    if (answered.status != 503) return;
    judge_next_server(phone, judge, answered);
    judge_quarantine(phone, judge, answered);
  });
}

/// The first call dialled after `at`, no other answer of the primary's kind in between.
const CallGroup* next_call(const Phone& phone, CaptureTime at) {
  for (const CallGroup& call : calls(phone))
    if (!call.legs.empty() && call.dialled.value_or(call.legs.front().i0) > at) return &call;
  return nullptr;
}

void a_bare_503_is_a_500(const Phone& phone, Judge& judge) {
  judge.needs("a call after the primary answered one with 503 and no Retry-After",
              verdict::Blame::harness);
  for_each_answer(phone, [&](const AnsweredCall& answered) {
    if (answered.status != 503 || retry_after(phone.message(*answered.primary.final).sip)) return;
    const CallGroup* next = next_call(phone, answered.at);
    if (next == nullptr) return;
    const Leg& first = next->legs.front();
    const CaptureTime start = next->dialled.value_or(first.i0);
    if (!registered(phone, ServerRole::primary, start) ||
        known_down(phone, ServerRole::primary, start))
      return;
    Evidence evidence = evidence_of(phone, answered.primary);
    evidence.messages.push_back(evidence_of(phone, first).messages.front());
    if (first.server == ServerRole::primary)
      judge.pass(evidence, "the call after a 503 without Retry-After starts at the primary again");
    else
      judge.violated(evidence, "a 503 without Retry-After kept the next call from the primary");
  });
}

// --- Other answers -------------------------------------------------------------------------------

bool is_server_failure(int status) {
  return status == 408 || (status >= 500 && status < 600 && status != 503);
}

void other_failures_are_recorded(const Phone& phone, Judge& judge) {
  judge.needs("a call that the primary answers with 408 or 5xx", verdict::Blame::harness);
  for_each_answer(phone, [&](const AnsweredCall& answered) {
    if (is_server_failure(answered.status))
      judge.pass(evidence_of_both(phone, answered.primary, answered.secondary),
                 fate(phone, answered));
  });
}

/// 4xx and 6xx that say something about the call; a 487 ends what was cancelled.
bool is_refusal(int status) {
  const bool is_challenge = status == 401 || status == 407;
  const bool is_of_class = (status >= 400 && status < 500) || (status >= 600 && status < 700);
  return is_of_class && !is_challenge && status != 408 && status != 487;
}

/// The callee was reached and said no (RFC 3261 §21.4.24, §21.6).
bool is_the_callees_word(int status) {
  return status == 486 || status >= 600;
}

void a_refusal_ends_the_call(const Phone& phone, Judge& judge) {
  judge.needs("a call that the primary refuses with 4xx or 6xx", verdict::Blame::harness);
  for_each_answer(phone, [&](const AnsweredCall& answered) {
    if (!is_refusal(answered.status)) return;
    const Evidence evidence = evidence_of_both(phone, answered.primary, answered.secondary);
    if (answered.secondary == nullptr)
      judge.pass(evidence, fate(phone, answered));
    else if (is_the_callees_word(answered.status))
      judge.violated(evidence, fate(phone, answered));
    else
      judge.warn(evidence, fate(phone, answered));
  });
}

// --- Slow and silent primaries -------------------------------------------------------------------

void a_slow_primary_keeps_the_call(const Phone& phone, Judge& judge) {
  judge.needs("a call that the primary answers after T1 and before Timer B",
              verdict::Blame::harness);
  for (const CallGroup& call : calls(phone)) {
    const Leg* primary = call.leg(ServerRole::primary);
    if (primary == nullptr || call.legs.front().server != ServerRole::primary) continue;
    const auto response = first_response(phone, *primary);
    if (!response) continue;
    const Duration after = phone.at(*response) - primary->i0;
    if (after <= phone.profile.timers.t1 || after >= phone.profile.request_timeout()) continue;
    const Leg* secondary = call.leg(ServerRole::secondary);
    const Evidence evidence = evidence_of_both(phone, *primary, secondary);
    if (secondary == nullptr)
      judge.pass(evidence, fmt::format("the primary answered after {} and kept the call",
                                       format_seconds(after)));
    else if (reached_at(phone, *secondary) < phone.at(*response))
      judge.warn(evidence, fmt::format("left the primary after {}; it answered {} after the INVITE",
                                       format_seconds(reached_at(phone, *secondary) - primary->i0),
                                       format_seconds(after)));
  }
}

/// Only 100 Trying, and nothing after it.
bool only_tried(const Phone& phone, const Leg& leg) {
  if (leg.final || !leg.provisional) return false;
  for (const std::size_t response : transactions(phone)[leg.invites.back()].responses)
    if (phone.message(response).sip.status() != 100) return false;
  return true;
}

std::string patience_of(const Phone& phone, const CallGroup& call, const Leg& primary) {
  const Leg* secondary = call.leg(ServerRole::secondary);
  if (secondary != nullptr && secondary->i0 > primary.i0)
    return fmt::format("after 100 and silence the call went to the secondary {} after its INVITE",
                       format_seconds(secondary->i0 - primary.i0));
  if (primary.cancel)
    return fmt::format("after 100 and silence the call was cancelled {} after its INVITE",
                       format_seconds(phone.at(*primary.cancel) - primary.i0));
  return "after 100 and silence the device went on waiting";
}

/// No verdict hangs on it: RFC 3263 counts timeouts without any response only, and Timer C is the
/// proxy's (RFC 3261 §16.6 item 11).
void a_trying_primary_is_recorded(const Phone& phone, Judge& judge) {
  judge.needs("a call to which the primary says 100 and nothing more", verdict::Blame::harness);
  for (const CallGroup& call : calls(phone)) {
    const Leg* primary = call.leg(ServerRole::primary);
    if (primary == nullptr || !only_tried(phone, *primary)) continue;
    judge.pass(evidence_of_both(phone, *primary, call.leg(ServerRole::secondary)),
               patience_of(phone, call, *primary));
  }
}

constexpr std::array table{
    Check{"FO-INV503", a_503_moves_the_call},
    Check{"RFC3261-GEN-13", a_bare_503_is_a_500},
    Check{"FO-INV5XX", other_failures_are_recorded},
    Check{"FO-INV4XX", a_refusal_ends_the_call},
    Check{"FO-SLOW-LT", a_slow_primary_keeps_the_call},
    Check{"FO-100SIL", a_trying_primary_is_recorded},
    Check{"RFC3263-02", a_trying_primary_is_recorded},
};

}  // namespace

std::span<const Check> failover_answer_checks() {
  return table;
}

}  // namespace sipharness::check
