// Which answers of the primary move a call and which do not.
// @source RFC 3263 §4.3; RFC 3261 §8.1.3, §17.1.1.2, §21

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/check/failover/move.hpp"
#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/failover.hpp"
#include "harness/observed/primary_answers.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/retry_after.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

// --- 503 -----------------------------------------------------------------------------------------

void judge_next_server(const Phone& phone, const PrimaryAnswer& answer, Occurrence& it) {
  const FailureSignal signal{.call = answer.call,
                             .primary = answer.primary,
                             .secondary = answer.secondary,
                             .at = answer.at,
                             .kind = "503"};
  if (may_be_next_try(phone, signal, it)) return;
  if (answer.secondary != nullptr)
    return it.within(
        move_within(phone, answer.at, *answer.secondary, phone.profile.tolerances.fo_grace),
        "INVITE at the secondary after the primary's 503");
  const CaptureTime deadline = answer.at + phone.profile.tolerances.fo_grace;
  const bool has_reason = hung_up_before(*answer.call, deadline) ||
                          is_out(phone, ServerRole::secondary, answer.at) ||
                          !registered(phone, ServerRole::secondary, answer.at);
  if (!has_reason && phone.trace.last > deadline)
    violated_unless_hung_up(phone, answer.primary, answer.at, it,
                            "the primary answered 503 and the secondary was never tried");
}

/// New calls while the primary wants to be left alone.
void judge_calls_within_retry_after(const Phone& phone, const PrimaryAnswer& answer,
                                    Occurrence& it) {
  const auto wait = retry_after(phone.message(*answer.primary->final).sip);
  if (!wait) return;
  for (const Leg* primary : primary_legs_between(phone, answer.at, answer.at + *wait))
    it.about(*primary).violated("a call at the primary {} after a 503 with Retry-After {}",
                                format_seconds(primary->i0 - answer.at), format_seconds(*wait));
}

void a_503_moves_the_call(const Phone& phone, const PrimaryAnswer& answer, Occurrence& it) {
  if (answer.status != 503) return;
  judge_next_server(phone, answer, it);
  judge_calls_within_retry_after(phone, answer, it);
}

void a_bare_503_is_a_500(const Phone& phone, const PrimaryAnswer& answer, Occurrence& it) {
  if (answer.status != 503 || retry_after(phone.message(*answer.primary->final).sip)) return;
  const CallGroup* next = next_call(phone, answer.at);
  if (next == nullptr) return;
  const CaptureTime start = start_of(*next);
  if (!registered(phone, ServerRole::primary, start) ||
      known_down(phone, ServerRole::primary, start))
    return;
  it.about(evidence_of_both(phone, *answer.primary, &next->legs.front()))
      .expect(next->legs.front().server == ServerRole::primary,
              "the call after a 503 without Retry-After starts at the primary again",
              "a 503 without Retry-After kept the next call from the primary");
}

// --- Other answers -------------------------------------------------------------------------------

std::string describe_course(const Phone& phone, const PrimaryAnswer& answer) {
  if (answer.secondary == nullptr)
    return fmt::format("{}: the call ended at the primary", answer.status);
  return fmt::format("{}: the call went to the secondary {} later", answer.status,
                     format_seconds(reached_at(phone, *answer.secondary) - answer.at));
}

void other_failures_are_recorded(const Phone& phone, const PrimaryAnswer& answer, Occurrence& it) {
  const int status = answer.status;
  if (status == 408 || (status >= 500 && status < 600 && status != 503))
    it.pass(describe_course(phone, answer));
}

/// 4xx and 6xx that say something about the call; a 487 ends what was cancelled.
bool is_refusal(int status) {
  const bool is_challenge = status == 401 || status == 407;
  const bool is_of_class = (status >= 400 && status < 500) || (status >= 600 && status < 700);
  return is_of_class && !is_challenge && status != 408 && status != 487;
}

/// The callee was reached and said no (RFC 3261 §21.4.24, §21.6).
bool is_from_callee(int status) {
  return status == 486 || status >= 600;
}

void a_refusal_ends_the_call(const Phone& phone, const PrimaryAnswer& answer, Occurrence& it) {
  if (!is_refusal(answer.status)) return;
  const std::string course = describe_course(phone, answer);
  if (answer.secondary == nullptr)
    it.pass(course);
  else if (is_from_callee(answer.status))
    it.violated(course);
  else
    it.warn(course);
}

// --- Slow and silent primaries -------------------------------------------------------------------

void a_slow_primary_keeps_the_call(const Phone& phone, const PrimaryCall& call, Occurrence& it) {
  const auto response = first_response(phone, *call.primary);
  if (!response) return;
  const Duration after = phone.at(*response) - call.primary->i0;
  if (after <= phone.profile.timers.t1 || after >= phone.profile.request_timeout()) return;
  if (call.secondary == nullptr)
    it.pass("the primary answered after {} and kept the call", format_seconds(after));
  else if (reached_at(phone, *call.secondary) < phone.at(*response))
    it.warn("left the primary after {}; it answered {} after the INVITE",
            format_seconds(reached_at(phone, *call.secondary) - call.primary->i0),
            format_seconds(after));
}

/// Only 100 Trying, and nothing after it until the call was given up: what answers a CANCEL is due
/// to that (RFC 3261 §9.2).
bool got_only_trying(const Phone& phone, const Leg& leg) {
  const CaptureTime until = leg.cancel ? phone.at(*leg.cancel) : phone.trace.last;
  return leg.provisional && phone.at(*leg.provisional) <= until &&
         std::ranges::all_of(invite_of(phone, leg).responses, [&](std::size_t response) {
           return phone.message(response).sip.status() == 100 || phone.at(response) > until;
         });
}

/// No verdict hangs on it: RFC 3263 counts timeouts without any response only, and Timer C is the
/// proxy's (RFC 3261 §16.6 item 11).
void a_trying_primary_is_recorded(const Phone& phone, const CallGroup& call, Occurrence& it) {
  const Leg* primary = call.leg(ServerRole::primary);
  if (primary == nullptr || !got_only_trying(phone, *primary)) return;
  const Leg* secondary = call.leg(ServerRole::secondary);
  it.about(evidence_of_both(phone, *primary, secondary));
  if (secondary != nullptr && secondary->i0 > primary->i0)
    it.pass("after 100 and silence the call went to the secondary {} after its INVITE",
            format_seconds(secondary->i0 - primary->i0));
  else if (primary->cancel)
    it.pass("after 100 and silence the call was cancelled {} after its INVITE",
            format_seconds(phone.at(*primary->cancel) - primary->i0));
  else
    it.pass("after 100 and silence the device went on waiting");
}

constexpr Needs a_trying_primary{"a call to which the primary says 100 and nothing more",
                                 Blame::harness};

const std::array failover_answer{
    Rule{.row = {.id = "FO-INV503",
                 .clause = "RFC 3263 §4.3; RFC 3261 §21.5.4",
                 .severity = Severity::should,
                 .sentence = "A call that the primary answers with 503 goes to the secondary, and "
                             "Retry-After is obeyed.",
                 .observed = "INVITE at the secondary within fo_grace of the 503; no call at the "
                             "primary for as long as its Retry-After says.",
                 .tolerance = "profile: fo_grace"},
         .needs = {"a call that the primary answers with 503", Blame::harness},
         .judge = each<primary_answers, a_503_moves_the_call>},
    Rule{
        .row = {.id = "RFC3261-GEN-13",
                .clause = "RFC 3261 §21.5.4",
                .severity = Severity::must,
                .sentence = "A 503 without Retry-After counts as a 500: the server is not avoided.",
                .observed = "After such a 503 to an INVITE the next call still starts at the "
                            "primary while the device is registered there."},
        .needs = {"a call after the primary answered one with 503 and no Retry-After",
                  Blame::harness},
        .judge = each<primary_answers, a_bare_503_is_a_500>},
    Rule{.row = {.id = "FO-INV5XX",
                 .clause = "RFC 3263 §4.3",
                 .severity = Severity::info,
                 .sentence = "What a device does after 408, 500 or 504 of the primary is recorded.",
                 .observed = "Whether and when the call went to the secondary; either is right."},
         .needs = {"a call that the primary answers with 408 or 5xx", Blame::harness},
         .judge = each<primary_answers, other_failures_are_recorded>},
    Rule{
        .row = {.id = "FO-INV4XX",
                .clause = "guide, SIP Server Redundancy; RFC 3261 §21.4, §21.6",
                .severity = Severity::vendor,
                .sentence =
                    "A call that the primary refuses with 4xx or 6xx does not go to the secondary.",
                .observed = "No INVITE at the secondary after the refusal: 486 and 6xx are the "
                            "callee's word and fail, any other 4xx warns."},
        .needs = {"a call that the primary refuses with 4xx or 6xx", Blame::harness},
        .judge = each<primary_answers, a_refusal_ends_the_call>},
    Rule{.row = {.id = "FO-SLOW-LT",
                 .clause = "guide, SIP Server Redundancy; RFC 3261 §17.1.1.2",
                 .severity = Severity::vendor,
                 .sentence =
                     "A primary that is slower than T1 and faster than Timer B keeps the call.",
                 .observed =
                     "No INVITE at the secondary when the first response of the primary comes "
                     "between T1 and 64*T1 (or before the device's set number of retries is used "
                     "up); a device that left earlier gets a warning with the measured time.",
                 .tolerance = "profile: max_request_retries"},
         .needs = {"a call that the primary answers after T1 and before Timer B", Blame::harness},
         .judge = each<primary_calls, a_slow_primary_keeps_the_call>},
    Rule{
        .row =
            {.id = "FO-100SIL",
             .clause = "RFC 3261 §16.6, §17.1.1.2; RFC 3263 §4.3",
             .severity = Severity::info,
             .sentence = "After 100 and silence the device stays until its user hangs up, or "
                         "leaves cleanly.",
             .observed =
                 "What it does is recorded; Timer C is the proxy's, and no failover is asked for."},
        .needs = a_trying_primary,
        .judge = each<calls, a_trying_primary_is_recorded>},
    Rule{.row = {.id = "RFC3263-02",
                 .clause = "RFC 3263 §4.3",
                 .severity = Severity::info,
                 .sentence = "An INVITE that got a provisional response has not failed.",
                 .observed = "What the device does when the primary says 100 and nothing more is "
                             "recorded; no failover is asked for."},
         .needs = a_trying_primary,
         .judge = each<calls, a_trying_primary_is_recorded>},
};

}  // namespace

std::span<const Rule> failover_answer_rules() {
  return failover_answer;
}

}  // namespace sipharness::check
