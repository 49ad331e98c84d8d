// What a device makes of failures that the transport reports, and of silence.
// @source RFC 3261 §8.1.3.1, §18.4; RFC 3263 §4.3

#include <array>

#include "harness/check/failover/move.hpp"
#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/failover.hpp"
#include "harness/observed/guide_claim.hpp"
#include "harness/observed/moves.hpp"
#include "harness/observed/outages.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

// --- A timeout is a 408, a fatal transport error a 503 -------------------------------------------

void judge_timeout(const Phone& phone, const FailureSignal& signal, Occurrence& it) {
  const auto tolerance = timer_tolerance(phone, phone.profile.timers.sixty_four_t1());
  if (was_reached_within_grace(phone, signal))
    it.pass("silence counted as a 408: the next server was tried");
  else if (const auto last = sent_after(phone, signal, tolerance.value))
    it.cite(last).violated(
        "silence counted for nothing: INVITE still repeated {} "
        "after the timeout",
        format_seconds(phone.at(*last) - signal.at));
  else
    it.pass("silence counted as a 408: the INVITE ended");
}

void judge_transport_error(const Phone& phone, const FailureSignal& signal, Occurrence& it) {
  // A device that goes on has not been told by its stack; §18.4 leaves that open.
  if (sent_after(phone, signal, {})) return;
  // What a 503 does to a call is a SHOULD of RFC 3263; the guide promises it.
  if (!claims_guide(phone)) return;
  if (was_reached_within_grace(phone, signal))
    it.pass("the transport error counted as a 503: the next server was tried");
  else if (phone.trace.last > signal.at + phone.profile.tolerances.fo_grace)
    violated_unless_hung_up(phone, signal.primary, signal.at, it,
                            "the call ended at a transport error instead of going on as at a 503");
}

void judge_signal(const Phone& phone, const FailureSignal& signal, Occurrence& it) {
  if (signal.kind == timeout_signal || signal.kind == hanging_signal)
    judge_timeout(phone, signal, it);
  if (signal.kind == transport_signal || signal.kind == refused_signal)
    judge_transport_error(phone, signal, it);
}

/// AMB-17: a device that leaves after so many repeats took the silence for an answer before its
/// time.
void judge_early_leave(const Phone& phone, const SilentPrimary& failed, Occurrence& it) {
  if (!phone.profile.max_request_retries) return;
  if (const auto after = left_early_after(phone, failed))
    it.pass("silence counted as a 408 after {}: the next server was tried", format_seconds(*after));
}

// --- ICMP ----------------------------------------------------------------------------------------

void judge_call(const Phone& phone, const PrimaryCall& call, Occurrence& it) {
  if (!call.primary->silent()) return;
  const auto told = icmp_error_for(phone, invite_of(phone, *call.primary));
  const Duration grace = phone.profile.tolerances.fo_grace;
  if (!told || hung_up_before(*call.call, *told + grace)) return;
  if (call.secondary != nullptr)
    it.within(move_within(phone, *told, *call.secondary, grace),
              "INVITE at the secondary after the ICMP error");
  else if (!is_lost(phone, ServerRole::secondary, *told) && phone.trace.last > *told + grace)
    violated_unless_hung_up(phone, call.primary, *told, it,
                            "the ICMP error moved nothing: no INVITE at the secondary");
}

void judge_register(const Phone& phone, const Transaction& transaction, Occurrence& it) {
  if (transaction.method != sip::Method::register_) return;
  const auto told = icmp_error_for(phone, transaction);
  const Duration grace = phone.profile.tolerances.fo_grace;
  if (!told || phone.trace.last < *told + grace) return;
  const CaptureTime last = phone.at(transaction.sends.back());
  if (last > *told + grace)
    it.cite(transaction.sends.back())
        .violated("REGISTER still repeated {} after the ICMP error", format_seconds(last - *told));
  else
    it.pass("the ICMP error ended the REGISTER");
}

const std::array failover_transport{
    Rule{.row = {.id = "RFC3261-GEN-10",
                 .clause = "RFC 3261 §8.1.3.1",
                 .severity = Severity::must,
                 .sentence = "A timeout counts as a 408 and a fatal transport error as a 503.",
                 .observed = "An INVITE that nobody answered is not repeated past its timeout "
                             "unless the call has gone on; a device that stops for an ICMP error "
                             "or a reset tries the next server within fo_grace, as after a 503.",
                 .tolerance = "profile: fo_grace"},
         .needs = {.what =
                       "a call that ends at the primary by silence, or by a transport error that "
                       "counts",
                   .blamed = blame_for_no_signal},
         .judge = in_turn<each<failure_signals, judge_signal>,
                          each<calls_to_silent_primary, judge_early_leave>>},
    Rule{.row =
             {.id = "FO-ICMP",
              .clause = "RFC 3261 §8.1.3.1, §18.4",
              .severity = Severity::should,
              .sentence = "An ICMP error ends the wait for the server at once.",
              .observed =
                  "After the first ICMP error for an INVITE the call reaches the secondary within "
                  "fo_grace, and a REGISTER that got one is not repeated later than that.",
              .tolerance = "profile: fo_grace"},
         .needs = {"an ICMP error for an INVITE or a REGISTER", Blame::harness},
         .judge = in_turn<each<primary_calls, judge_call>, each<transactions, judge_register>>},
};

}  // namespace

std::span<const Rule> failover_transport_rules() {
  return failover_transport;
}

}  // namespace sipharness::check
