#include <optional>

#include "tests/harness/check/subscription_situations.hpp"

namespace sipharness::check_tests {
namespace rfc6665_4_subscription {

Rest refreshed(Duration at) {
  return [=](Setting s, MessageId one) {
    const auto again = refresh(s, primary, at, one, {60s});
    notify(s, primary, at + 20ms, again, {.state = "terminated;reason=noresource"});
  };
}

void refreshed_with_a_gap(Setting s, MessageId one) {
  Fields fields = asking(dialog, 60s);
  fields.in = one;
  fields.cseq = 7;
  const auto again = subscribe(s, primary, 40s, fields);
  notify(s, primary, 40020ms, again, {.state = "terminated;reason=noresource"});
}

void lapses(Setting, MessageId) {}

/// In time and in its dialog, but at the secondary, which answers with `status`, or not at all.
Rest refreshed_elsewhere(std::optional<int> status) {
  return [=](Setting s, MessageId one) {
    Fields again = asking(dialog, 60s);
    again.in = one;
    const auto sent = s.trace.at(50s).from_device(secondary).request("SUBSCRIBE", again);
    if (status) s.trace.at(50010ms).to_device(secondary).response(*status, {.to = sent});
  };
}

void ended_by_the_device(Setting s, MessageId one) {
  refresh(s, primary, 30s, one, {0s});
}

void shortened(Setting s, MessageId one) {
  notify(s, primary, 5s, one, {.state = "active;expires=20"});
  refreshed(40s)(s, one);
}

/// The NOTIFY comes at 1.05 s, the 200 at 1.1 s.
std::function<void(Setting)> overtaken(int status) {
  return registered([=](Setting s) {
    const auto sent = s.trace.at(1s).from_device(primary).request("SUBSCRIBE", asking(dialog));
    notify(s, primary, 1050ms, sent, {.status = status});
    s.trace.at(1100ms).to_device(primary).response(200, {.to = sent});
  });
}

/// Accepted at 1 s and never notified.
std::function<void(Setting)> unconfirmed(const Rest& rest) {
  return registered([=](Setting s) { rest(s, subscribe(s, primary, 1s, asking(dialog))); });
}

/// Accepted at 1 s for three minutes, never notified, refreshed `after` the first SUBSCRIBE.
std::function<void(Setting)> refreshed_unconfirmed(Duration t1, Duration after) {
  return registered([=](Setting s) {
    s.profile.timers.t1 = t1;
    const auto one = subscribe(s, primary, 1s, asking(dialog, 180s));
    refresh(s, primary, 1s + after, one, {180s});
  });
}

/// Ended by the notifier at 10 s with these parameters; `again` begins anew.
std::function<void(Setting)> ended(const std::string& parameters, std::optional<Duration> again) {
  return registered([=](Setting s) {
    const auto one = watch(s, primary, 1s);
    notify(s, primary, 10s, one, {.state = "terminated" + parameters});
    if (again) watch(s, primary, *again);
  });
}

/// The refresh at 50 s draws 481; another SUBSCRIBE in that dialog, or a new one, follows.
std::function<void(Setting)> forgotten(bool goes_on) {
  return for_a_minute([=](Setting s, MessageId one) {
    refresh(s, primary, 50s, one, {60s, 481});
    if (goes_on)
      refresh(s, primary, 51s, one, {60s, 481});
    else
      watch(s, primary, 51s);
  });
}

std::function<void(Setting)> unknown_package(std::optional<Duration> again) {
  return registered([=](Setting s) {
    subscribe(s, primary, 1s, asking(dialog), 489);
    if (again) subscribe(s, primary, *again, asking(dialog), 489);
  });
}

/// A NOTIFY overtakes the 2xx by 16 s; the refresh is in time for the 2xx.
void counts_from_the_answer(Setting s) {
  const auto sent = s.trace.at(1s).from_device(primary).request("SUBSCRIBE", asking(dialog, 60s));
  notify(s, primary, 1050ms, sent, {.state = "active;expires=60"});
  s.trace.at(17s).to_device(primary).response(200, {.to = sent});
  refreshed(70s)(s, sent);
}

std::vector<Case> order_cases() {
  return {
      {"counts_from_the_answer", "RFC6665-01", Verdict::pass, registered(counts_from_the_answer)},
      {"asked_of_the_other_server", "RFC6665-01",
       warns("the refresh of dialog at the primary went to the secondary", {9}),
       for_a_minute(refreshed_elsewhere(481))},
      {"left_unanswered_by_the_other_server", "RFC6665-01",
       warns("the refresh of dialog at the primary went to the secondary", {9}),
       for_a_minute(refreshed_elsewhere({}))},
      {"left_unanswered_by_the_other_server_as_seen_at_a_server", "RFC6665-01",
       inconclusive("its answer may have been lost before it came to the capture", {9}),
       [](Setting s) {
         s.trace.vantage(trace::Vantage::server);
         for_a_minute(refreshed_elsewhere({}))(s);
       }},
      {"given_up", "RFC6665-02", needs("a NOTIFY before the 2xx to its SUBSCRIBE"),
       registered(notified_too_late)},
      {"goes_on_from_before_the_capture", "RFC6665-03",
       needs("a SUBSCRIBE that is accepted and gets no NOTIFY"), goes_on({primary}, {1s, 100s})},
      {"end_lost_on_the_way", "RFC6665-04", needs("a subscription that its notifier ends"),
       registered([](Setting s) {
         s.trace.vantage(trace::Vantage::server);
         const auto one = watch(s, primary, 1s);
         notify(s, primary, 10s, one, {"terminated;reason=rejected", 0});
         watch(s, primary, 60s);
       })},
  };
}

std::vector<Case> lifecycle_cases() {
  return {
      {"in_time", "RFC6665-01", Verdict::pass, for_a_minute(refreshed(50s))},
      {"too_late", "RFC6665-01", warns("at the primary in its dialog: 60.990 s", {9}),
       for_a_minute(refreshed(62s))},
      {"never", "RFC6665-01", warns("lapsed without a refresh", {5}), for_a_minute(lapses)},
      {"after_a_shorter_notify", "RFC6665-01",
       warns("at the primary in its dialog: 38.990 s", {11}), for_a_minute(shortened)},
      {"a_number_left_out", "RFC6665-01", warns("CSeq 7 after 1", {9}),
       for_a_minute(refreshed_with_a_gap)},
      {"given_back", "RFC6665-01", needs("a subscription that runs out within the capture"),
       for_a_minute(ended_by_the_device)},
      {"no_subscription", "RFC6665-01", needs("a subscription that runs out within the capture"),
       registered(nothing)},
      {"taken", "RFC6665-02", Verdict::pass, overtaken(200)},
      {"refused", "RFC6665-02", fails("overtook the response is answered 481", {6}),
       overtaken(481)},
      {"unanswered", "RFC6665-02", fails("overtook the response is never answered", {6}),
       overtaken(0)},
      {"in_order", "RFC6665-02", needs("a NOTIFY before the 2xx to its SUBSCRIBE"),
       for_a_minute(lapses)},
      {"begun_anew", "RFC6665-03", Verdict::pass,
       unconfirmed([](Setting s, MessageId) { subscribe(s, primary, 60s, asking(dialog)); })},
      {"left", "RFC6665-03", Verdict::pass, unconfirmed([](Setting, MessageId) {})},
      {"refreshed", "RFC6665-03", warns("refreshed as though it were active", {11}),
       unconfirmed([](Setting s, MessageId one) { refresh(s, primary, 110s, one); })},
      {"refreshed_before_timer_n", "RFC6665-03", Verdict::pass,
       unconfirmed([](Setting s, MessageId one) { refresh(s, primary, 20s, one, {60s}); })},
      {"confirmed", "RFC6665-03", needs("a SUBSCRIBE that is accepted and gets no NOTIFY"),
       for_a_minute(lapses)},
      {"waits", "RFC6665-04", Verdict::pass, ended(";reason=probation;retry-after=30", 41s)},
      {"stays_away", "RFC6665-04", Verdict::pass, ended(";reason=probation;retry-after=30", {})},
      {"hurries", "RFC6665-04", warns("after retry-after=30: 10.000 s", {11}),
       ended(";reason=giveup;retry-after=30", 20s)},
      {"may_hurry", "RFC6665-04", needs("a subscription that its notifier ends"),
       ended(";reason=deactivated;retry-after=30", 11s)},
      {"comes_back_rejected", "RFC6665-04", warns("ended with reason=rejected", {11}),
       ended(";reason=rejected", 60s)},
      {"gives_up_rejected", "RFC6665-04", Verdict::pass, ended(";reason=noresource", {})},
      {"new_dialog_after_481", "RFC6665-04", Verdict::pass, forgotten(false)},
      {"old_dialog_after_481", "RFC6665-04", warns("in the dialog that a 481 had ended", {11}),
       forgotten(true)},
      {"never_ended", "RFC6665-04", needs("a subscription that its notifier ends"),
       watching({primary})},
      {"given_up", "RFC6665-05", Verdict::pass, unknown_package({})},
      {"repeated", "RFC6665-05", warns("again 28.990 s after a 489", {7}), unknown_package(30s)},
      {"repeated_in_the_next_period", "RFC6665-05", Verdict::pass, unknown_package(130s)},
      {"known", "RFC6665-05", needs("a SUBSCRIBE that is answered with 489"), for_a_minute(lapses)},
  };
}

/// The same again at 31 s, while the first has 30 s to live.
void begins_again(Setting s, MessageId) {
  watch(s, primary, 31s);
}

std::vector<Case> second_cases() {
  constexpr auto id = "RFC6665-07";
  constexpr auto what = "a subscription that is refreshed, or begun again";
  return {
      {"refreshed_in_its_dialog", id, Verdict::pass,
       for_a_minute([](Setting s, MessageId one) { refresh(s, primary, 50s, one); })},
      {"begun_twice", id,
       warns("a second subscription to dialog at the primary while the first lives for another "
             "30.010 s",
             {5, 9}),
       for_a_minute(begins_again)},
      {"begun_twice_at_the_server", id, inconclusive("packets may have been lost", {5, 9}),
       for_a_minute([](Setting s, MessageId one) {
         begins_again(s, one);
         s.trace.vantage(trace::Vantage::server);
       })},
      {"begun_again_when_it_had_run_out", id, needs(what),
       for_a_minute([](Setting s, MessageId) { watch(s, primary, 70s); })},
      {"the_first_is_given_back", id, needs(what), for_a_minute([](Setting s, MessageId one) {
         begins_again(s, one);
         refresh(s, primary, 31100ms, one, {0s});
       })},
      {"begun_again_after_a_restart", id, needs(what), for_a_minute([](Setting s, MessageId one) {
         s.trace.at(20s).action("restart");
         begins_again(s, one);
       })},
      {"begun_again_for_another_contact", id, needs(what), for_a_minute([](Setting s, MessageId) {
         Fields moved = asking(dialog);
         moved.contact = "sip:1001@127.0.0.1:5099";
         subscribe(s, primary, 31s, moved);
       })},
      {"each_server_has_its_own", id, needs(what),
       for_a_minute([](Setting s, MessageId) { watch(s, secondary, 31s); })},
  };
}

/// Timer N = 64*T1. @source RFC 6665 §4.1.2.4; catalogue, table T-6
std::vector<Case> timer_n_cases() {
  return {
      {"t1_500ms_before_32s", "RFC6665-03", Verdict::pass, refreshed_unconfirmed(500ms, 31s)},
      {"t1_500ms_after_32s", "RFC6665-03", warns("refreshed as though it were active", {7}),
       refreshed_unconfirmed(500ms, 33s)},
      {"t1_1s_before_64s", "RFC6665-03", Verdict::pass, refreshed_unconfirmed(1s, 63s)},
      {"t1_1s_after_64s", "RFC6665-03", warns("refreshed as though it were active", {7}),
       refreshed_unconfirmed(1s, 65s)},
      {"t1_2s_before_128s", "RFC6665-03", Verdict::pass, refreshed_unconfirmed(2s, 127s)},
      {"t1_2s_after_128s", "RFC6665-03", warns("refreshed as though it were active", {11}),
       refreshed_unconfirmed(2s, 129s)},
  };
}

}  // namespace rfc6665_4_subscription

std::vector<Case> rfc6665_4_subscription_cases() {
  using namespace rfc6665_4_subscription;
  std::vector<Case> all = lifecycle_cases();
  for (const auto more : {second_cases, timer_n_cases, order_cases})
    for (Case& one : more()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
