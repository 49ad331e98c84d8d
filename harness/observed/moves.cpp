#include "harness/observed/moves.hpp"

#include <algorithm>

#include "harness/observed/outages.hpp"
#include "harness/observed/primary_answers.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/tolerances.hpp"

namespace sipharness::observed {

bool had_no_next_server(const Phone& phone, const CallGroup& call, CaptureTime until) {
  return hung_up_before(call, until) || is_lost(phone, ServerRole::secondary, until) ||
         phone.trace.last < until;
}

bool was_reached_within_grace(const Phone& phone, const FailureSignal& signal) {
  return signal.secondary != nullptr &&
         reached_at(phone, *signal.secondary) <= signal.at + phone.profile.tolerances.fo_grace;
}

std::optional<std::size_t> sent_after(const Phone& phone, const FailureSignal& signal,
                                      Duration after) {
  if (signal.primary == nullptr) return std::nullopt;
  const std::size_t last = invite_of(phone, *signal.primary).sends.back();
  return phone.at(last) > signal.at + after ? std::optional(last) : std::nullopt;
}

std::optional<Duration> left_early_after(const Phone& phone, const SilentPrimary& failed) {
  if (failed.secondary == nullptr || failed.has_signal) return std::nullopt;
  const Duration timeout = phone.profile.timers.sixty_four_t1();
  const Duration early = timer_tolerance(phone, timeout).value / 2;
  const Duration after = reached_at(phone, *failed.secondary) - failed.primary->i0;
  return after + early < timeout ? std::optional(after) : std::nullopt;
}

std::size_t tries_before_secondary(const Phone& phone, const SilentPrimary& failed) {
  const CaptureTime left = reached_at(phone, *failed.secondary);
  return static_cast<std::size_t>(std::ranges::count_if(
      sends_of(phone, *failed.primary), [&](std::size_t send) { return phone.at(send) < left; }));
}

const Transaction* next_try(const Phone& phone, const CallGroup& call, const Transaction& invite) {
  const Transaction* next = nullptr;
  for (const Leg& leg : call.legs)
    for (const std::size_t index : leg.invites) {
      const Transaction& other_try = transactions(phone)[index];
      const bool is_later = other_try.sends.front() > invite.sends.front();
      if (is_later && (next == nullptr || other_try.sends.front() < next->sends.front()))
        next = &other_try;
    }
  return next;
}

std::vector<CallToLostPrimary> find_calls_to_lost_primary(const Phone& phone) {
  std::vector<CallToLostPrimary> found;
  for (const PrimaryCall& call : primary_calls(phone)) {
    const CaptureTime start = start_of(*call.call);
    // With the secondary lost too there is nothing better to try.
    if (known_down(phone, ServerRole::primary, start) &&
        registered(phone, ServerRole::secondary, start) &&
        !known_down(phone, ServerRole::secondary, start))
      found.push_back({start, call.primary});
  }
  std::ranges::stable_sort(found, {}, &CallToLostPrimary::start);
  return found;
}

}  // namespace sipharness::observed
