#include "harness/observed/subscription_ends.hpp"

#include <algorithm>

#include "harness/observed/actions.hpp"
#include "harness/observed/register_transactions.hpp"
#include "harness/observed/registration.hpp"

namespace sipharness::observed {

std::optional<CaptureTime> lived_until(const Phone& phone, const Subscription& one) {
  if (one.notified.empty()) return std::nullopt;  // it may have failed by Timer N (RFC6665-03)
  return lapse_of(phone, one, one.asked.size() - 1);
}

bool asks_the_same(const sip::MessageView& before, const sip::MessageView& now) {
  const auto is_same = [&](sip::HeaderId id) { return before.header(id) == now.header(id); };
  return is_same(sip::HeaderId::contact) && is_same(sip::HeaderId::event) &&
         before.request_uri() == now.request_uri();
}

bool registered_anew(const Phone& phone, CaptureTime from, CaptureTime until) {
  const auto next = std::ranges::upper_bound(registration_beginnings(phone), from);
  return next != registration_beginnings(phone).end() && *next < until;
}

bool is_early(const Phone& phone, const Transaction& initial, const Message& notify) {
  return (!initial.final || notify.index < *initial.final) &&
         notify.at < opening(phone, initial).at + phone.profile.request_timeout();
}

const Transaction* refresh_after(const Phone& phone, const Subscription& subscription,
                                 CaptureTime at) {
  for (const Transaction* subscribe : subscription.asked) {
    const Message& request = opening(phone, *subscribe);
    if (request.at > at && !request.sip.to_tag().empty() && !ends(phone, *subscribe))
      return subscribe;
  }
  return nullptr;
}

bool was_unconfirmed(const Phone& phone, const Subscription& one, CaptureTime timer_n) {
  const CaptureTime begun = opening(phone, *one.asked[one.initial]).at;
  const auto lapse = lapse_of(phone, one, one.initial);
  const bool was_notified =
      !one.notified.empty() && opening(phone, *one.notified.front()).at <= timer_n;
  return !was_notified && lapse && *lapse > timer_n && phone.trace.last > timer_n &&
         next_power_change(phone, begun) > timer_n;
}

const Transaction* subscribed_again(const Phone& phone, const Subscription& one, CaptureTime at) {
  const Transaction* again = begun_anew(phone, one, at);
  const bool is_same_boot =
      again != nullptr && next_power_change(phone, at) > opening(phone, *again).at;
  return is_same_boot ? again : nullptr;
}

Duration registration_period(const Phone& phone, ServerRole server, CaptureTime at) {
  const Binding* alive = binding_at(phone, server, at);
  const Duration by_default = phone.profile.register_expiration.value_or(0s);
  return alive != nullptr ? attempts(phone)[alive->attempt].granted.value_or(by_default)
                          : by_default;
}

}  // namespace sipharness::observed
