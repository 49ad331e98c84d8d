// The life of a subscription: refreshed in time, confirmed by NOTIFY, ended by the notifier or the
// registrar's answers. @source RFC 6665 §4.1.2, §4.1.3

#include <algorithm>
#include <chrono>

#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/cseq_numbers.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/server_names.hpp"
#include "harness/observed/subscription_ends.hpp"
#include "harness/observed/subscriptions.hpp"

namespace sipharness::check {
namespace {

// --- Refresh -------------------------------------------------------------------------------------

/// The SUBSCRIBE at `index` is the last one of its dialog.
void judge_lapse(const Phone& phone, const Subscription& subscription, CaptureTime lapse,
                 Occurrence& it) {
  const Transaction& last = *subscription.asked.back();
  const CaptureTime accepted = acceptance(phone, last)->at;
  if (next_power_change(phone, accepted) <= lapse) return;
  const std::string seen = fmt::format("{} at {} lapsed without a refresh in its dialog",
                                       subscription.event, named(subscription.server));
  it.about(last);
  if (!left_open_if_gone(phone, lapse, seen, it))
    it.violated_if(is_captured_at_device(phone), seen, Blame::network,
                   "; it may have been lost before it came to the capture");
}

/// It went to the other server, which refused it, or said nothing until it timed out.
bool missed_its_notifier(const Phone& phone, const Subscription& subscription,
                         const Transaction& refresh) {
  if (subscription.server == ServerRole::none || refresh.server != other(subscription.server))
    return false;
  const int status = final_status(phone, refresh);
  if (status == 0) return phone.trace.last > timeout_of(phone, refresh);
  return status >= 300 && status != 401 && status != 407;
}

void judge_refresh(const Phone& phone, const Subscription& subscription, std::size_t index,
                   CaptureTime lapse, Occurrence& it) {
  const Transaction& before = *subscription.asked[index];
  const Transaction& refresh = *subscription.asked[index + 1];
  if (ends(phone, refresh)) return;
  const Message& request = opening(phone, refresh);
  const std::uint32_t number = opening(phone, before).sip.cseq();
  it.about(refresh);
  if (!is_next(phone, cseq_numbers(phone), opening(phone, before), request))
    return it.violated("CSeq {} after {} in one dialog", request.sip.cseq(), number);
  const CaptureTime accepted = acceptance(phone, before)->at;
  if (missed_its_notifier(phone, subscription, refresh) &&
      !possible_outage(phone, subscription.server, accepted, request.at))
    return it.violated_if(
        refresh.final.has_value() || is_captured_at_device(phone),
        fmt::format("the refresh of {} at {} went to {}, which did not accept it",
                    subscription.event, named(subscription.server), named(refresh.server)),
        Blame::network, "; its answer may have been lost before it came to the capture");
  it.within(before_lapse(accepted, request.at, lapse - accepted),
            "refresh of {} at {} in its dialog", subscription.event, named(subscription.server));
}

void is_refreshed(const Phone& phone, const Subscription& subscription, Occurrence& it) {
  // Without any NOTIFY there is nothing to refresh once Timer N has fired (RFC6665-03).
  if (subscription.notified.empty()) return;
  for (std::size_t i = 0; i < subscription.asked.size(); ++i) {
    const auto lapse = lapse_of(phone, subscription, i);
    if (!lapse) continue;
    if (i + 1 < subscription.asked.size())
      judge_refresh(phone, subscription, i, *lapse, it);
    else
      judge_lapse(phone, subscription, *lapse, it);
  }
}

// --- A second one --------------------------------------------------------------------------------

void is_not_begun_twice(const Phone& phone, const Subscription& one, Occurrence& it) {
  const auto lapse = lived_until(phone, one);
  if (!lapse) return;
  const Message& last = opening(phone, *one.asked.back());
  const Transaction* second = begun_anew(phone, one, last.at);
  const CaptureTime until = std::min(*lapse, phone.trace.last);
  if (second == nullptr || opening(phone, *second).at >= until) {
    if (one.asked.size() > one.initial + 1)
      it.pass("one subscription to {} at {}, refreshed in its dialog", one.event,
              named(one.server));
    return;
  }
  const Message& anew = opening(phone, *second);
  if (acceptance(phone, *second) == nullptr ||
      !asks_the_same(opening(phone, *one.asked.front()).sip, anew.sip) ||
      next_power_change(phone, last.at) <= anew.at || registered_anew(phone, last.at, anew.at))
    return;
  it.cite(anew.index)
      .violated_unless_lost(
          "a second subscription to {} at {} while the first lives for another {}", one.event,
          named(one.server), format_seconds(*lapse - anew.at));
}

// --- NOTIFY before the response, and none at all -------------------------------------------------

void takes_early_notifies(const Phone& phone, const Subscription& one, Occurrence& it) {
  const Transaction& initial = *one.asked[one.initial];
  const bool is_refused = initial.final && acceptance(phone, initial) == nullptr;
  if (is_refused || !opening(phone, initial).sip.to_tag().empty()) return;
  for (const Transaction* notify : one.notified) {
    const Message& request = opening(phone, *notify);
    if (!is_early(phone, initial, request)) continue;
    const int status = final_status(phone, *notify);
    it.about(*notify);
    if (status / 100 == 2)
      it.pass("a NOTIFY that overtook the response is taken");
    else if (status != 0)
      it.violated("a NOTIFY that overtook the response is answered {}", status);
    else if (phone.trace.last > request.at + phone.profile.timers.sixty_four_t1() &&
             is_captured_at_device(phone))
      it.violated("a NOTIFY that overtook the response is never answered");
  }
}

void has_failed_without_notify(const Phone& phone, const Subscription& one, Occurrence& it) {
  const Message& initial = opening(phone, *one.asked[one.initial]);
  if (!initial.sip.to_tag().empty()) return;  // begun before the capture
  const CaptureTime timer_n = initial.at + phone.profile.timers.sixty_four_t1();
  if (!was_unconfirmed(phone, one, timer_n)) return;
  if (const Transaction* refresh = refresh_after(phone, one, timer_n))
    it.about(*refresh).violated("refreshed as though it were active, although no NOTIFY ever came");
  else if (begun_anew(phone, one, timer_n) != nullptr)
    it.pass("begun anew when no NOTIFY had come for 64*T1");
  else if (phone.trace.last > *lapse_of(phone, one, one.initial))
    it.pass("not treated as active when no NOTIFY had come for 64*T1");
}

// --- Ended by the other side ---------------------------------------------------------------------

/// Reasons that make another try useless, or a time to wait meaningless. @source RFC 6665 §4.1.3
bool is_final_reason(std::string_view reason) {
  return reason == "rejected" || reason == "noresource" || reason == "invariant";
}
bool is_open_reason(std::string_view reason) {
  return reason == "deactivated" || reason == "timeout";
}

/// The NOTIFY ended the subscription for good.
void judge_for_good(const Phone& phone, const Subscription& one, const Message& notify,
                    Occurrence& it) {
  const std::string_view reason = state_in(notify.sip).reason;
  if (const Transaction* again = subscribed_again(phone, one, notify.at))
    it.about(*again).violated("subscribes again to {} although it ended with reason={}", one.event,
                              reason);
  else if (phone.trace.last > notify.at + policy::time_to_subscribe_again)
    it.pass("no further try after reason={}", reason);
}

/// The NOTIFY ended the subscription and said how long to wait.
void judge_wait(const Phone& phone, const Subscription& one, const Message& notify,
                Occurrence& it) {
  const std::chrono::seconds wait = *state_in(notify.sip).retry_after;
  const Duration early = phone.profile.tolerances.timer.of(wait) / 2;
  if (const Transaction* again = subscribed_again(phone, one, notify.at))
    it.about(*again).within({.start = notify.at,
                             .end = opening(phone, *again).at,
                             .window = {.min = wait - early},
                             .tolerance = timer_tolerance(phone, wait),
                             .host_produced = true},
                            "SUBSCRIBE for {} after retry-after={}", one.event, wait.count());
  else if (phone.trace.last > notify.at + wait)
    it.pass("nothing for the {} s of retry-after", wait.count());
}

void judge_termination(const Phone& phone, const Subscription& one, const Transaction& notify,
                       Occurrence& it) {
  const Message& request = opening(phone, notify);
  const SubscriptionState state = state_in(request.sip);
  const bool may_be_lost = !notify.final && !is_captured_at_device(phone);
  if (!state.is_terminated() || may_be_lost) return;
  it.about(notify);
  if (is_final_reason(state.reason))
    judge_for_good(phone, one, request, it);
  else if (state.retry_after && !is_open_reason(state.reason))
    judge_wait(phone, one, request, it);
}

/// A refresh that was answered with 481: that dialog is no more.
void judge_lost_dialog(const Phone& phone, const Subscription& one, Occurrence& it) {
  const auto lost = std::ranges::find_if(one.asked, [&](const Transaction* subscribe) {
    return final_status(phone, *subscribe) == 481 &&
           !opening(phone, *subscribe).sip.to_tag().empty();
  });
  if (lost == one.asked.end()) return;
  if (const auto next = std::next(lost); next != one.asked.end())
    it.about(**next).violated("a SUBSCRIBE in the dialog that a 481 had ended");
  else if (phone.trace.last > phone.at(*(*lost)->final) + policy::time_to_subscribe_again)
    it.about(**lost).pass("a 481 to a refresh ends the dialog");
}

void obeys_its_end(const Phone& phone, const Subscription& one, Occurrence& it) {
  for (const Transaction* notify : one.notified) judge_termination(phone, one, *notify, it);
  judge_lost_dialog(phone, one, it);
}

// --- Packages that the server does not know ------------------------------------------------------

void does_not_repeat_a_bad_event(const Phone& phone, const Subscription& one, Occurrence& it) {
  const Transaction& refused = *one.asked.back();
  if (final_status(phone, refused) != 489) return;
  const CaptureTime at = phone.at(*refused.final);
  const CaptureTime until =
      std::min(at + registration_period(phone, one.server, at), next_power_change(phone, at));
  const Transaction* again = begun_anew(phone, one, at);
  if (again != nullptr && opening(phone, *again).at < until)
    it.about(*again).violated("SUBSCRIBE for {} again {} after a 489", one.event,
                              format_seconds(opening(phone, *again).at - at));
  else if (phone.trace.last >= until && until > at)
    it.about(refused).pass("{} is not asked for again after a 489", one.event);
}

const std::array rfc6665_subscription{
    Rule{.row = {.id = "RFC6665-01",
                 .clause = "RFC 6665 §4.1.2.2",
                 .severity = Severity::should,
                 .sentence = "A subscription is refreshed in its dialog before it runs out.",
                 .observed = "After each 2xx to SUBSCRIBE the next one in that dialog, with "
                             "CSeq higher by one, comes before the expiry granted, or the "
                             "shorter one that a NOTIFY names."},
         .needs = {"a subscription that runs out within the capture"},
         .judge = each<subscriptions, is_refreshed>},
    Rule{.row = {.id = "RFC6665-07",
                 .clause = "RFC 6665 §4.1.2.2, §4.1.2.3",
                 .severity = Severity::should,
                 .sentence = "While a subscription exists it is refreshed in its dialog, not begun "
                             "a second time.",
                 .observed = "No SUBSCRIBE outside a dialog for the same package and resource is "
                             "accepted by the same server before the first subscription has run "
                             "out or was ended."},
         .needs = {"a subscription that is refreshed, or begun again at the same server"},
         .judge = each<subscriptions, is_not_begun_twice>},
    Rule{.row = {.id = "RFC6665-02",
                 .clause = "RFC 6665 §4.1.2.4",
                 .severity = Severity::must,
                 .sentence = "A NOTIFY is accepted although the response to the SUBSCRIBE has "
                             "not come yet.",
                 .observed = "A NOTIFY that stands before the 2xx to its SUBSCRIBE is answered "
                             "with 2xx."},
         .needs = {"a NOTIFY before the 2xx to its SUBSCRIBE", Blame::harness},
         .judge = each<subscriptions, takes_early_notifies>},
    Rule{.row = {.id = "RFC6665-03",
                 .clause = "RFC 6665 §4.1.2.4",
                 .severity = Severity::should,
                 .sentence = "Without a NOTIFY within 64*T1 (Timer N) a subscription has "
                             "failed, whatever the response to the SUBSCRIBE was.",
                 .observed = "64*T1 after a SUBSCRIBE without NOTIFY nothing more is sent in "
                             "its dialog; a new subscription and silence are both right."},
         .needs = {"a SUBSCRIBE that is accepted and gets no NOTIFY for 64*T1", Blame::harness},
         .judge = each<subscriptions, has_failed_without_notify>},
    Rule{.row = {.id = "RFC6665-04",
                 .clause = "RFC 6665 §4.1.2.2, §4.1.3",
                 .severity = Severity::should,
                 .sentence = "When its notifier ends a subscription, the device obeys: it waits "
                             "for retry-after, does not come back after rejected, noresource or "
                             "invariant, and leaves a dialog that got 481.",
                 .observed = "The next SUBSCRIBE outside a dialog for that package and resource "
                             "comes no sooner than retry-after, or not at all; none follows in "
                             "the dialog of a 481.",
                 .tolerance = "profile: timer"},
         .needs = {"a subscription that its notifier ends, or a 481 to a refresh", Blame::harness},
         .judge = each<subscriptions, obeys_its_end>},
    Rule{.row = {.id = "RFC6665-05",
                 .clause = "RFC 6665 §4.1.2.1",
                 .severity = Severity::should,
                 .sentence = "A package that the server refused with 489 is not asked for again.",
                 .observed = "No SUBSCRIBE for it goes to that server within the registration "
                             "period after the 489."},
         .needs = {"a SUBSCRIBE that is answered with 489, and a registration period after it",
                   Blame::harness},
         .judge = each<subscriptions, does_not_repeat_a_bad_event>},
};

}  // namespace

std::span<const Rule> rfc6665_subscription_rules() {
  return rfc6665_subscription;
}

}  // namespace sipharness::check
