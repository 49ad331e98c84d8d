// What a device makes of failures that the transport reports, and of silence.
// @source RFC 3261 §8.1.3.1, §18.4; RFC 3263 §4.3

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/failover.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using trace::ServerRole;

const Transaction& last_invite(const Phone& phone, const Leg& leg) {
  return transactions(phone)[leg.invites.back()];
}

bool was_reached_by(const Phone& phone, const Leg* leg, CaptureTime limit) {
  return leg != nullptr && reached_at(phone, *leg) <= limit;
}

// --- A timeout is a 408, a fatal transport error a 503 -------------------------------------------

void judge_timeout(const Phone& phone, Judge& judge, const FailureSignal& signal) {
  const auto tolerance = timer_tolerance(phone, phone.profile.timers.sixty_four_t1());
  const Evidence evidence = evidence_of(phone, signal);
  const CaptureTime last = signal.primary != nullptr
                               ? phone.at(last_invite(phone, *signal.primary).sends.back())
                               : signal.at;
  if (was_reached_by(phone, signal.secondary, signal.at + phone.profile.tolerances.fo_grace))
    judge.pass(evidence, "silence counted as a 408: the next server was tried");
  else if (last > signal.at + tolerance.value)
    judge.violated(evidence, fmt::format("silence counted for nothing: INVITE still repeated {} "
                                         "after the timeout",
                                         format_seconds(last - signal.at)));
  else
    judge.pass(evidence, "silence counted as a 408: the INVITE ended");
}

void judge_transport_error(const Phone& phone, Judge& judge, const FailureSignal& signal) {
  // A device that goes on has not been told by its stack; §18.4 leaves that open.
  if (signal.primary != nullptr &&
      phone.at(last_invite(phone, *signal.primary).sends.back()) > signal.at)
    return;
  // What a 503 does to a call is a SHOULD of RFC 3263; the guide promises it.
  if (!phone.profile.claims_guide()) return;
  const Evidence evidence = evidence_of(phone, signal);
  const CaptureTime limit = signal.at + phone.profile.tolerances.fo_grace;
  if (was_reached_by(phone, signal.secondary, limit))
    judge.pass(evidence, "the transport error counted as a 503: the next server was tried");
  else if (phone.trace.last > limit)
    judge.violated(evidence, "the call ended at a transport error instead of going on as at a 503");
}

/// AMB-17: a device that leaves after so many repeats took the silence for an answer before its
/// time.
void judge_early_leave(const Phone& phone, Judge& judge, const SilentPrimary& call) {
  const Duration timeout = phone.profile.timers.sixty_four_t1();
  const Duration early = timer_tolerance(phone, timeout).value / 2;
  if (call.secondary == nullptr || call.has_signal) return;
  const Duration after = reached_at(phone, *call.secondary) - call.primary->i0;
  if (after + early < timeout)
    judge.pass(evidence_of_both(phone, *call.primary, call.secondary),
               fmt::format("silence counted as a 408 after {}: the next server was tried",
                           format_seconds(after)));
}

void failures_count_as_answers(const Phone& phone, Judge& judge) {
  const auto signals = failure_signals(phone);
  judge.needs("a call that ends at the primary by silence, or by a transport error that counts",
              signals.empty() ? verdict::Blame::harness : verdict::Blame::device);
  for (const FailureSignal& signal : signals) {
    if (signal.kind == timeout_signal || signal.kind == hanging_signal)
      judge_timeout(phone, judge, signal);
    if (signal.kind == transport_signal || signal.kind == refused_signal)
      judge_transport_error(phone, judge, signal);
  }
  if (!phone.profile.max_request_retries) return;
  for (const SilentPrimary& call : calls_to_silent_primary(phone))
    judge_early_leave(phone, judge, call);
}

// --- ICMP ----------------------------------------------------------------------------------------

/// The first ICMP error that an unanswered UDP transaction of the device drew.
std::optional<CaptureTime> icmp_for(const Phone& phone, const Transaction& transaction) {
  if (!is_ours(transaction) || !is_unreliable(phone, transaction)) return std::nullopt;
  const CaptureTime timeout = timeout_of(phone, transaction);
  const CaptureTime end = transaction.first_response
                              ? std::min(timeout, phone.at(*transaction.first_response))
                              : timeout;
  return transport_failure(phone, transaction.server, start_of(phone, transaction), end);
}

void judge_call(const Phone& phone, Judge& judge, const CallGroup& call) {
  const Leg* primary = call.leg(ServerRole::primary);
  if (primary == nullptr || call.legs.front().server != ServerRole::primary || !primary->silent())
    return;
  const auto told = icmp_for(phone, last_invite(phone, *primary));
  const CaptureTime limit = told.value_or(phone.trace.last) + phone.profile.tolerances.fo_grace;
  if (!told || hung_up_before(call, limit)) return;
  const Leg* secondary = call.leg(ServerRole::secondary);
  const Evidence evidence = evidence_of_both(phone, *primary, secondary);
  const bool is_lost = is_out(phone, ServerRole::secondary, *told) ||
                       known_down(phone, ServerRole::secondary, *told);
  if (secondary != nullptr)
    judge.within(evidence,
                 {.start = *told,
                  .end = reached_at(phone, *secondary),
                  .window = {.max = phone.profile.tolerances.fo_grace},
                  .tolerance = failover_grace(phone)},
                 "INVITE at the secondary after the ICMP error");
  else if (!is_lost && phone.trace.last > limit)
    judge.violated(evidence, "the ICMP error moved nothing: no INVITE at the secondary");
}

void judge_register(const Phone& phone, Judge& judge, const Transaction& transaction) {
  const auto told = icmp_for(phone, transaction);
  const CaptureTime limit = told.value_or(phone.trace.last) + phone.profile.tolerances.fo_grace;
  if (!told || phone.trace.last < limit) return;
  const CaptureTime last = phone.at(transaction.sends.back());
  if (last > limit)
    judge.violated(evidence_of(phone, transaction),
                   fmt::format("REGISTER still repeated {} after the ICMP error",
                               format_seconds(last - *told)));
  else
    judge.pass(evidence_of(phone, transaction), "the ICMP error ended the REGISTER");
}

void icmp_ends_the_wait(const Phone& phone, Judge& judge) {
  judge.needs("an ICMP error for an INVITE or a REGISTER", verdict::Blame::harness);
  for (const CallGroup& call : calls(phone)) judge_call(phone, judge, call);
  for (const Transaction& transaction : transactions(phone))
    if (transaction.method == sip::Method::register_) judge_register(phone, judge, transaction);
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
