// How and when the loss of the primary is noticed.
// @source guide.txt, Case 1 and Case 2; RFC 3261 §17.1.1.2 (Timer B), §17.1.2.2 (Timer F)

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/connections.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/failover.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using trace::ServerRole;

/// policy: how long after the failed refresh a call must follow it (catalogue, FO-DET-REG).
constexpr Duration time_to_react = 2s;

/// Calls made while the device knew, after the refresh that failed.
void judge_calls_after(const Phone& phone, Judge& judge, const RegisterAttempt& failed) {
  const CaptureTime known = *failed.fail + time_to_react;
  for (const CallGroup& call : calls(phone)) {
    if (call.legs.empty()) continue;
    const CaptureTime start = call.dialled.value_or(call.legs.front().i0);
    // With the secondary lost too there is nothing better to try.
    if (start < known || !known_down(phone, ServerRole::primary, start) ||
        !registered(phone, ServerRole::secondary, start) ||
        known_down(phone, ServerRole::secondary, start))
      continue;
    const Leg& first = call.legs.front();
    if (first.server == ServerRole::primary)
      judge.warn(evidence_of(phone, first), "a call after the failed refresh tried the primary");
  }
}

bool was_tried_over_a_stream(const Phone& phone, CaptureTime from, CaptureTime until) {
  return std::ranges::any_of(connection_attempts(phone), [&](const ConnectionAttempt& attempt) {
    return attempt.server == ServerRole::primary && attempt.syn > from && attempt.syn < until;
  });
}

void refresh_finds_the_loss(const Phone& phone, Judge& judge) {
  judge.needs("a refresh at the primary that falls into its outage", verdict::Blame::harness);
  const Duration timeout = phone.profile.timers.sixty_four_t1();
  for (const Refresh& refresh : refreshes_at(phone, ServerRole::primary)) {
    if (!refresh.next->fail || !is_out(phone, ServerRole::primary, refresh.next->start)) continue;
    const auto tolerance = registration_tolerance(phone, refresh.granted);
    Evidence evidence = evidence_of(phone, *refresh.next);
    judge.within(
        evidence,
        {.start = *refresh.previous->ok,
         .end = refresh.next->start + timeout,
         .window = {.max = latest_refresh(phone, refresh.granted) + timeout + tolerance.value},
         .tolerance = tolerance,
         .host_produced = true},
        "loss of the primary known by REGISTER, counted from its last 200");
    judge_calls_after(phone, judge, *refresh.next);
  }
  // A binding that lapsed in an outage without any refresh: the loss was never looked for.
  for (const RegisterAttempt* attempt : attempts_at(phone, ServerRole::primary)) {
    if (!attempt->ok || !attempt->granted || attempt->unregister) continue;
    const CaptureTime due = *attempt->ok + latest_refresh(phone, *attempt->granted) + timeout;
    const bool last = attempt == attempts_at(phone, ServerRole::primary).back();
    // A refresh that got no connection is a refresh all the same.
    if (was_tried_over_a_stream(phone, *attempt->ok, due)) continue;
    if (last && due < next_power_change(phone, *attempt->ok) &&
        is_out(phone, ServerRole::primary, due - timeout))
      judge.violated(evidence_of(phone, *attempt), "the outage was never found by a refresh");
  }
}

void invite_finds_the_loss(const Phone& phone, Judge& judge) {
  judge.needs("a call to a silent primary", verdict::Blame::harness);
  for (const SilentPrimary& failed : calls_to_silent_primary(phone)) {
    const Evidence evidence = evidence_of_both(phone, *failed.primary, failed.secondary);
    if (failed.secondary != nullptr)
      judge.within(evidence,
                   {.start = failed.primary->i0,
                    .end = reached_at(phone, *failed.secondary),
                    .window = {.max = failover_limit(phone)},
                    .tolerance = failover_grace(phone)},
                   "from the first INVITE at the silent primary to the secondary");
    else if (failed.was_observed)
      judge.violated(evidence, fmt::format("the silent primary was never left: {}",
                                           describe_tries(phone, failed)));
  }
}

/// The primary answered a copy of the INVITE, not its first transmission.
bool survived_a_lost_packet(const Phone& phone, const Leg& leg) {
  const auto& sends = transactions(phone)[leg.invites.back()].sends;
  const auto response = first_response(phone, leg);
  return sends.size() > 1 && response && phone.at(sends[1]) < phone.at(*response);
}

void one_lost_packet_moves_nothing(const Phone& phone, Judge& judge) {
  judge.needs("a call that outlives an INVITE without answer, or turns to the secondary",
              blame_for_no_move(phone));
  for (const CallGroup& call : calls(phone)) {
    const Leg* const primary = call.leg(ServerRole::primary);
    if (primary != nullptr && call.legs.size() == 1 && survived_a_lost_packet(phone, *primary))
      judge.pass(evidence_of(phone, *primary), "a lost packet was sent again, the call stayed");
  }
  for (const SilentPrimary& failed : calls_to_silent_primary(phone)) {
    if (failed.has_signal || failed.secondary == nullptr) continue;
    // Over a stream the INVITE is sent once, and the stack bridges what is lost.
    if (!is_unreliable(phone, transactions(phone)[failed.primary->invites.back()])) continue;
    std::size_t tries = 0;
    const auto& invites = transactions(phone)[failed.primary->invites.back()];
    for (const std::size_t send : invites.sends)
      if (phone.at(send) < reached_at(phone, *failed.secondary)) ++tries;
    const std::string seen = fmt::format("{} INVITEs at the primary before the secondary", tries);
    if (tries >= 2)
      judge.pass(evidence_of_both(phone, *failed.primary, failed.secondary), seen);
    else
      judge.violated(evidence_of_both(phone, *failed.primary, failed.secondary), seen);
  }
}

void secondary_follows_at_once(const Phone& phone, Judge& judge) {
  if (phone.profile.max_request_retries)
    return judge.not_applicable("the device leaves early by its maximum number of retries");
  judge.needs("a call that turns to the secondary after a failure at the primary");
  const Duration early = timer_tolerance(phone, phone.profile.timers.sixty_four_t1()).value / 2;
  for (const FailureSignal& signal : failure_signals(phone)) {
    if (signal.secondary == nullptr) continue;
    judge.within(evidence_of(phone, signal),
                 {.start = signal.at,
                  .end = reached_at(phone, *signal.secondary),
                  .window = {.min = -early, .max = phone.profile.tolerances.fo_grace},
                  .tolerance = failover_grace(phone)},
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
