#include <tuple>

#include <fmt/format.h>

#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace {

using test_support::Fields;
using test_support::MessageId;
using trace::ServerRole;

constexpr auto dialog = "dialog";
constexpr auto message_summary = "message-summary";

Fields asking(const std::string& event, std::chrono::seconds expires = 120s) {
  return {.expires = expires, .headers = {{"Event", event}}};
}

/// A SUBSCRIBE at `at`, answered 10 ms later.
MessageId subscribe(Setting s, ServerRole server, Duration at, const Fields& fields,
                    int status = 200) {
  const auto sent = s.trace.at(at).from_device(server).request("SUBSCRIBE", fields);
  s.trace.at(at + 10ms).to_device(server).response(status, {.to = sent});
  return sent;
}

/// What a NOTIFY says and how the device answers it 10 ms later; 0: not at all.
struct Notice {
  std::string state = "active;expires=120";
  int status = 200;
};

MessageId notify(Setting s, ServerRole server, Duration at, MessageId subscription,
                 const Notice& notice = {}) {
  const auto sent = s.trace.at(at).to_device(server).request(
      "NOTIFY",
      {.headers = {{"Event", dialog}, {"Subscription-State", notice.state}}, .in = subscription});
  if (notice.status != 0)
    s.trace.at(at + 10ms).from_device(server).response(notice.status, {.to = sent});
  return sent;
}

/// Subscribed and notified.
MessageId watch(Setting s, ServerRole server, Duration at, const std::string& event = dialog,
                std::chrono::seconds expires = 120s) {
  const auto sent = subscribe(s, server, at, asking(event, expires));
  notify(s, server, at + 20ms, sent, {.state = fmt::format("active;expires={}", expires.count())});
  return sent;
}

/// In the dialog of `subscription`, what it asks for and draws.
struct Renewal {
  std::chrono::seconds expires = 120s;
  int status = 200;
};

MessageId refresh(Setting s, ServerRole server, Duration at, MessageId subscription,
                  const Renewal& renewal = {}) {
  Fields fields = asking(dialog, renewal.expires);
  fields.in = subscription;
  return subscribe(s, server, at, fields, renewal.status);
}

/// Both registered and set to subscribe to dialogs; `rest` writes what they do about it by 100 s.
std::function<void(Setting)> registered(const std::function<void(Setting)>& rest) {
  return [=](Setting s) {
    s.profile.subscriptions = {dialog};
    s.profile.mwi_subscribe = true;
    s.trace.healthy_registrations(0s, 120s);
    s.trace.healthy_registrations(100s, 120s);
    rest(s);
    s.trace.ends(200s);
  };
}

std::function<void(Setting)> watching(std::vector<ServerRole> servers,
                                      const std::string& event = dialog, Duration at = 1s) {
  return registered([=](Setting s) {
    for (const ServerRole server : servers) watch(s, server, at, event);
  });
}

void nothing(Setting) {}

// --- GRP-SUB-02 with a lost primary --------------------------------------------------------------

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

// --- One subscription at the primary -------------------------------------------------------------

using Rest = std::function<void(Setting, MessageId)>;

/// Subscribed for a minute at 1 s; `rest` goes on.
std::function<void(Setting)> for_a_minute(const Rest& rest) {
  return registered([=](Setting s) { rest(s, watch(s, primary, 1s, dialog, 60s)); });
}

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

// --- Both servers --------------------------------------------------------------------------------

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

// --- Message waiting -----------------------------------------------------------------------------

std::function<void(Setting)> accepting(const std::string& event, const std::string& accept) {
  return registered([=](Setting s) {
    Fields fields = asking(event);
    if (!accept.empty()) fields.headers.emplace_back("Accept", accept);
    subscribe(s, primary, 1s, fields);
  });
}

std::function<void(Setting)> unasked(int status) {
  return registered([=](Setting s) {
    const auto sent = s.trace.at(5s).to_device(secondary).request(
        "NOTIFY", {.headers = {{"Event", message_summary}, {"Subscription-State", "active"}}});
    if (status != 0) s.trace.at(5010ms).from_device(secondary).response(status, {.to = sent});
  });
}

// --- Captures that begin late, packets that come late --------------------------------------------

/// A SUBSCRIBE at each of these times in a dialog that was made before the capture.
std::function<void(Setting)> goes_on(const std::vector<ServerRole>& servers,
                                     const std::vector<Duration>& times) {
  return foreign(registered([=](Setting s) {
    for (const ServerRole server : servers)
      for (const Duration at : times) {
        Fields fields = asking(dialog);
        fields.call_id = fmt::format("old-{}", to_string(server));
        fields.from_tag = "d";
        fields.to_tag = "s";
        subscribe(s, server, at, fields);
      }
  }));
}

/// Nobody answers the SUBSCRIBE; its NOTIFY comes when the device has given it up.
void notified_too_late(Setting s) {
  watch(s, secondary, 1s);
  const auto sent = s.trace.at(1s).from_device(primary).request("SUBSCRIBE", asking(dialog));
  notify(s, primary, 60s, sent, {"active", 481});
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

/// A NOTIFY overtakes the 2xx by 16 s; the refresh is in time for the 2xx.
void counts_from_the_answer(Setting s) {
  const auto sent = s.trace.at(1s).from_device(primary).request("SUBSCRIBE", asking(dialog, 60s));
  notify(s, primary, 1050ms, sent, {.state = "active;expires=60"});
  s.trace.at(17s).to_device(primary).response(200, {.to = sent});
  refreshed(70s)(s, sent);
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
      {"refused_by_the_primary", "GRP-SUB-02", Verdict::pass, registered(refused_by_the_primary)},
      {"given_up", "GRP-SUB-03", Verdict::pass, registered(notified_too_late)},
      {"out_of_order", "GRP-SUB-03", Verdict::pass, registered(notified_out_of_order)},
      {"counts_from_the_answer", "RFC6665-01", Verdict::pass, registered(counts_from_the_answer)},
      {"given_up", "RFC6665-02", needs("a NOTIFY before the 2xx to its SUBSCRIBE"),
       registered(notified_too_late)},
      {"goes_on_from_before_the_capture", "RFC6665-03",
       needs("a SUBSCRIBE that is accepted and draws no NOTIFY"), goes_on({primary}, {1s, 100s})},
      {"end_lost_on_the_way", "RFC6665-04", needs("a subscription that its notifier ends"),
       registered([](Setting s) {
         s.trace.vantage(trace::Vantage::server);
         const auto one = watch(s, primary, 1s);
         notify(s, primary, 10s, one, {"terminated;reason=rejected", 0});
         watch(s, primary, 60s);
       })},
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
      {"confirmed", "RFC6665-03", needs("a SUBSCRIBE that is accepted and draws no NOTIFY"),
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

std::vector<Case> message_waiting_cases() {
  return {
      {"covered", "RFC3842-01", Verdict::pass,
       accepting(message_summary, "application/simple-message-summary")},
      {"by_default", "RFC3842-01", Verdict::pass, accepting(message_summary, "")},
      {"by_wildcard", "RFC3842-01", Verdict::pass, accepting(message_summary, "text/plain, */*")},
      {"not_covered", "RFC3842-01", fails("Accept lacks application/simple-message-summary", {5}),
       accepting(message_summary, "application/xml")},
      {"another_package", "RFC3842-01", fails("is asked for with Event: mwi", {5}),
       accepting("mwi", "application/simple-message-summary")},
      {"one_accept_for_all_packages", "RFC3842-01", needs("a SUBSCRIBE for message waiting"),
       accepting("presence", "application/pidf+xml, application/simple-message-summary")},
      {"not_asked", "RFC3842-01", needs("a SUBSCRIBE for message waiting"), registered(nothing)},
      {"answered_481", "RFC3842-02", info("is answered with 481", {5}), unasked(481)},
      {"not_answered", "RFC3842-02", info("is not answered", {5}), unasked(0)},
      {"none", "RFC3842-02", needs("a NOTIFY of message waiting that no subscription asked for"),
       registered(nothing)},
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

}  // namespace

std::vector<Case> subscription_cases() {
  std::vector<Case> all = guide_cases();
  for (const auto part : {lifecycle_cases, message_waiting_cases, timer_n_cases, order_cases})
    for (Case& one : part()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
