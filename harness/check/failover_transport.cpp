// What a device makes of failures that the transport reports, and of silence.
// @source RFC 3261 §8.1.3.1, §18.4; RFC 3263 §4.3

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "harness/check/client_transactions.hpp"
#include "harness/check/failover.hpp"
#include "harness/check/families.hpp"

namespace sipharness::check {
namespace {

using trace::ServerRole;
using trace::Transaction;

const Transaction& last_invite(const Context& context, const trace::Leg& leg) {
  return context.transactions[leg.invites.back()];
}

bool was_reached_by(const Context& context, const trace::Leg* leg, CaptureTime limit) {
  return leg != nullptr && reached_at(context, *leg) <= limit;
}

// --- A timeout is a 408, a fatal transport error a 503 -------------------------------------------

void judge_timeout(const Context& context, Judge& judge, const FailureSignal& signal) {
  const auto tolerance = timer_tolerance(context, context.profile.timers.sixty_four_t1());
  const Evidence evidence = evidence_of(context, signal);
  const CaptureTime last = signal.primary != nullptr
                               ? context.at(last_invite(context, *signal.primary).sends.back())
                               : signal.at;
  if (was_reached_by(context, signal.secondary, signal.at + context.profile.tolerances.fo_grace))
    judge.pass(evidence, "silence counted as a 408: the next server was tried");
  else if (last > signal.at + tolerance.value)
    judge.violated(evidence, fmt::format("silence counted for nothing: INVITE still repeated {} "
                                         "after the timeout",
                                         format_seconds(last - signal.at)));
  else
    judge.pass(evidence, "silence counted as a 408: the INVITE ended");
}

void judge_transport_error(const Context& context, Judge& judge, const FailureSignal& signal) {
  // A device that goes on has not been told by its stack; §18.4 leaves that open.
  if (signal.primary != nullptr &&
      context.at(last_invite(context, *signal.primary).sends.back()) > signal.at)
    return;
  // What a 503 does to a call is a SHOULD of RFC 3263; the guide promises it.
  if (!context.profile.claims_guide()) return;
  const Evidence evidence = evidence_of(context, signal);
  const CaptureTime limit = signal.at + context.profile.tolerances.fo_grace;
  if (was_reached_by(context, signal.secondary, limit))
    judge.pass(evidence, "the transport error counted as a 503: the next server was tried");
  else if (context.trace.last > limit)
    judge.violated(evidence, "the call ended at a transport error instead of going on as at a 503");
}

/// AMB-17: a device that leaves after so many repeats took the silence for an answer before its
/// time.
void judge_early_leave(const Context& context, Judge& judge, const SilentPrimary& call) {
  const Duration timeout = context.profile.timers.sixty_four_t1();
  const Duration early = timer_tolerance(context, timeout).value / 2;
  if (call.secondary == nullptr || call.has_signal) return;
  const Duration after = reached_at(context, *call.secondary) - call.primary->i0;
  if (after + early < timeout)
    judge.pass(evidence_of_both(context, *call.primary, call.secondary),
               fmt::format("silence counted as a 408 after {}: the next server was tried",
                           format_seconds(after)));
}

void failures_count_as_answers(const Context& context, Judge& judge) {
  const auto signals = failure_signals(context);
  judge.needs("a call that ends at the primary by silence, or by a transport error that counts",
              signals.empty() ? verdict::Blame::harness : verdict::Blame::device);
  for (const FailureSignal& signal : signals) {
    if (signal.kind == timeout_signal || signal.kind == hanging_signal)
      judge_timeout(context, judge, signal);
    if (signal.kind == transport_signal || signal.kind == refused_signal)
      judge_transport_error(context, judge, signal);
  }
  if (!context.profile.max_request_retries) return;
  for (const SilentPrimary& call : calls_to_silent_primary(context))
    judge_early_leave(context, judge, call);
}

// --- ICMP ----------------------------------------------------------------------------------------

/// The first ICMP error that an unanswered UDP transaction of the device drew.
std::optional<CaptureTime> icmp_for(const Context& context, const Transaction& transaction) {
  if (!is_ours(transaction) || !is_unreliable(context, transaction)) return std::nullopt;
  const CaptureTime timeout = timeout_of(context, transaction);
  const CaptureTime end = transaction.first_response
                              ? std::min(timeout, context.at(*transaction.first_response))
                              : timeout;
  return transport_failure(context, transaction.server, start_of(context, transaction), end);
}

void judge_call(const Context& context, Judge& judge, const trace::CallGroup& call) {
  const trace::Leg* primary = call.leg(ServerRole::primary);
  if (primary == nullptr || call.legs.front().server != ServerRole::primary || !primary->silent())
    return;
  const auto told = icmp_for(context, last_invite(context, *primary));
  const CaptureTime limit = told.value_or(context.trace.last) + context.profile.tolerances.fo_grace;
  if (!told || hung_up_before(call, limit)) return;
  const trace::Leg* secondary = call.leg(ServerRole::secondary);
  const Evidence evidence = evidence_of_both(context, *primary, secondary);
  const bool is_lost = context.is_out(ServerRole::secondary, *told) ||
                       context.known_down(ServerRole::secondary, *told);
  if (secondary != nullptr)
    judge.within(evidence,
                 {.start = *told,
                  .end = reached_at(context, *secondary),
                  .window = {.max = context.profile.tolerances.fo_grace},
                  .tolerance = failover_grace(context)},
                 "INVITE at the secondary after the ICMP error");
  else if (!is_lost && context.trace.last > limit)
    judge.violated(evidence, "the ICMP error moved nothing: no INVITE at the secondary");
}

void judge_register(const Context& context, Judge& judge, const Transaction& transaction) {
  const auto told = icmp_for(context, transaction);
  const CaptureTime limit = told.value_or(context.trace.last) + context.profile.tolerances.fo_grace;
  if (!told || context.trace.last < limit) return;
  const CaptureTime last = context.at(transaction.sends.back());
  if (last > limit)
    judge.violated(evidence_of(context, transaction),
                   fmt::format("REGISTER still repeated {} after the ICMP error",
                               format_seconds(last - *told)));
  else
    judge.pass(evidence_of(context, transaction), "the ICMP error ended the REGISTER");
}

void icmp_ends_the_wait(const Context& context, Judge& judge) {
  judge.needs("an ICMP error for an INVITE or a REGISTER", verdict::Blame::harness);
  for (const trace::CallGroup& call : context.calls) judge_call(context, judge, call);
  for (const Transaction& transaction : context.transactions)
    if (transaction.method == sip::Method::register_) judge_register(context, judge, transaction);
}

constexpr std::array table{
    Check{"RFC3261-GEN-10", failures_count_as_answers},
    Check{"FO-ICMP", icmp_ends_the_wait},
};

}  // namespace

std::span<const Check> failover_transport_checks() {
  return table;
}

}  // namespace sipharness::check
