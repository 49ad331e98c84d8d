// Which answers of the primary move a call and which do not, and what a late one may still do.
// @source RFC 3263 §4.3; RFC 3261 §8.1.3, §9.1, §13.2.2.4, §17.1.1.2, §21; RFC 6026 §8.3

#include <array>
#include <optional>

#include <fmt/format.h>

#include "harness/check/failover.hpp"
#include "harness/check/families.hpp"

namespace sipharness::check {
namespace {

using trace::CallGroup;
using trace::Leg;
using trace::ServerRole;

int status_of(const Context& context, const Leg& leg) {
  return leg.final ? context.message(*leg.final).sip.status() : 0;
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
void for_each_answer(const Context& context, const Judgement& judge_one) {
  for (const CallGroup& call : context.calls) {
    const Leg* primary = call.leg(ServerRole::primary);
    if (primary == nullptr || !primary->final || call.legs.front().server != ServerRole::primary)
      continue;
    const Leg* secondary = call.leg(ServerRole::secondary);
    const CaptureTime at = context.at(*primary->final);
    if (secondary != nullptr && reached_at(context, *secondary) < at) continue;
    judge_one(AnsweredCall{call, *primary, secondary, status_of(context, *primary), at});
  }
}

std::string fate(const Context& context, const AnsweredCall& answered) {
  if (answered.secondary == nullptr)
    return fmt::format("{}: the call ended at the primary", answered.status);
  return fmt::format("{}: the call went to the secondary {} later", answered.status,
                     format_seconds(reached_at(context, *answered.secondary) - answered.at));
}

// --- 503 -----------------------------------------------------------------------------------------

void judge_next_server(const Context& context, Judge& judge, const AnsweredCall& answered) {
  const Evidence evidence = evidence_of_both(context, answered.primary, answered.secondary);
  if (answered.secondary != nullptr)
    return judge.within(evidence,
                        {.start = answered.at,
                         .end = reached_at(context, *answered.secondary),
                         .window = {.max = context.profile.tolerances.fo_grace},
                         .tolerance = failover_grace(context)},
                        "INVITE at the secondary after the primary's 503");
  const CaptureTime deadline = answered.at + context.profile.tolerances.fo_grace;
  const bool has_reason = hung_up_before(answered.call, deadline) ||
                          context.is_out(ServerRole::secondary, answered.at) ||
                          !context.registered(ServerRole::secondary, answered.at);
  if (!has_reason && context.trace.last > deadline)
    judge.violated(evidence, "the primary answered 503 and the secondary was never tried");
}

/// New calls while the primary wants to be left alone.
void judge_quarantine(const Context& context, Judge& judge, const AnsweredCall& refused) {
  const auto wait = retry_after(context.message(*refused.primary.final).sip);
  if (!wait) return;
  for (const CallGroup& call : context.calls) {
    const Leg* primary = call.leg(ServerRole::primary);
    if (primary == nullptr || primary->i0 <= refused.at || primary->i0 >= refused.at + *wait)
      continue;
    judge.violated(evidence_of(context, *primary),
                   fmt::format("a call at the primary {} after a 503 with Retry-After {}",
                               format_seconds(primary->i0 - refused.at), format_seconds(*wait)));
  }
}

void a_503_moves_the_call(const Context& context, Judge& judge) {
  judge.needs("a call that the primary answers with 503", verdict::Blame::harness);
  for_each_answer(context, [&](const AnsweredCall& answered) {
    if (answered.status != 503) return;
    judge_next_server(context, judge, answered);
    judge_quarantine(context, judge, answered);
  });
}

/// The first call dialled after `at`, no other answer of the primary's kind in between.
const CallGroup* next_call(const Context& context, CaptureTime at) {
  for (const CallGroup& call : context.calls)
    if (!call.legs.empty() && call.dialled.value_or(call.legs.front().i0) > at) return &call;
  return nullptr;
}

void a_bare_503_is_a_500(const Context& context, Judge& judge) {
  judge.needs("a call after the primary answered one with 503 and no Retry-After",
              verdict::Blame::harness);
  for_each_answer(context, [&](const AnsweredCall& answered) {
    if (answered.status != 503 || retry_after(context.message(*answered.primary.final).sip)) return;
    const CallGroup* next = next_call(context, answered.at);
    if (next == nullptr) return;
    const Leg& first = next->legs.front();
    const CaptureTime start = next->dialled.value_or(first.i0);
    if (!context.registered(ServerRole::primary, start) ||
        context.known_down(ServerRole::primary, start))
      return;
    Evidence evidence = evidence_of(context, answered.primary);
    evidence.messages.push_back(evidence_of(context, first).messages.front());
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

void other_failures_are_recorded(const Context& context, Judge& judge) {
  judge.needs("a call that the primary answers with 408 or 5xx", verdict::Blame::harness);
  for_each_answer(context, [&](const AnsweredCall& answered) {
    if (is_server_failure(answered.status))
      judge.pass(evidence_of_both(context, answered.primary, answered.secondary),
                 fate(context, answered));
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

void a_refusal_ends_the_call(const Context& context, Judge& judge) {
  judge.needs("a call that the primary refuses with 4xx or 6xx", verdict::Blame::harness);
  for_each_answer(context, [&](const AnsweredCall& answered) {
    if (!is_refusal(answered.status)) return;
    const Evidence evidence = evidence_of_both(context, answered.primary, answered.secondary);
    if (answered.secondary == nullptr)
      judge.pass(evidence, fate(context, answered));
    else if (is_the_callees_word(answered.status))
      judge.violated(evidence, fate(context, answered));
    else
      judge.warn(evidence, fate(context, answered));
  });
}

// --- Slow and silent primaries -------------------------------------------------------------------

void a_slow_primary_keeps_the_call(const Context& context, Judge& judge) {
  judge.needs("a call that the primary answers after T1 and before Timer B",
              verdict::Blame::harness);
  for (const CallGroup& call : context.calls) {
    const Leg* primary = call.leg(ServerRole::primary);
    if (primary == nullptr || call.legs.front().server != ServerRole::primary) continue;
    const auto response = first_response(context, *primary);
    if (!response) continue;
    const Duration after = context.at(*response) - primary->i0;
    if (after <= context.profile.timers.t1 || after >= context.profile.request_timeout()) continue;
    const Leg* secondary = call.leg(ServerRole::secondary);
    const Evidence evidence = evidence_of_both(context, *primary, secondary);
    if (secondary == nullptr)
      judge.pass(evidence, fmt::format("the primary answered after {} and kept the call",
                                       format_seconds(after)));
    else if (reached_at(context, *secondary) < context.at(*response))
      judge.warn(evidence,
                 fmt::format("left the primary after {}; it answered {} after the INVITE",
                             format_seconds(reached_at(context, *secondary) - primary->i0),
                             format_seconds(after)));
  }
}

/// Only 100 Trying, and nothing after it.
bool only_tried(const Context& context, const Leg& leg) {
  if (leg.final || !leg.provisional) return false;
  for (const std::size_t response : context.transactions[leg.invites.back()].responses)
    if (context.message(response).sip.status() != 100) return false;
  return true;
}

std::string patience_of(const Context& context, const CallGroup& call, const Leg& primary) {
  const Leg* secondary = call.leg(ServerRole::secondary);
  if (secondary != nullptr && secondary->i0 > primary.i0)
    return fmt::format("after 100 and silence the call went to the secondary {} after its INVITE",
                       format_seconds(secondary->i0 - primary.i0));
  if (primary.cancel)
    return fmt::format("after 100 and silence the call was cancelled {} after its INVITE",
                       format_seconds(context.at(*primary.cancel) - primary.i0));
  return "after 100 and silence the device went on waiting";
}

/// No verdict hangs on it: RFC 3263 counts timeouts without any response only, and Timer C is the
/// proxy's (RFC 3261 §16.6 item 11).
void a_trying_primary_is_recorded(const Context& context, Judge& judge) {
  judge.needs("a call to which the primary says 100 and nothing more", verdict::Blame::harness);
  for (const CallGroup& call : context.calls) {
    const Leg* primary = call.leg(ServerRole::primary);
    if (primary == nullptr || !only_tried(context, *primary)) continue;
    judge.pass(evidence_of_both(context, *primary, call.leg(ServerRole::secondary)),
               patience_of(context, call, *primary));
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
