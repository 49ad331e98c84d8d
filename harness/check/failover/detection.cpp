// How and when the loss of the primary is noticed.
// @source guide.txt, Case 1 and Case 2; RFC 3261 §17.1.1.2 (Timer B), §17.1.2.2 (Timer F)

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "harness/check/failover/move.hpp"
#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/check/unless.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/failover.hpp"
#include "harness/observed/moves.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/primary_answers.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

void judge_calls_after(const Phone& phone, const RegisterAttempt& failed, Judge& judge) {
  const auto& wrong = calls_to_lost_primary(phone);
  auto call = std::ranges::lower_bound(wrong, *failed.fail + policy::time_to_avoid_lost_server, {},
                                       &CallToLostPrimary::start);
  for (; call != wrong.end(); ++call)
    judge.warn(evidence_of(phone, *call->leg), "a call after the failed refresh tried the primary");
}

void judge_failed_refresh(const Phone& phone, const Refresh& refresh, Judge& judge) {
  const Duration timeout = phone.profile.timers.sixty_four_t1();
  const auto tolerance = registration_tolerance(phone, refresh.granted);
  judge.within(
      evidence_of(phone, *refresh.next),
      {.start = *refresh.previous->ok,
       .end = refresh.next->start + timeout,
       .window = {.max = latest_refresh(phone, refresh.granted) + timeout + tolerance.value},
       .tolerance = tolerance,
       .host_produced = true},
      "loss of the primary known by REGISTER, counted from its last 200");
  judge_calls_after(phone, *refresh.next, judge);
}

void refresh_finds_the_loss(const Phone& phone, Judge& judge) {
  for (const Refresh& refresh : refreshes_at(phone, ServerRole::primary))
    if (refresh.next->fail && is_out(phone, ServerRole::primary, refresh.next->start))
      judge_failed_refresh(phone, refresh, judge);
  const auto& attempts = attempts_at(phone, ServerRole::primary);
  if (!attempts.empty() && has_lapsed_unnoticed(phone, *attempts.back()))
    judge.violated(evidence_of(phone, *attempts.back()), "the outage was never found by a refresh");
}

void invite_finds_the_loss(const Phone& phone, const SilentPrimary& failed, Occurrence& it) {
  if (failed.secondary != nullptr)
    it.within(move_within(phone, failed.primary->i0, *failed.secondary, failover_limit(phone)),
              "from the first INVITE at the silent primary to the secondary");
  else if (const std::string excuse = excuse_for_staying(phone, failed); !excuse.empty())
    it.inconclusive(Blame::user, excuse);
  else if (failed.was_observed)
    it.violated("the silent primary was never left: {}", describe_tries(phone, failed));
}

/// The primary answered a copy of the INVITE, not its first transmission.
void a_lost_packet_is_sent_again(const Phone& phone, const PrimaryCall& call, Occurrence& it) {
  if (call.call->legs.size() > 1) return;
  const auto& sends = invite_of(phone, *call.primary).sends;
  const auto response = first_response(phone, *call.primary);
  if (sends.size() > 1 && response && phone.at(sends[1]) < phone.at(*response))
    it.pass("a lost packet was sent again, the call stayed");
}

void a_silent_primary_is_tried_twice(const Phone& phone, const SilentPrimary& failed,
                                     Occurrence& it) {
  if (failed.has_signal || failed.secondary == nullptr) return;
  const Transaction& invite = invite_of(phone, *failed.primary);
  // Over a stream the INVITE is sent once, and the stack bridges what is lost.
  if (!is_unreliable(phone, invite)) return;
  // The capture begins with it: copies may have gone before.
  if (invite.sends.front() == 0 && !phone.trace.has_journal()) return;
  const std::size_t tries = tries_before_secondary(phone, failed);
  it.expect(tries >= 2, counted(tries, "INVITE") + " at the primary before the secondary");
}

void secondary_follows_at_once(const Phone& phone, const FailureSignal& signal, Occurrence& it) {
  if (signal.secondary == nullptr || may_be_next_try(phone, signal, it)) return;
  const Duration early = timer_tolerance(phone, phone.profile.timers.sixty_four_t1()).value / 2;
  const CaptureTime start = start_of(*signal.call);
  const Duration told = signal.at - start;
  it.within({.start = start,
             .end = reached_at(phone, *signal.secondary),
             .window = {.min = told - std::min(early, told),
                        .max = told + phone.profile.tolerances.fo_grace},
             .tolerance = failover_grace(phone)},
            fmt::format("INVITE at the secondary after the call began, {} {} into it", signal.kind,
                        format_seconds(told)));
}

const std::array failover_detection{
    Rule{.row = {.id = "FO-DET-REG",
                 .clause = "guide, Case 1; RFC 3261 §17.1.2.2",
                 .severity = Severity::vendor,
                 .sentence = "The device notices the loss of the primary by REGISTER no later than "
                             "64*T1 after its next refresh.",
                 .observed =
                     "A refresh falls into the primary's outage, and a call made 2 s or more after "
                     "that refresh timed out is served by the secondary as GRP-CALL-04 asks.",
                 .tolerance = "profile: fo_grace"},
         .needs = {"a refresh at the primary that falls into its outage", Blame::harness},
         .judge = refresh_finds_the_loss},
    Rule{.row = {.id = "FO-DET-INV",
                 .clause = "guide, Case 2; RFC 3261 §17.1.1.2",
                 .severity = Severity::vendor,
                 .sentence =
                     "The device notices the loss of the primary by INVITE no later than timer B.",
                 .observed = "The first INVITE to the secondary follows the first INVITE to the "
                             "silent primary by at most 64*T1 and fo_grace.",
                 .tolerance = "profile: fo_grace"},
         .needs = {"a call to a silent primary", Blame::harness},
         .judge = each<calls_to_silent_primary, invite_finds_the_loss>,
         .follows = {"GRP-CALL-03"}},
    Rule{.row = {.id = "FO-DET-EARLY",
                 .clause = "policy: good practice",
                 .severity = Severity::quality,
                 .sentence = "The device does not leave the primary so early that one lost packet "
                             "moves the call.",
                 .observed = "At least two transmissions of the INVITE reach the silent primary "
                             "before the first one reaches the secondary, unless an error told the "
                             "device sooner; a call whose INVITE had to be sent again stays."},
         .needs = {.what =
                       "a call that outlives an INVITE without answer, or turns to the secondary",
                   .blamed = blame_for_no_move},
         .judge = in_turn<each<primary_calls, a_lost_packet_is_sent_again>,
                          each<calls_to_silent_primary, a_silent_primary_is_tried_twice>>},
    Rule{.row = {.id = "FO-T1ST",
                 .clause = "RFC 3263 §4.3",
                 .severity = Severity::should,
                 .sentence = "After the primary's failure is signalled, the device tries the "
                             "secondary at once.",
                 .observed = "The first INVITE to the secondary follows the 503, the ICMP error, "
                             "the reset or the expiry of timer B within fo_grace.",
                 .tolerance = "profile: fo_grace"},
         .needs = {.what = "a call that turns to the secondary after a failure at the primary",
                   .waived = leaves_calls_early},
         .unless = leaves_early,
         .judge = each<failure_signals, secondary_follows_at_once>},
};

}  // namespace

std::span<const Rule> failover_detection_rules() {
  return failover_detection;
}

}  // namespace sipharness::check
