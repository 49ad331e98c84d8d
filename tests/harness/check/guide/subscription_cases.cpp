#include <tuple>

#include "tests/harness/check/subscription_situations.hpp"

namespace sipharness::check_tests {
namespace guide_subscription {

/// The primary is silent from boot and known to be at 32 s; message waiting is asked for at `at` at
/// the secondary.
std::function<void(Setting)> primary_lost(Duration at) {
  return [=](Setting s) {
    s.profile.mwi_subscribe = true;
    s.trace.at(0s).silent(primary);
    silent_register(s.trace, primary, 0s);
    s.trace.registration(secondary, 0s, 120s);
    watch(s, secondary, at, message_summary);
    s.trace.ends(60s);
  };
}

/// The primary falls silent at 20 s; the secondary's subscription of a minute goes on or not.
std::function<void(Setting)> primary_dies(bool goes_on) {
  return registered([=](Setting s) {
    watch(s, primary, 1s);
    s.trace.at(20s).silent(primary);
    const auto one = watch(s, secondary, 1s, dialog, 60s);
    if (goes_on) {
      const auto again = refresh(s, secondary, 50s, one, {180s});
      notify(s, secondary, 50020ms, again, {.state = "active;expires=180"});
    }
  });
}

void strayed(Setting s) {
  const auto one = watch(s, primary, 1s);
  watch(s, secondary, 1s);
  refresh(s, secondary, 60s, one);
}

/// The second NOTIFY is lost at first and comes after the third.
void notified_out_of_order(Setting s) {
  const auto one = watch(s, primary, 1s);
  for (const auto& [at, cseq, status] : {std::tuple{5s, 12u, 200}, std::tuple{6s, 11u, 500}}) {
    const auto sent = s.trace.at(at).to_device(primary).request(
        "NOTIFY", {.cseq = cseq,
                   .headers = {{"Event", dialog}, {"Subscription-State", "active;expires=100"}},
                   .in = one});
    s.trace.at(at + 10ms).from_device(primary).response(status, {.to = sent});
  }
}

void refused_by_the_primary(Setting s) {
  subscribe(s, primary, 1s, asking(message_summary), 489);
  watch(s, secondary, 2s, message_summary);
}

/// The secondary accepts and never notifies; the primary falls silent.
void never_confirmed(Setting s) {
  watch(s, primary, 1s);
  s.trace.at(20s).silent(primary);
  subscribe(s, secondary, 1s, asking(dialog, 60s));
}

std::vector<Case> order_cases() {
  const std::vector<ServerRole> both{primary, secondary};
  return {
      {"goes_on_from_before_the_capture", "GRP-SUB-01", Verdict::pass, goes_on(both, {60s})},
      {"late_in_a_foreign_capture", "GRP-SUB-01",
       inconclusive("comes late; the capture may begin", {5}),
       foreign(watching(both, dialog, 60s))},
      {"over_before_it_is_due", "GRP-SUB-01",
       inconclusive("no SUBSCRIBE for dialog at the secondary; the capture ends before it is due",
                    {5}),
       [](Setting s) {
         s.profile.subscriptions = {"dialog"};
         s.trace.healthy_registrations(0s, 120s);
         watch(s, primary, 1s);
         s.trace.ends(2s);
       }},
      {"refused_by_the_primary", "GRP-SUB-02", Verdict::pass, registered(refused_by_the_primary)},
      {"given_up", "GRP-SUB-03", Verdict::pass, registered(notified_too_late)},
      {"out_of_order", "GRP-SUB-03", Verdict::pass, registered(notified_out_of_order)},
      {"never_confirmed", "RFC6665-06", Verdict::pass, registered(never_confirmed)},
  };
}

std::vector<Case> guide_cases() {
  const std::vector<ServerRole> both{primary, secondary};
  return {
      {"at_both", "GRP-SUB-01", Verdict::pass, watching(both)},
      {"at_one", "GRP-SUB-01", fails("no SUBSCRIBE for dialog at the secondary", {5}),
       watching({primary})},
      {"late", "GRP-SUB-01", fails("at the primary after both registrations: 59.985 s", {5}),
       watching(both, dialog, 60s)},
      {"at_none", "GRP-SUB-01", inconclusive("no SUBSCRIBE for dialog at all"),
       registered(nothing)},
      {"at_the_blf_server", "GRP-SUB-01", not_applicable("not set to subscribe to anything"),
       [](Setting s) {
         watching({})(s);
         s.profile.blf_server = true;
       }},
      {"not_set", "GRP-SUB-01", not_applicable("not set to subscribe to anything"),
       [](Setting s) { registrations(s.trace, 100s); }},
      {"seen_later", "GRP-SUB-01", inconclusive("at the secondary; the capture may begin", {5}),
       [](Setting s) {
         watching({primary})(s);
         s.trace.without_journal();
       }},
      {"at_the_primary", "GRP-SUB-02", Verdict::pass, watching({primary}, message_summary)},
      {"at_both", "GRP-SUB-02", fails("message waiting at both servers", {6}),
       watching(both, message_summary)},
      {"at_the_secondary", "GRP-SUB-02", warns("message waiting at the secondary alone", {5}),
       watching({secondary}, message_summary)},
      {"at_none", "GRP-SUB-02", needs("a SUBSCRIBE for message waiting"), watching(both)},
      {"while_the_primary_is_down", "GRP-SUB-02", Verdict::pass, primary_lost(40s)},
      {"before_the_device_can_know", "GRP-SUB-02", Verdict::pass, primary_lost(1s)},
      {"not_set", "GRP-SUB-02", not_applicable("not set to subscribe to message waiting"),
       [](Setting s) { registrations(s.trace, 100s); }},
      {"taken", "GRP-SUB-03", Verdict::pass, watching(both)},
      {"refused", "GRP-SUB-03", fails("is answered with 481", {7}), registered([](Setting s) {
         notify(s, secondary, 1020ms, subscribe(s, secondary, 1s, asking(dialog)), {"active", 481});
       })},
      {"unanswered", "GRP-SUB-03", fails("is not answered", {7}), registered([](Setting s) {
         notify(s, secondary, 1020ms, subscribe(s, secondary, 1s, asking(dialog)), {"active", 0});
       })},
      {"lapsed", "GRP-SUB-03", Verdict::pass, for_a_minute([](Setting s, MessageId one) {
         notify(s, primary, 70s, one, {"active", 481});
       })},
      {"never_sent", "GRP-SUB-03", needs("a NOTIFY of each server"), registered([=](Setting s) {
         for (const ServerRole server : both) subscribe(s, server, 1s, asking(dialog));
       })},
      {"separate", "RFC6665-06", Verdict::pass, watching(both)},
      {"outlives_the_primary", "RFC6665-06", Verdict::pass, primary_dies(true)},
      {"dies_with_the_primary", "RFC6665-06", fails("dialog at the secondary ends", {6}),
       primary_dies(false)},
      {"strays", "RFC6665-06", fails("a SUBSCRIBE of the primary's dialog goes", {13}),
       registered(strayed)},
      {"at_none", "RFC6665-06", needs("subscriptions at both servers"), registered(nothing)},
  };
}

}  // namespace guide_subscription

std::vector<Case> guide_subscription_cases() {
  using namespace guide_subscription;
  std::vector<Case> all = guide_cases();
  for (Case& one : order_cases()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
