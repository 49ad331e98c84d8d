#include "harness/check/failover.hpp"

#include <fmt/format.h>

namespace sipharness::check {
namespace {

using trace::CallGroup;
using trace::Leg;
using trace::ServerRole;

/// Nothing came from the primary before Timer B, nor before the device turned to the secondary.
bool was_silent(const Context& context, const Leg& primary, const Leg* secondary) {
  const auto response = first_response(context, primary);
  if (!response) return true;
  const CaptureTime at = context.at(*response);
  if (at >= primary.i0 + context.profile.timers.sixty_four_t1()) return true;
  return secondary != nullptr && secondary->i0 > primary.i0 && at > secondary->i0;
}

/// A call that got no connection to the primary: refused, or hanging until Timer B.
std::optional<FailureSignal> connection_signal(const Context& context, const CallGroup& call) {
  auto attempt = failed_connection(context, call);
  if (!attempt) return std::nullopt;
  FailureSignal signal{&call, nullptr, call.leg(ServerRole::secondary), {}, {}, std::nullopt};
  signal.at = attempt->refused.value_or(attempt->syn + context.profile.timers.sixty_four_t1());
  signal.kind = attempt->refused ? refused_signal : hanging_signal;
  signal.connection = std::move(attempt);
  return signal;
}

std::optional<FailureSignal> signal_of(const Context& context, const CallGroup& call) {
  const Leg* leg = call.leg(ServerRole::primary);
  if (leg == nullptr) return connection_signal(context, call);
  if (call.legs.front().server != ServerRole::primary) return std::nullopt;
  const Leg& primary = *leg;
  const Leg* secondary = call.leg(ServerRole::secondary);
  FailureSignal signal{&call, &primary, secondary, {}, {}, std::nullopt};
  const CaptureTime timer_b = primary.i0 + context.profile.timers.sixty_four_t1();
  if (primary.final && context.message(*primary.final).sip.status() == 503) {
    signal.at = context.at(*primary.final);
    signal.kind = "503";
    return signal;
  }
  if (!was_silent(context, primary, secondary)) return std::nullopt;
  if (const auto broken = transport_failure(context, ServerRole::primary, primary.i0, timer_b)) {
    signal.at = *broken;
    signal.kind = transport_signal;
    return signal;
  }
  signal.at = timer_b;
  signal.kind = timeout_signal;
  return signal;
}

/// Trying the secondary had no prospect: it is out, or the device saw its registration fail.
bool is_secondary_lost(const Context& context, CaptureTime at) {
  return context.is_out(ServerRole::secondary, at) || context.known_down(ServerRole::secondary, at);
}

/// Only a journal tells of a hang-up; without one, an INVITE that was due again and did not come
/// may be the user's doing.
bool may_be_hung_up(const Context& context, const Leg& leg) {
  if (context.trace.has_journal() || context.profile.max_request_retries) return false;
  const trace::Transaction& invite = context.transactions[leg.invites.back()];
  if (context.message(invite.sends.front()).transport != Transport::udp) return false;
  const Duration sent_for = context.at(invite.sends.back()) - leg.i0;
  return 2 * sent_for + context.profile.timers.t1 < context.profile.timers.sixty_four_t1();
}

}  // namespace

std::vector<SilentPrimary> calls_to_silent_primary(const Context& context) {
  std::vector<SilentPrimary> found;
  for (const CallGroup& call : context.calls) {
    const Leg* primary = call.leg(ServerRole::primary);
    if (primary == nullptr || call.legs.front().server != ServerRole::primary) continue;
    const Leg* secondary = call.leg(ServerRole::secondary);
    const CaptureTime deadline = primary->i0 + context.failover_limit();
    if (!was_silent(context, *primary, secondary)) continue;
    const bool has_reason = hung_up_before(call, deadline) || may_be_hung_up(context, *primary) ||
                            is_secondary_lost(context, primary->i0);
    if (secondary == nullptr && has_reason) continue;
    found.push_back(
        {.call = &call,
         .primary = primary,
         .secondary = secondary,
         .deadline = deadline,
         .has_signal =
             transport_failure(context, ServerRole::primary, primary->i0, deadline).has_value(),
         .was_observed = context.trace.last > deadline});
  }
  return found;
}

verdict::Blame blame_for_no_move(const Context& context) {
  return calls_to_silent_primary(context).empty() ? verdict::Blame::harness
                                                  : verdict::Blame::device;
}

std::string describe_tries(const Context& context, const SilentPrimary& failed) {
  const auto& sends = context.transactions[failed.primary->invites.back()].sends;
  return fmt::format("{} INVITEs at the primary, the last {} after the first", sends.size(),
                     format_seconds(context.at(sends.back()) - failed.primary->i0));
}

std::vector<FailureSignal> failure_signals(const Context& context) {
  std::vector<FailureSignal> found;
  const Duration early =
      context.profile.tolerances.timer.of(context.profile.timers.sixty_four_t1()) / 2;
  for (const CallGroup& call : context.calls) {
    const auto signal = signal_of(context, call);
    if (!signal || hung_up_before(call, signal->at + context.profile.tolerances.fo_grace)) continue;
    const bool has_reason =
        (signal->kind == timeout_signal && may_be_hung_up(context, *signal->primary)) ||
        is_secondary_lost(context, signal->at);
    if (signal->secondary == nullptr && has_reason) continue;
    if (signal->secondary != nullptr &&
        reached_at(context, *signal->secondary) + early < signal->at)
      continue;
    found.push_back(*signal);
  }
  return found;
}

Evidence evidence_of(const Context& context, const FailureSignal& signal) {
  if (signal.primary != nullptr)
    return evidence_of_both(context, *signal.primary, signal.secondary);
  Evidence evidence = evidence_of(*signal.connection);
  if (signal.secondary != nullptr)
    evidence.messages = evidence_of(context, *signal.secondary).messages;
  return evidence;
}

Evidence evidence_of_both(const Context& context, const trace::Leg& primary,
                          const trace::Leg* secondary) {
  Evidence evidence = evidence_of(context, primary);
  if (secondary != nullptr)
    evidence.messages.push_back(evidence_of(context, *secondary).messages.front());
  return evidence;
}

}  // namespace sipharness::check
