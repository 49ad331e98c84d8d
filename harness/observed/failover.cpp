#include "harness/observed/failover.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/trace/users.hpp"

namespace sipharness::observed {
namespace {

/// Nothing came from the primary before Timer B, nor before the device turned to the secondary.
bool was_silent(const Phone& phone, const Leg& primary, const Leg* secondary) {
  const auto response = first_response(phone, primary);
  if (!response) return true;
  const CaptureTime at = phone.at(*response);
  if (at >= primary.i0 + phone.profile.timers.sixty_four_t1()) return true;
  return secondary != nullptr && secondary->i0 > primary.i0 && at > secondary->i0;
}

/// A call that got no connection to the primary: refused, or hanging until Timer B.
std::optional<FailureSignal> connection_signal(const Phone& phone, const CallGroup& call) {
  const ConnectionAttempt* attempt = failed_connection(phone, call);
  if (attempt == nullptr) return std::nullopt;
  FailureSignal signal{.call = &call, .secondary = call.leg(ServerRole::secondary)};
  signal.at = attempt->refused.value_or(attempt->syn + phone.profile.timers.sixty_four_t1());
  signal.kind = attempt->refused ? refused_signal : hanging_signal;
  signal.connection = attempt;
  return signal;
}

std::optional<FailureSignal> signal_of(const Phone& phone, const CallGroup& call) {
  const Leg* leg = call.leg(ServerRole::primary);
  if (leg == nullptr) return connection_signal(phone, call);
  if (call.legs.front().server != ServerRole::primary) return std::nullopt;
  const Leg& primary = *leg;
  const Leg* secondary = call.leg(ServerRole::secondary);
  FailureSignal signal{.call = &call, .primary = &primary, .secondary = secondary};
  const CaptureTime timer_b = primary.i0 + phone.profile.timers.sixty_four_t1();
  if (primary.final && phone.message(*primary.final).sip.status() == 503) {
    signal.at = phone.at(*primary.final);
    signal.kind = "503";
    return signal;
  }
  if (!was_silent(phone, primary, secondary)) return std::nullopt;
  if (const auto broken = transport_failure(phone, ServerRole::primary, primary.i0, timer_b)) {
    signal.at = *broken;
    signal.kind = transport_signal;
    return signal;
  }
  signal.at = timer_b;
  signal.kind = timeout_signal;
  return signal;
}

/// Trying the secondary had no prospect: it is out, or the device saw its registration fail.
bool is_secondary_lost(const Phone& phone, CaptureTime at) {
  return is_out(phone, ServerRole::secondary, at) || known_down(phone, ServerRole::secondary, at);
}

/// Only a journal tells of a hang-up; without one, an INVITE that was due again and did not come
/// may be the user's doing.
bool may_be_hung_up(const Phone& phone, const Leg& leg) {
  if (phone.trace.has_journal() || phone.profile.max_request_retries) return false;
  const Transaction& invite = transactions(phone)[leg.invites.back()];
  if (phone.message(invite.sends.front()).transport != Transport::udp) return false;
  const Duration sent_for = phone.at(invite.sends.back()) - leg.i0;
  return 2 * sent_for + phone.profile.timers.t1 < phone.profile.timers.sixty_four_t1();
}

std::string_view caller_of(const Phone& phone, const CallGroup& call) {
  const Transaction& invite = transactions(phone)[call.legs.front().invites.front()];
  return trace::user_in(opening(phone, invite).sip, sip::HeaderId::from);
}

std::unordered_map<const CallGroup*, const PossibleMove*> find_moves_by_call(const Phone& phone) {
  std::unordered_map<const CallGroup*, const PossibleMove*> found;
  for (const PossibleMove& move : possible_moves(phone)) {
    found.emplace(move.from, &move);
    found.emplace(move.to, &move);
  }
  return found;
}

/// The leg at another address of the same server: that comes before any other server.
/// @source RFC 3263 §4.3
const Leg* leg_at_next_address(const Phone& phone, const CallGroup& call, const Leg& first) {
  const auto destination = [&](const Leg& leg) {
    return opening(phone, transactions(phone)[leg.invites.front()]).destination;
  };
  const auto next = std::ranges::find_if(call.legs, [&](const Leg& leg) {
    return leg.server == first.server && leg.i0 > first.i0 &&
           destination(leg) != destination(first);
  });
  return next == call.legs.end() ? nullptr : &*next;
}

/// The next call began before this one was due at the secondary: the user had given it up.
bool is_dialled_anew(const Phone& phone, const SilentPrimary& failed) {
  const CallGroup* next = failed.call + 1;
  return next <= &calls(phone).back() && !next->legs.empty() &&
         reached_at(phone, next->legs.front()) < failed.deadline;
}

void doubt_calls_that_stay(const Phone& phone, std::vector<SilentPrimary>& found) {
  const auto moves_on = [](const SilentPrimary& failed) { return failed.secondary != nullptr; };
  std::size_t stayed = 0;
  for (SilentPrimary& failed : found) {
    failed.may_be_given_up = !moves_on(failed);
    stayed += failed.may_be_given_up && failed.was_observed && !is_dialled_anew(phone, failed);
  }
  if (std::ranges::any_of(found, moves_on) || stayed < policy::enough_for_a_habit) return;
  for (SilentPrimary& failed : found) failed.may_be_given_up = is_dialled_anew(phone, failed);
}

}  // namespace

std::vector<PrimaryCall> find_primary_calls(const Phone& phone) {
  std::vector<PrimaryCall> found;
  for (const CallGroup& call : calls(phone))
    if (!call.legs.empty() && call.legs.front().server == ServerRole::primary)
      found.push_back({&call, &call.legs.front(), call.leg(ServerRole::secondary)});
  return found;
}

std::vector<SilentPrimary> find_calls_to_silent_primary(const Phone& phone) {
  std::vector<SilentPrimary> found;
  for (const auto& [call, primary, secondary] : primary_calls(phone)) {
    const CaptureTime deadline = primary->i0 + failover_limit(phone);
    if (!was_silent(phone, *primary, secondary)) continue;
    if (leg_at_next_address(phone, *call, *primary) != nullptr) continue;
    const bool has_reason = hung_up_before(*call, deadline) || may_be_hung_up(phone, *primary) ||
                            is_secondary_lost(phone, primary->i0);
    if (secondary == nullptr && has_reason) continue;
    found.push_back(
        {.call = call,
         .primary = primary,
         .secondary = secondary,
         .deadline = deadline,
         .has_signal =
             transport_failure(phone, ServerRole::primary, primary->i0, deadline).has_value(),
         .was_observed = phone.trace.last > deadline});
  }
  if (!phone.trace.has_journal()) doubt_calls_that_stay(phone, found);
  return found;
}

bool may_be_dialled_anew(const Phone& phone, const Leg& primary, const Leg& secondary,
                         CaptureTime since) {
  const Message& failed = opening(phone, invite_of(phone, primary));
  const Message& next = opening(phone, invite_of(phone, secondary));
  return !phone.trace.has_journal() && next.at > since + policy::no_wait &&
         next.sip.call_id() != failed.sip.call_id();
}

bool may_be_dialled_anew(const Phone& phone, const Leg* cancelled, const Leg* secondary) {
  return cancelled != nullptr && secondary != nullptr && cancelled->cancel &&
         may_be_dialled_anew(phone, *cancelled, *secondary, phone.at(*cancelled->cancel));
}

bool may_be_hung_up_by(const Phone& phone, const Leg& leg, CaptureTime at) {
  const bool could_cancel = leg.provisional && phone.at(*leg.provisional) < at;
  return !phone.trace.has_journal() && !could_cancel && at - leg.i0 > policy::time_to_hang_up;
}

const SilentPrimary* given_up(const Phone& phone, const CallGroup& call) {
  const auto& silent = calls_to_silent_primary(phone);
  const auto found = std::ranges::lower_bound(silent, &call, {}, &SilentPrimary::call);
  return found != silent.end() && found->call == &call && found->may_be_given_up ? &*found
                                                                                 : nullptr;
}

Evidence evidence_of(const Phone& phone, const SilentPrimary& failed) {
  return evidence_of_both(phone, *failed.primary, failed.secondary);
}

bool leaves_every_silent_primary_early(const Phone& phone) {
  const Duration timer_b = phone.profile.timers.sixty_four_t1();
  const Duration early = phone.profile.tolerances.timer.of(timer_b) / 2;
  const auto& silent = calls_to_silent_primary(phone);
  return !silent.empty() && std::ranges::all_of(silent, [&](const SilentPrimary& failed) {
    return failed.secondary != nullptr && !failed.has_signal &&
           reached_at(phone, *failed.secondary) + early < failed.primary->i0 + timer_b;
  });
}

std::vector<PossibleMove> find_possible_moves(const Phone& phone) {
  std::vector<const CallGroup*> begun_at_secondary;
  for (const CallGroup& call : calls(phone))
    if (!call.dialled && call.legs.front().server == ServerRole::secondary)
      begun_at_secondary.push_back(&call);
  const auto begin_of = [&](const CallGroup* call) {
    return reached_at(phone, call->legs.front());
  };
  std::vector<PossibleMove> found;
  for (const auto& [call, primary, secondary] : primary_calls(phone)) {
    if (secondary != nullptr || !was_silent(phone, *primary, nullptr)) continue;
    const auto next = std::ranges::upper_bound(begun_at_secondary, primary->i0, {}, begin_of);
    if (next != begun_at_secondary.end() &&
        begin_of(*next) <= primary->i0 + failover_limit(phone) &&
        caller_of(phone, *call) == caller_of(phone, **next))
      found.push_back({call, *next});
  }
  return found;
}

const PossibleMove* possible_move_of(const Phone& phone, const CallGroup& call) {
  const auto& known = phone.derived<find_moves_by_call>();
  const auto found = known.find(&call);
  return found == known.end() ? nullptr : found->second;
}

std::string describe(const Phone& phone, const PossibleMove& move) {
  const Duration later =
      reached_at(phone, move.to->legs.front()) - reached_at(phone, move.from->legs.front());
  return fmt::format(
      "an INVITE to {} went to the secondary {} later: the same call? With --journal the dials "
      "would tell",
      move.to->number, format_seconds(later));
}

verdict::Blame blame_for_no_move(const Phone& phone) {
  return calls_to_silent_primary(phone).empty() ? verdict::Blame::harness : verdict::Blame::device;
}

verdict::Blame blame_for_no_signal(const Phone& phone) {
  return failure_signals(phone).empty() ? verdict::Blame::harness : verdict::Blame::device;
}

std::string describe_tries(const Phone& phone, const SilentPrimary& failed) {
  const auto sends = sends_of(phone, *failed.primary);
  return fmt::format("{} at the primary, the last {} after the first",
                     counted(sends.size(), "INVITE"),
                     format_seconds(phone.at(sends.back()) - failed.primary->i0));
}

std::string given_up_or_left(const Phone& phone, const SilentPrimary& failed) {
  return fmt::format(
      "{}, then nothing: hung up before it was due at the secondary? With --journal that would be "
      "told",
      describe_tries(phone, failed));
}

std::string excuse_for_staying(const Phone& phone, const SilentPrimary& failed) {
  if (const PossibleMove* move = possible_move_of(phone, *failed.call))
    return describe(phone, *move);
  return failed.was_observed && failed.may_be_given_up ? given_up_or_left(phone, failed) : "";
}

std::vector<FailureSignal> find_failure_signals(const Phone& phone) {
  std::vector<FailureSignal> found;
  const Duration early =
      phone.profile.tolerances.timer.of(phone.profile.timers.sixty_four_t1()) / 2;
  for (const CallGroup& call : calls(phone)) {
    auto signal = signal_of(phone, call);
    if (signal && signal->primary != nullptr)
      if (const Leg* next = leg_at_next_address(phone, call, *signal->primary))
        signal->secondary = next;
    if (!signal || hung_up_before(call, signal->at + phone.profile.tolerances.fo_grace)) continue;
    const bool has_reason =
        (signal->kind == timeout_signal && may_be_hung_up(phone, *signal->primary)) ||
        is_secondary_lost(phone, signal->at);
    if (signal->secondary == nullptr && has_reason) continue;
    if (signal->secondary != nullptr && reached_at(phone, *signal->secondary) + early < signal->at)
      continue;
    found.push_back(*signal);
  }
  return found;
}

Evidence evidence_of(const Phone& phone, const PrimaryCall& call) {
  return evidence_of_both(phone, *call.primary, call.secondary);
}

Evidence evidence_of(const Phone& phone, const FailureSignal& signal) {
  if (signal.primary != nullptr) return evidence_of_both(phone, *signal.primary, signal.secondary);
  Evidence evidence = evidence_of(*signal.connection);
  if (signal.secondary != nullptr)
    evidence.messages = evidence_of(phone, *signal.secondary).messages;
  return evidence;
}

Evidence evidence_of_both(const Phone& phone, const Leg& primary, const Leg* secondary) {
  Evidence evidence = evidence_of(phone, primary);
  if (secondary != nullptr)
    evidence.messages.push_back(evidence_of(phone, *secondary).messages.front());
  return evidence;
}

}  // namespace sipharness::observed
