#include "harness/observed/primary_answers.hpp"

#include <algorithm>

#include "harness/observed/failover.hpp"
#include "harness/observed/first_after.hpp"

namespace sipharness::observed {
namespace {

std::vector<const Leg*> find_primary_legs(const Phone& phone) {
  std::vector<const Leg*> found;
  for (const CallGroup& call : calls(phone))
    if (const Leg* leg = call.leg(ServerRole::primary)) found.push_back(leg);
  std::ranges::stable_sort(found, {}, &Leg::i0);
  return found;
}

FirstAfter<CallGroup> find_calls_by_start(const Phone& phone) {
  FirstAfter<CallGroup> found;
  for (const CallGroup& call : calls(phone))
    if (!call.legs.empty()) found.add(start_of(call), call);
  return found;
}

}  // namespace

std::vector<PrimaryAnswer> find_primary_answers(const Phone& phone) {
  std::vector<PrimaryAnswer> found;
  for (const auto& [call, primary, secondary] : primary_calls(phone)) {
    if (!primary->final) continue;
    const CaptureTime at = phone.at(*primary->final);
    if (secondary != nullptr && reached_at(phone, *secondary) < at) continue;
    found.push_back({call, primary, secondary, phone.message(*primary->final).sip.status(), at});
  }
  return found;
}

Evidence evidence_of(const Phone& phone, const PrimaryAnswer& answer) {
  return evidence_of_both(phone, *answer.primary, answer.secondary);
}

bool answers_at_once(const Phone& phone, const Leg& primary) {
  const auto response = first_response(phone, primary);
  if (!response || phone.at(*response) - primary.i0 > phone.profile.timers.t1) return false;
  if (!primary.final) return response_above_100(phone, invite_of(phone, primary)).has_value();
  const int kind = phone.message(*primary.final).sip.status() / 100;
  return kind != 5 && kind != 3;
}

std::span<const Leg* const> primary_legs_between(const Phone& phone, CaptureTime after,
                                                 CaptureTime before) {
  const auto& legs = phone.derived<find_primary_legs>();
  const auto first = std::ranges::upper_bound(legs, after, {}, &Leg::i0);
  const auto last = std::ranges::lower_bound(first, legs.end(), before, {}, &Leg::i0);
  return {first, last};
}

CaptureTime start_of(const CallGroup& call) {
  return call.dialled.value_or(call.legs.empty() ? call.until : call.legs.front().i0);
}

const CallGroup* next_call(const Phone& phone, CaptureTime at) {
  return phone.derived<find_calls_by_start>().after(at);
}

}  // namespace sipharness::observed
