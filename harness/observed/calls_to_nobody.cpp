#include "harness/observed/calls_to_nobody.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include "harness/observed/primary_answers.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

bool are_both_out(const Phone& phone, CaptureTime at) {
  return is_out(phone, ServerRole::primary, at) && is_out(phone, ServerRole::secondary, at);
}

std::size_t last_invite(const Phone& phone, const CallGroup& call) {
  std::size_t last = 0;
  for (const Leg& leg : call.legs)
    for (const std::size_t invite : leg.invites)
      last = std::max(last, transactions(phone)[invite].sends.back());
  return last;
}

trace::Span time_tried(const Phone& phone, const CallGroup& call) {
  const CaptureTime start = start_of(call);
  return {start, std::max(start, phone.at(last_invite(phone, call)))};
}

trace::Span longest_with_one_call_id(const Phone& phone, const CallGroup& call) {
  std::map<std::string_view, trace::Span> tried;
  for (const Leg& leg : call.legs) {
    const Transaction& invite = invite_of(phone, leg);
    const CaptureTime last = phone.at(invite.sends.back());
    const auto [span, is_first] =
        tried.try_emplace(opening(phone, invite).sip.call_id(), trace::Span{leg.i0, last});
    span->second.until = std::max(span->second.until, last);
  }
  return std::ranges::max_element(
             tried, {}, [](const auto& one) { return one.second.until - one.second.from; })
      ->second;
}

std::optional<std::size_t> second_try(const Phone& phone, const CallGroup& call) {
  for (const Leg& leg : call.legs) {
    if (leg.invites.size() > 1) return transactions(phone)[leg.invites[1]].sends.front();
    if (const Leg* first = call.leg(leg.server); first != &leg && first->silent())
      return first_invite(phone, leg);
  }
  return std::nullopt;
}

bool has_found_nobody(const Phone& phone, const CallGroup& call) {
  if (call.leg(ServerRole::primary) == nullptr || call.leg(ServerRole::secondary) == nullptr)
    return false;
  const Leg& last = call.legs.back();
  const CaptureTime timer_b = last.i0 + phone.profile.timers.sixty_four_t1();
  return timer_b < phone.trace.last &&
         time_tried(phone, call).until - last.i0 > phone.profile.timers.sixty_four_t1() / 2 &&
         std::ranges::all_of(call.legs, [&](const Leg& leg) {
           return leg.silent() && leg.invites.size() == 1 && is_out(phone, leg.server, leg.i0);
         });
}

}  // namespace sipharness::observed
