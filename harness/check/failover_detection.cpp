// How and when the loss of the primary is noticed.
// @source guide.txt, Case 1 and Case 2; RFC 3261 §17.1.1.2 (Timer B), §17.1.2.2 (Timer F)

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/check/client_transactions.hpp"
#include "harness/check/failover.hpp"
#include "harness/check/families.hpp"
#include "harness/check/refresh.hpp"

namespace sipharness::check {
namespace {

using trace::RegisterAttempt;
using trace::ServerRole;

/// policy: how long after the failed refresh a call must follow it (catalogue, FO-DET-REG).
constexpr Duration time_to_react = 2s;

/// Calls made while the device knew, after the refresh that failed.
void judge_calls_after(const Context& context, Judge& judge, const RegisterAttempt& failed) {
  const CaptureTime known = *failed.fail + time_to_react;
  for (const trace::CallGroup& call : context.calls) {
    if (call.legs.empty()) continue;
    const CaptureTime start = call.dialled.value_or(call.legs.front().i0);
    // With the secondary lost too there is nothing better to try.
    if (start < known || !context.known_down(ServerRole::primary, start) ||
        !context.registered(ServerRole::secondary, start) ||
        context.known_down(ServerRole::secondary, start))
      continue;
    const trace::Leg& first = call.legs.front();
    if (first.server == ServerRole::primary)
      judge.warn(evidence_of(context, first), "a call after the failed refresh tried the primary");
  }
}

bool was_tried_over_a_stream(const Context& context, CaptureTime from, CaptureTime until) {
  return std::ranges::any_of(connection_attempts(context), [&](const ConnectionAttempt& attempt) {
    return attempt.server == ServerRole::primary && attempt.syn > from && attempt.syn < until;
  });
}

void refresh_finds_the_loss(const Context& context, Judge& judge) {
  judge.needs("a refresh at the primary that falls into its outage", verdict::Blame::harness);
  const Duration timeout = context.profile.timers.sixty_four_t1();
  for (const Refresh& refresh : find_refreshes(context, ServerRole::primary)) {
    if (!refresh.next->fail || !context.is_out(ServerRole::primary, refresh.next->start)) continue;
    const auto tolerance = registration_tolerance(context, refresh.granted);
    Evidence evidence = evidence_of(context, *refresh.next);
    judge.within(
        evidence,
        {.start = *refresh.previous->ok,
         .end = refresh.next->start + timeout,
         .window = {.max = latest_refresh(context, refresh.granted) + timeout + tolerance.value},
         .tolerance = tolerance,
         .host_produced = true},
        "loss of the primary known by REGISTER, counted from its last 200");
    judge_calls_after(context, judge, *refresh.next);
  }
  // A binding that lapsed in an outage without any refresh: the loss was never looked for.
  for (const RegisterAttempt* attempt : context.attempts_at(ServerRole::primary)) {
    if (!attempt->ok || !attempt->granted || attempt->unregister) continue;
    const CaptureTime due = *attempt->ok + latest_refresh(context, *attempt->granted) + timeout;
    const bool last = attempt == context.attempts_at(ServerRole::primary).back();
    // A refresh that got no connection is a refresh all the same.
    if (was_tried_over_a_stream(context, *attempt->ok, due)) continue;
    if (last && due < next_power_change(context, *attempt->ok) &&
        context.is_out(ServerRole::primary, due - timeout))
      judge.violated(evidence_of(context, *attempt), "the outage was never found by a refresh");
  }
}

void invite_finds_the_loss(const Context& context, Judge& judge) {
  judge.needs("a call to a silent primary", verdict::Blame::harness);
  for (const SilentPrimary& failed : calls_to_silent_primary(context)) {
    const Evidence evidence = evidence_of_both(context, *failed.primary, failed.secondary);
    if (failed.secondary != nullptr)
      judge.within(evidence,
                   {.start = failed.primary->i0,
                    .end = reached_at(context, *failed.secondary),
                    .window = {.max = context.failover_limit()},
                    .tolerance = failover_grace(context)},
                   "from the first INVITE at the silent primary to the secondary");
    else if (failed.was_observed)
      judge.violated(evidence, fmt::format("the silent primary was never left: {}",
                                           describe_tries(context, failed)));
  }
}

/// The primary answered a copy of the INVITE, not its first transmission.
bool survived_a_lost_packet(const Context& context, const trace::Leg& leg) {
  const auto& sends = context.transactions[leg.invites.back()].sends;
  const auto response = first_response(context, leg);
  return sends.size() > 1 && response && context.at(sends[1]) < context.at(*response);
}

void one_lost_packet_moves_nothing(const Context& context, Judge& judge) {
  judge.needs("a call that outlives an INVITE without answer, or turns to the secondary",
              blame_for_no_move(context));
  for (const trace::CallGroup& call : context.calls) {
    const trace::Leg* const primary = call.leg(ServerRole::primary);
    if (primary != nullptr && call.legs.size() == 1 && survived_a_lost_packet(context, *primary))
      judge.pass(evidence_of(context, *primary), "a lost packet was sent again, the call stayed");
  }
  for (const SilentPrimary& failed : calls_to_silent_primary(context)) {
    if (failed.has_signal || failed.secondary == nullptr) continue;
    // Over a stream the INVITE is sent once, and the stack bridges what is lost.
    if (!is_unreliable(context, context.transactions[failed.primary->invites.back()])) continue;
    std::size_t tries = 0;
    const auto& invites = context.transactions[failed.primary->invites.back()];
    for (const std::size_t send : invites.sends)
      if (context.at(send) < reached_at(context, *failed.secondary)) ++tries;
    const std::string seen = fmt::format("{} INVITEs at the primary before the secondary", tries);
    if (tries >= 2)
      judge.pass(evidence_of_both(context, *failed.primary, failed.secondary), seen);
    else
      judge.violated(evidence_of_both(context, *failed.primary, failed.secondary), seen);
  }
}

void secondary_follows_at_once(const Context& context, Judge& judge) {
  if (context.profile.max_request_retries)
    return judge.not_applicable("the device leaves early by its maximum number of retries");
  judge.needs("a call that turns to the secondary after a failure at the primary");
  const Duration early = timer_tolerance(context, context.profile.timers.sixty_four_t1()).value / 2;
  for (const FailureSignal& signal : failure_signals(context)) {
    if (signal.secondary == nullptr) continue;
    judge.within(evidence_of(context, signal),
                 {.start = signal.at,
                  .end = reached_at(context, *signal.secondary),
                  .window = {.min = -early, .max = context.profile.tolerances.fo_grace},
                  .tolerance = failover_grace(context)},
                 fmt::format("INVITE at the secondary after {}", signal.kind));
  }
}

constexpr std::array table{
    Check{"FO-DET-REG", refresh_finds_the_loss},
    Check{"FO-DET-INV", invite_finds_the_loss},
    Check{"FO-DET-EARLY", one_lost_packet_moves_nothing},
    Check{"FO-T1ST", secondary_follows_at_once},
};

}  // namespace

std::span<const Check> failover_detection_checks() {
  return table;
}

}  // namespace sipharness::check
