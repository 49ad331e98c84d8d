// Cases of RFC 3261 §10: what a device makes of a registrar's answers.

#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace rfc3261_10_answers {

using Headers = std::vector<std::pair<std::string, std::string>>;

void one_registration(Setting s) {
  s.trace.registration(primary, 0s, 120s);
  s.trace.ends(60s);
}

void refreshed(Setting s) {
  registrations(s.trace, 100s);
  s.trace.ends(150s);
}

/// A REGISTER at the primary answered with `status` and `headers` after 20 ms.
void answered(TraceBuilder& trace, Duration at, int status, const Headers& headers = {},
              std::chrono::seconds asked = 120s) {
  trace.at(at).from_device(primary).request("REGISTER", {.expires = asked});
  trace.at(at + 20ms).to_device(primary).response(status, {.headers = headers});
}

/// A 200 that grants 60 s in Contact, with `headers` beside it; the next REGISTER `period` later.
std::function<void(Setting)> granted_sixty(const Headers& headers, Duration period) {
  return [=](Setting s) {
    s.profile.reregister_before = 10s;
    s.trace.at(0s).from_device(primary).request("REGISTER", {.expires = 120s});
    s.trace.at(20ms).to_device(primary).response(200, {.expires = 60s, .headers = headers});
    s.trace.registration(primary, period + 20ms, 120s);
    s.trace.ends(period + 10s);
  };
}

const Headers long_header{{"Expires", "3600"}};

std::vector<Case> grant_cases() {
  return {
      {"one_expiry", "RFC3261-REG-06", Verdict::pass, one_registration},
      {"two_expiries_that_agree", "RFC3261-REG-06", Verdict::pass,
       [](Setting s) {
         s.trace.at(0s).from_device(primary).request(
             "REGISTER",
             {.expires = 120s, .headers = {{"Contact", "<sip:1001@127.0.0.1:5062>;expires=120"}}});
       }},
      {"two_expiries", "RFC3261-REG-06",
       warns("Contact says expires=60, the Expires header 120", {1}),
       [](Setting s) {
         s.trace.at(0s).from_device(primary).request(
             "REGISTER",
             {.expires = 120s, .headers = {{"Contact", "<sip:1001@127.0.0.1:5062>;expires=60"}}});
       }},
      {"expiry_of_the_one_that_is_taken_back", "RFC3261-REG-06", Verdict::pass,
       [](Setting s) {
         s.trace.at(0s).from_device(primary).request(
             "REGISTER", {.expires = 120s,
                          .headers = {{"Contact",
                                       "<sip:1001@127.0.0.1:5063>;expires=0, "
                                       "<sip:1001@127.0.0.1:5062>"}}});
       }},
      {"no_register", "RFC3261-REG-06", needs("something to judge"),
       [](Setting s) { s.trace.complete_call(primary, 1s); }},
      {"refreshed_within_the_grant", "RFC3261-REG-07", Verdict::pass, granted_sixty({}, 50s)},
      {"refreshed_by_its_own_wish", "RFC3261-REG-07",
       fails("after 1min granted to its Contact: 100.000 s", {3}), granted_sixty({}, 100s)},
      {"not_refreshed_at_all", "RFC3261-REG-07", fails("no refresh within the 1min", {1}),
       [](Setting s) {
         s.trace.at(0s).from_device(primary).request("REGISTER", {.expires = 120s});
         s.trace.at(20ms).to_device(primary).response(200, {.expires = 60s});
         s.trace.ends(100s);
       }},
      {"granted_what_was_asked", "RFC3261-REG-07", needs("a 200 that grants another expiry"),
       refreshed},
      {"contact_first", "RFC3261-REG-08", Verdict::pass, granted_sixty(long_header, 50s)},
      {"header_first", "RFC3261-REG-08",
       fails("granted in Contact, another value in Expires: 100.000 s", {3}),
       granted_sixty(long_header, 100s)},
      {"only_contact", "RFC3261-REG-08", needs("a 200 whose Contact and Expires header"),
       granted_sixty({}, 50s)},
  };
}

std::vector<Case> short_grant_cases() {
  return {
      {"follows_a_short_grant", "FO-EXPSHORT", Verdict::pass, granted_sixty({}, 50s)},
      {"lets_a_short_grant_lapse", "FO-EXPSHORT", fails("(Reregister before 10s): 100.000 s", {3}),
       granted_sixty({}, 100s)},
      {"storms_when_the_margin_does_not_fit", "FO-EXPSHORT",
       fails("(Reregister before 90s): 1.000 s", {3}),
       [](Setting s) {
         granted_sixty({}, 1s)(s);
         s.profile.reregister_before = 90s;
       }},
      {"storms_or_has_no_margin", "FO-EXPSHORT",
       inconclusive("refreshed 1.000 s after a grant cut to 1min: too soon if", {3}),
       [](Setting s) {
         granted_sixty({}, 1s)(s);
         s.profile.reregister_before.reset();
       }},
      {"half_the_grant_when_the_margin_does_not_fit", "FO-EXPSHORT", Verdict::pass,
       [](Setting s) {
         granted_sixty({}, 30s)(s);
         s.profile.reregister_before = 90s;
       }},
      {"nothing_cut_short", "FO-EXPSHORT", needs("a 200 that cuts the expiry short"), refreshed},
  };
}

/// R = 0, 120 s granted, REGISTERs at the primary at these times.
std::function<void(Setting)> without_margin(std::vector<Duration> at) {
  return [at = std::move(at)](Setting s) {
    s.profile.reregister_before = 0s;
    for (const Duration time : at) s.trace.registration(primary, time, 120s);
    s.trace.ends(at.back() + 10s);
  };
}

std::vector<Case> margin_cases() {
  return {
      {"unused_margin_and_nothing_else", "GRP-REG-06", Verdict::pass, without_margin({0s, 115s})},
      {"hurries", "GRP-REG-06", fails("39.995 s after a 200", {3}), without_margin({0s, 40s})},
      {"margin_in_use", "GRP-REG-06", not_applicable("is in use or unknown"),
       [](Setting s) { registrations(s.trace, 100s); }},
      {"no_refresh_without_margin", "GRP-REG-06", needs("a refresh after a granted registration"),
       without_margin({0s})},
  };
}

std::function<void(Setting)> tried_again_after(Duration wait) {
  return [wait](Setting s) {
    s.trace.at(0s).silent(primary);
    silent_register(s.trace, primary, 0s);
    silent_register(s.trace, primary, 32s + wait);
    s.trace.ends(70s + wait);
  };
}

const Headers ten_minutes{{"Min-Expires", "600"}};
const Headers ninety_seconds{{"Retry-After", "90 (maintenance)"}};

/// T1 looks like 0.75 s, and the device gives up after 32 s all the same.
void stops_sending_early(Setting s) {
  s.profile.knows_timers = false;
  for (const Duration at : {0s, 52s, 104s})
    s.trace.retransmissions(
        s.trace.at(at).from_device(primary).request("REGISTER"),
        {750ms, 2250ms, 5250ms, 9250ms, 13250ms, 17250ms, 21250ms, 25250ms, 29250ms});
  s.trace.ends(150s);
}

std::vector<Case> refusal_cases() {
  return {
      {"waits", "RFC3261-REG-11", Verdict::pass, tried_again_after(20s)},
      {"waits_a_moment", "RFC3261-REG-11", warns("2.000 s after a timeout", {12}),
       tried_again_after(2s)},
      {"stops_before_the_timeout_that_its_t1_suggests", "RFC3261-REG-11",
       needs("an attempt after one that timed out"), foreign(stops_sending_early)},
      {"at_once", "RFC3261-REG-11", warns("0.100 s after a timeout", {12}),
       tried_again_after(100ms)},
      {"restarted_meanwhile", "RFC3261-REG-11", needs("an attempt after one that timed out"),
       [](Setting s) {
         s.trace.at(0s).silent(primary);
         s.trace.from_device(primary).request("REGISTER");
         s.trace.at(10s).action("restart");
         s.trace.at(10s).from_device(primary).request("REGISTER");
         s.trace.ends(60s);
       }},
      {"nothing_timed_out", "RFC3261-REG-11", needs("an attempt after one that timed out"),
       refreshed},
      {"gave_up_before_the_timeout", "RFC3261-REG-11", needs("an attempt after one that timed out"),
       [](Setting s) {
         for (const Duration at : {0s, 10s})
           s.trace.at(at).from_device(primary).request("REGISTER");
         s.trace.ends(20s);
       }},
      {"early_leaver", "RFC3261-REG-11", not_applicable("leaves early"),
       [](Setting s) {
         s.profile.max_request_retries = 2;
         tried_again_after(20s)(s);
       }},
  };
}

std::vector<Case> too_brief_cases() {
  return {
      {"asks_for_longer", "RFC3261-REG-12", Verdict::pass,
       [](Setting s) {
         answered(s.trace, 0s, 423, ten_minutes);
         answered(s.trace, 100ms, 200, {}, 600s);
       }},
      {"asks_for_the_same", "RFC3261-REG-12", fails("asks for 120 after a 423", {3}),
       [](Setting s) {
         answered(s.trace, 0s, 423, ten_minutes);
         answered(s.trace, 100ms, 423, ten_minutes);
         s.trace.ends(20s);
       }},
      {"asks_for_longer_later", "RFC3261-REG-12", Verdict::pass,
       [](Setting s) {
         answered(s.trace, 0s, 423, ten_minutes);
         answered(s.trace, 60s, 200, {}, 600s);
       }},
      {"asks_for_the_same_later", "RFC3261-REG-12", fails("asks for 120 after a 423", {3}),
       [](Setting s) {
         answered(s.trace, 0s, 423, ten_minutes);
         answered(s.trace, 60s, 423, ten_minutes);
         s.trace.ends(61s);
       }},
      {"skips_a_number", "RFC3261-REG-12", warns("does not raise CSeq by one", {3}),
       [](Setting s) {
         answered(s.trace, 0s, 423, ten_minutes);
         s.trace.at(100ms).from_device(primary).request("REGISTER", {.cseq = 3, .expires = 600s});
         s.trace.ends(20s);
       }},
      {"asks_no_more", "RFC3261-REG-12", warns("no second try within 5 s", {1}),
       [](Setting s) {
         answered(s.trace, 0s, 423, ten_minutes);
         s.trace.ends(20s);
       }},
      {"wants_no_time_any_more", "RFC3261-REG-12",
       needs("a REGISTER that is answered with 423 and Min-Expires"),
       [](Setting s) {
         answered(s.trace, 0s, 423, ten_minutes);
         s.trace.at(100ms).from_device(primary).request("REGISTER",
                                                        {.expires = 0s, .contact = "*"});
         s.trace.ends(20s);
       }},
      {"goes_long_after", "RFC3261-REG-12", warns("no second try within 5 s", {1}),
       [](Setting s) {
         answered(s.trace, 0s, 423, ten_minutes);
         s.trace.at(60s).from_device(primary).request("REGISTER", {.expires = 0s, .contact = "*"});
         s.trace.ends(70s);
       }},
      {"never_told", "RFC3261-REG-12",
       needs("a REGISTER that is answered with 423 and Min-Expires"), refreshed},
  };
}

std::vector<Case> rest_cases() {
  return {
      {"left_alone", "RFC3261-REG-15", Verdict::pass,
       [](Setting s) {
         answered(s.trace, 0s, 403);
         s.trace.ends(120s);
       }},
      {"repeated", "RFC3261-REG-15", warns("the same REGISTER 19.980 s after", {3}),
       [](Setting s) {
         answered(s.trace, 0s, 403);
         answered(s.trace, 20s, 403);
         s.trace.ends(120s);
       }},
      {"was_under_way_before", "RFC3261-REG-15", Verdict::pass,
       [](Setting s) {
         const auto first = s.trace.at(0s).from_device(primary).request("REGISTER");
         s.trace.at(500ms).request("REGISTER", {.call_id = "another"});
         s.trace.at(5s).to_device(primary).response(404, {.to = first});
         s.trace.ends(60s);
       }},
      {"waits_as_long_as_it_is_set", "RFC3261-REG-15", Verdict::pass,
       [](Setting s) {
         s.profile.reg_retry_wait_403 = 60s;
         answered(s.trace, 0s, 404);
         answered(s.trace, 61s, 404);
         s.trace.ends(70s);
       }},
      {"repeated_as_long_as_nobody_says", "RFC3261-REG-15",
       warns("19.980 s after a 403 (it must wait 30s)", {3}),
       [](Setting s) {
         s.profile.reg_retry_wait_403.reset();
         answered(s.trace, 0s, 403);
         answered(s.trace, 20s, 403);
       }},
      {"waits_as_nobody_says", "RFC3261-REG-15", Verdict::pass,
       [](Setting s) {
         s.profile.reg_retry_wait_403.reset();
         answered(s.trace, 0s, 403);
         answered(s.trace, 120s, 403);
       }},
      {"under_way_when_it_was_refused", "RFC3261-REG-15", Verdict::pass,
       [](Setting s) {
         const auto refused = s.trace.at(0s).from_device(primary).request("REGISTER");
         const auto other = s.trace.at(500ms).request("REGISTER", {.call_id = "other"});
         s.trace.retransmissions(other, {500ms, 1500ms});
         s.trace.at(1s).to_device(primary).response(404, {.to = refused});
         s.trace.ends(60s);
       }},
      {"nothing_refused", "RFC3261-REG-15", needs("a REGISTER that is answered with 403 or 404"),
       refreshed},
  };
}

std::vector<Case> busy_cases() {
  return {
      {"rests", "RFC3261-REG-16", Verdict::pass,
       [](Setting s) {
         answered(s.trace, 0s, 503, ninety_seconds);
         answered(s.trace, 91s, 200);
       }},
      {"comes_back_early", "RFC3261-REG-16", warns("REGISTER 19.980 s after a 503", {3}),
       [](Setting s) {
         answered(s.trace, 0s, 503, ninety_seconds);
         answered(s.trace, 20s, 503, ninety_seconds);
         s.trace.ends(200s);
       }},
      {"calls_all_the_same", "RFC3261-REG-16", warns("INVITE 29.980 s after a 503", {3}),
       [](Setting s) {
         answered(s.trace, 0s, 503, ninety_seconds);
         s.trace.complete_call(primary, 30s);
         s.trace.ends(100s);
       }},
      {"never_busy", "RFC3261-REG-16",
       needs("a REGISTER that is answered with 503 and Retry-After"), refreshed},
  };
}

/// Registered for 10 min; a refresh at 100 s is answered or not, the next goes to another port.
std::function<void(Setting)> another_machine(bool is_answered) {
  return [=](Setting s) {
    const Fields fields{.expires = 600s, .uri = "sip:127.0.0.11", .call_id = "one"};
    for (const Duration at : {0s, 100s}) {
      s.trace.at(at).from_device(primary).request("REGISTER", fields);
      if (at == 0s || is_answered)
        s.trace.at(at + 20ms).to_device(primary).response(200, {.expires = 600s});
    }
    for (const Duration at : {140s, 300s})
      s.trace.redirect(s.trace.at(at).from_device(primary).request("REGISTER", fields), 5999);
    s.trace.ends(310s);
  };
}

std::vector<Case> target_cases() {
  return {
      {"same_address", "RFC3261-REG-13", Verdict::pass,
       [](Setting s) { registrations(s.trace, 200s); }},
      {"another_address", "RFC3261-REG-13", warns("refreshed at 127.0.0.12:5080", {3}),
       [](Setting s) {
         s.trace.at(0s).from_device(primary).request(
             "REGISTER", {.expires = 120s, .uri = "sip:127.0.0.11", .call_id = "one"});
         s.trace.at(20ms).to_device(primary).response(200, {.expires = 120s});
         s.trace.at(100s).from_device(secondary).request(
             "REGISTER", {.expires = 120s, .uri = "sip:127.0.0.11", .call_id = "one"});
       }},
      {"next_machine_after_a_timeout", "RFC3261-REG-13", Verdict::pass,
       foreign(another_machine(false))},
      {"next_machine_after_an_answer", "RFC3261-REG-13",
       warns("registered at 127.0.0.11:5070, refreshed at 127.0.0.11:5999", {5}),
       foreign(another_machine(true))},
      {"no_refresh", "RFC3261-REG-13", needs("a refresh of a registration"), one_registration},
      {"record_route_ignored", "RFC3261-REG-14", Verdict::pass,
       [](Setting s) {
         answered(s.trace, 0s, 200, {{"Record-Route", "<sip:192.0.2.9;lr>"}});
         answered(s.trace, 100s, 200);
       }},
      {"record_route_followed", "RFC3261-REG-14", fails("a Route made of the Record-Route", {3}),
       [](Setting s) {
         answered(s.trace, 0s, 200, {{"Record-Route", "<sip:192.0.2.9;lr>"}});
         s.trace.at(100s).from_device(primary).request(
             "REGISTER", {.expires = 120s, .headers = {{"Route", "<sip:192.0.2.9;lr>"}}});
       }},
      {"route_that_it_was_set_to", "RFC3261-REG-14", needs("a 200 to REGISTER with Record-Route"),
       [](Setting s) {
         for (const Duration at : {0s, 100s}) {
           s.trace.at(at).from_device(primary).request(
               "REGISTER", {.expires = 120s, .headers = {{"Route", "<sip:192.0.2.9;lr>"}}});
           s.trace.at(at + 20ms).to_device(primary).response(
               200, {.headers = {{"Record-Route", "<sip:192.0.2.9;lr>"}}});
         }
       }},
      {"no_record_route", "RFC3261-REG-14", needs("a 200 to REGISTER with Record-Route"),
       refreshed},
  };
}

std::function<void(Setting)> goes_without_a_word(bool is_against_profile) {
  return [=](Setting s) {
    s.profile.unregisters_on_shutdown = is_against_profile;
    s.trace.healthy_registrations(0s, 120s);
    s.trace.at(50s).action("shutdown");
    s.trace.ends(70s);
  };
}

std::vector<Case> star_cases() {
  return {
      {"star_with_zero", "RFC3261-REG-17", Verdict::pass,
       [](Setting s) {
         s.trace.at(0s).from_device(primary).request("REGISTER", {.expires = 0s, .contact = "*"});
       }},
      {"star_with_a_lifetime", "RFC3261-REG-17", fails("Contact \"*\" without Expires: 0", {1}),
       [](Setting s) {
         s.trace.at(0s).from_device(primary).request("REGISTER", {.expires = 60s, .contact = "*"});
       }},
      {"star_beside_another", "RFC3261-REG-17", fails("beside another Contact", {1}),
       [](Setting s) {
         s.trace.at(0s).from_device(primary).request(
             "REGISTER", {.expires = 0s, .headers = {{"Contact", "*, <sip:1001@127.0.0.1:5062>"}}});
       }},
      {"another_beside_a_star", "RFC3261-REG-17", fails("beside another Contact", {1}),
       [](Setting s) {
         s.trace.at(0s).from_device(primary).request(
             "REGISTER", {.expires = 0s, .headers = {{"Contact", "<sip:1001@127.0.0.1:5062>, *"}}});
       }},
      {"star_with_a_parameter", "RFC3261-REG-17", fails("Contact \"*\" without Expires: 0", {1}),
       [](Setting s) {
         s.trace.at(0s).from_device(primary).request("REGISTER",
                                                     {.headers = {{"Contact", "*;expires=0"}}});
       }},
  };
}

std::vector<Case> departure_cases() {
  return {
      {"takes_back_with_zero", "RFC3261-REG-17", Verdict::pass,
       [](Setting s) {
         s.trace.registration(primary, 0s, 120s);
         s.trace.at(50s).action("shutdown");
         s.trace.registration(primary, 50s, 0s);
       }},
      {"renews_when_shut_down", "RFC3261-REG-17",
       warns("the last REGISTER at the primary, 0.000 s after the shutdown, takes no binding back",
             {5}),
       [](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.at(50s).action("shutdown");
         for (const auto server : {primary, secondary}) s.trace.registration(server, 50s, 120s);
         s.trace.ends(70s);
       }},
      {"was_about_to_refresh", "RFC3261-REG-17", needs("a REGISTER that takes a binding back"),
       [](Setting s) {
         s.profile.unregisters_on_shutdown = true;
         s.trace.registration(primary, 0s, 120s);
         s.trace.at(99900ms).action("shutdown");
         s.trace.registration(primary, 100s, 120s);
         s.trace.ends(130s);
       }},
      {"foreign_and_tells_only_one", "RFC3261-REG-17", warns("without telling the secondary", {3}),
       foreign([](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.registration(primary, 50s, 0s);
         s.trace.complete_call(primary, 20s);
         s.trace.to_device(secondary).at(200s).request("OPTIONS");
       })},
      {"foreign_and_may_live_on", "RFC3261-REG-17", Verdict::pass, foreign([](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.registration(primary, 50s, 0s);
         s.trace.to_device(secondary).at(80s).request("OPTIONS");
       })},
      {"tells_only_one_server", "RFC3261-REG-17", warns("without telling the secondary", {3}),
       [](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.at(50s).action("shutdown");
         s.trace.registration(primary, 50s, 0s);
         s.trace.ends(60s);
       }},
  };
}

std::vector<Case> silent_departure_cases() {
  return {
      {"goes_without_a_word", "RFC3261-REG-17", warns("went without telling the primary", {1}),
       goes_without_a_word(true)},
      {"may_go_without_a_word", "RFC3261-REG-17", not_applicable("the profile does not say"),
       goes_without_a_word(false)},
      {"never_takes_back", "RFC3261-REG-17", needs("a REGISTER that takes a binding back"),
       [](Setting s) {
         s.profile.unregisters_on_shutdown = true;
         refreshed(s);
       }},
  };
}

}  // namespace rfc3261_10_answers

std::vector<Case> rfc3261_10_answers_cases() {
  using namespace rfc3261_10_answers;
  std::vector<Case> all = grant_cases();
  for (const auto more :
       {short_grant_cases, margin_cases, refusal_cases, too_brief_cases, rest_cases, busy_cases,
        target_cases, star_cases, departure_cases, silent_departure_cases})
    for (Case& one : more()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
