// The life of a subscription: refreshed in time, confirmed by NOTIFY, ended by the notifier or the
// registrar's answers. @source RFC 6665 §4.1.2, §4.1.3

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/cseq_numbers.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/subscriptions.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using trace::Message;
using verdict::Blame;

/// policy: watched for so long, a device that will not subscribe again has shown it (RFC6665-04).
constexpr Duration least_watch = 30s;

int status_of(const Phone& phone, const Transaction& transaction) {
  return transaction.final ? phone.message(*transaction.final).sip.status() : 0;
}

// --- Refresh -------------------------------------------------------------------------------------

void judge_refresh(const Phone& phone, Judge& judge, const Subscription& subscription,
                   std::pair<std::size_t, CaptureTime> accepted_until) {
  const auto [index, lapse] = accepted_until;
  const Transaction& before = *subscription.asked[index];
  const Message& accepted = *acceptance(phone, before);
  const Evidence evidence = evidence_of(phone, before);
  if (index + 1 == subscription.asked.size()) {
    if (phone.trace.last <= lapse || next_power_change(phone, accepted.at) <= lapse) return;
    const std::string seen = fmt::format("{} at the {} lapsed without a refresh in its dialog",
                                         subscription.event, to_string(subscription.server));
    if (phone.trace.vantage == trace::Vantage::device) return judge.violated(evidence, seen);
    return judge.inconclusive(evidence, Blame::network,
                              seen + "; it may have been lost before it came to the capture");
  }
  const Transaction& refresh = *subscription.asked[index + 1];
  const Message& request = opening(phone, refresh);
  if (ends(phone, refresh)) return;
  const std::uint32_t number = opening(phone, before).sip.cseq();
  if (!CseqNumbers(phone, sip::Method::unknown)
           .is_next(subscription.call_id, number, request.sip.cseq()))
    return judge.violated(evidence_of(phone, refresh), fmt::format("CSeq {} after {} in one dialog",
                                                                   request.sip.cseq(), number));
  judge.within(evidence_of(phone, refresh),
               {.start = accepted.at,
                .end = request.at,
                .window = {.max = lapse - accepted.at, .max_open = true},
                .host_produced = true},
               fmt::format("refresh of {} at the {} in its dialog", subscription.event,
                           to_string(subscription.server)));
}

/// Without any NOTIFY there is nothing to refresh once Timer N has fired (RFC6665-03).
bool was_confirmed(const Subscription& subscription) {
  return !subscription.notified.empty();
}

void subscriptions_are_refreshed(const Phone& phone, Judge& judge) {
  judge.needs("a subscription that runs out within the capture");
  for (const Subscription& one : subscriptions(phone)) {
    if (!was_confirmed(one)) continue;
    for (std::size_t i = 0; i < one.asked.size(); ++i)
      if (const auto lapse = lapse_of(phone, one, i)) judge_refresh(phone, judge, one, {i, *lapse});
  }
}

// --- NOTIFY before the response, and none at all -------------------------------------------------

void early_notifies_are_taken(const Phone& phone, Judge& judge) {
  judge.needs("a NOTIFY before the 2xx to its SUBSCRIBE", Blame::harness);
  for (const Subscription& one : subscriptions(phone)) {
    const Transaction& initial = *one.asked[initial_of(phone, one)];
    for (const Transaction* notify : one.notified) {
      const Message& request = opening(phone, *notify);
      const bool is_early =
          (!initial.final || request.index < *initial.final) &&
          request.at < opening(phone, initial).at + phone.profile.request_timeout();
      const bool is_refused = initial.final && acceptance(phone, initial) == nullptr;
      if (!is_early || is_refused || !opening(phone, initial).sip.to_tag().empty()) continue;
      const int status = status_of(phone, *notify);
      const Evidence evidence = evidence_of(phone, *notify);
      if (status / 100 == 2)
        judge.pass(evidence, "a NOTIFY that overtook the response is taken");
      else if (status != 0)
        judge.violated(evidence,
                       fmt::format("a NOTIFY that overtook the response is answered {}", status));
      else if (phone.trace.last > request.at + phone.profile.timers.sixty_four_t1() &&
               phone.trace.vantage == trace::Vantage::device)
        judge.violated(evidence, "a NOTIFY that overtook the response is never answered");
    }
  }
}

/// The first SUBSCRIBE in the dialog after `at` that asks for more time.
const Transaction* refresh_after(const Phone& phone, const Subscription& subscription,
                                 CaptureTime at) {
  for (const Transaction* subscribe : subscription.asked) {
    const Message& request = opening(phone, *subscribe);
    if (request.at > at && !request.sip.to_tag().empty() && !ends(phone, *subscribe))
      return subscribe;
  }
  return nullptr;
}

void unconfirmed_subscriptions_are_no_subscriptions(const Phone& phone, Judge& judge) {
  judge.needs("a SUBSCRIBE that is accepted and draws no NOTIFY for 64*T1", Blame::harness);
  const auto all = subscriptions(phone);
  for (const Subscription& one : all) {
    const std::size_t index = initial_of(phone, one);
    const Transaction& initial = *one.asked[index];
    if (!opening(phone, initial).sip.to_tag().empty()) continue;  // begun before the capture
    const CaptureTime timer_n = opening(phone, initial).at + phone.profile.timers.sixty_four_t1();
    const bool was_notified = std::ranges::any_of(one.notified, [&](const Transaction* notify) {
      return opening(phone, *notify).at <= timer_n;
    });
    const auto lapse = lapse_of(phone, one, index);
    if (was_notified || !lapse || *lapse <= timer_n || phone.trace.last <= timer_n) continue;
    if (next_power_change(phone, opening(phone, initial).at) <= timer_n) continue;
    const Evidence evidence = evidence_of(phone, one);
    if (const Transaction* refresh = refresh_after(phone, one, timer_n))
      judge.violated(evidence_of(phone, *refresh),
                     "refreshed as though it were active, although no NOTIFY ever came");
    else if (begun_anew(phone, all, one, timer_n) != nullptr)
      judge.pass(evidence, "begun anew when no NOTIFY had come for 64*T1");
    else if (phone.trace.last > *lapse)
      judge.pass(evidence, "not treated as active when no NOTIFY had come for 64*T1");
  }
}

// --- Ended by the other side ---------------------------------------------------------------------

/// Reasons that make another try useless, or a time to wait meaningless. @source RFC 6665 §4.1.3
bool is_final_reason(std::string_view reason) {
  return reason == "rejected" || reason == "noresource" || reason == "invariant";
}
bool is_open_reason(std::string_view reason) {
  return reason == "deactivated" || reason == "timeout";
}

void judge_for_good(const Phone& phone, Judge& judge, const std::vector<Subscription>& all,
                    const Subscription& one, const Transaction& notify) {
  const Message& request = opening(phone, notify);
  const Evidence evidence = evidence_of(phone, notify);
  const std::string_view reason = state_in(request.sip).reason;
  const Transaction* again = begun_anew(phone, all, one, request.at);
  const bool is_again =
      again != nullptr && next_power_change(phone, request.at) > opening(phone, *again).at;
  if (is_again)
    judge.violated(
        evidence_of(phone, *again),
        fmt::format("subscribes again to {} although it ended with reason={}", one.event, reason));
  else if (phone.trace.last > request.at + least_watch)
    judge.pass(evidence, fmt::format("no further try after reason={}", reason));
}

void judge_wait(const Phone& phone, Judge& judge, const std::vector<Subscription>& all,
                const Subscription& one, const Transaction& notify) {
  const Message& request = opening(phone, notify);
  const SubscriptionState state = state_in(request.sip);
  const Transaction* again = begun_anew(phone, all, one, request.at);
  const Duration early = phone.profile.tolerances.timer.of(*state.retry_after) / 2;
  if (again != nullptr && next_power_change(phone, request.at) > opening(phone, *again).at)
    judge.within(evidence_of(phone, *again),
                 {.start = request.at,
                  .end = opening(phone, *again).at,
                  .window = {.min = *state.retry_after - early},
                  .tolerance = timer_tolerance(phone, *state.retry_after),
                  .host_produced = true},
                 fmt::format("SUBSCRIBE for {} after retry-after={}", one.event,
                             state.retry_after->count()));
  else if (phone.trace.last > request.at + *state.retry_after)
    judge.pass(evidence_of(phone, notify),
               fmt::format("nothing for the {} s of retry-after", state.retry_after->count()));
}

void judge_terminations(const Phone& phone, Judge& judge, const std::vector<Subscription>& all,
                        const Subscription& one) {
  for (const Transaction* notify : one.notified) {
    const SubscriptionState state = state_in(opening(phone, *notify).sip);
    const bool may_be_lost = !notify->final && phone.trace.vantage != trace::Vantage::device;
    if (!state.is_terminated() || may_be_lost) continue;
    if (is_final_reason(state.reason))
      judge_for_good(phone, judge, all, one, *notify);
    else if (state.retry_after && !is_open_reason(state.reason))
      judge_wait(phone, judge, all, one, *notify);
  }
}

/// A refresh that was answered with 481: that dialog is no more.
void judge_lost_dialog(const Phone& phone, Judge& judge, const Subscription& one) {
  for (std::size_t i = 0; i < one.asked.size(); ++i) {
    const bool is_lost = status_of(phone, *one.asked[i]) == 481 &&
                         !opening(phone, *one.asked[i]).sip.to_tag().empty();
    if (!is_lost) continue;
    const CaptureTime at = phone.at(*one.asked[i]->final);
    if (i + 1 < one.asked.size())
      judge.violated(evidence_of(phone, *one.asked[i + 1]),
                     "a SUBSCRIBE in the dialog that a 481 had ended");
    else if (phone.trace.last > at + least_watch)
      judge.pass(evidence_of(phone, *one.asked[i]), "a 481 to a refresh ends the dialog");
    return;
  }
}

void ends_are_obeyed(const Phone& phone, Judge& judge) {
  judge.needs("a subscription that its notifier ends, or a 481 to a refresh", Blame::harness);
  const auto all = subscriptions(phone);
  for (const Subscription& one : all) {
    judge_terminations(phone, judge, all, one);
    judge_lost_dialog(phone, judge, one);
  }
}

// --- Packages that the server does not know ------------------------------------------------------

/// How long a 489 holds: the registration that was alive there, else what the device asks for.
Duration registration_period(const Phone& phone, trace::ServerRole server, CaptureTime at) {
  for (const Binding& binding : bindings(phone))
    if (binding.server == server && binding.from <= at && at < binding.until)
      if (const auto& granted = attempts(phone)[binding.attempt].granted) return *granted;
  return phone.profile.register_expiration.value_or(Duration::zero());
}

void bad_events_are_not_repeated(const Phone& phone, Judge& judge) {
  judge.needs("a SUBSCRIBE that is answered with 489, and a registration period after it",
              Blame::harness);
  const auto all = subscriptions(phone);
  for (const Subscription& one : all) {
    const Transaction& refused = *one.asked.back();
    if (status_of(phone, refused) != 489) continue;
    const CaptureTime at = phone.at(*refused.final);
    const CaptureTime until =
        std::min(at + registration_period(phone, one.server, at), next_power_change(phone, at));
    const Transaction* again = begun_anew(phone, all, one, at);
    if (again != nullptr && opening(phone, *again).at < until)
      judge.violated(evidence_of(phone, *again),
                     fmt::format("SUBSCRIBE for {} again {} after a 489", one.event,
                                 format_seconds(opening(phone, *again).at - at)));
    else if (phone.trace.last >= until && until > at)
      judge.pass(evidence_of(phone, refused),
                 fmt::format("{} is not asked for again after a 489", one.event));
  }
}

constexpr std::array table{
    Check{"RFC6665-01", subscriptions_are_refreshed},
    Check{"RFC6665-02", early_notifies_are_taken},
    Check{"RFC6665-03", unconfirmed_subscriptions_are_no_subscriptions},
    Check{"RFC6665-04", ends_are_obeyed},
    Check{"RFC6665-05", bad_events_are_not_repeated},
};

}  // namespace

std::span<const Check> rfc6665_4_subscription_checks() {
  return table;
}

}  // namespace sipharness::check
