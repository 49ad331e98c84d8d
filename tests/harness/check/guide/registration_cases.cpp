#include "tests/harness/check/challenge_situations.hpp"

namespace sipharness::check_tests {
namespace guide_registration {

void nothing_but_a_call(Setting s) {
  s.trace.complete_call(primary, 1s);
}

/// Both registered; only the primary is refreshed.
void only_primary_refreshed(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  for (const Duration at : {100s, 200s, 300s}) s.trace.registration(primary, at, 120s);
  s.trace.ends(330s);
}

/// Registered at the primary; at the secondary only asked who is there.
void polls_the_secondary(Setting s) {
  s.trace.registration(primary, 0s, 120s);
  for (const Duration at : {1s, 31s}) {
    s.trace.at(at).from_device(secondary).request("REGISTER", {.expires = 0s});
    s.trace.at(at + 20ms).to_device(secondary).response(200);
  }
  s.trace.ends(60s);
}

/// Takes the binding at the secondary back at 10 s and goes on at the primary.
void drops_the_secondary(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(10s).from_device(secondary).request("REGISTER", {.expires = 0s});
  s.trace.at(10020ms).to_device(secondary).response(200);
  for (const Duration at : {100s, 200s}) s.trace.registration(primary, at, 120s);
  s.trace.ends(250s);
}

/// The primary is silent while nobody asks it anything, and is asked again when its binding has
/// lapsed.
void skips_after_an_unmet_outage(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(60s).silent(primary);
  s.trace.at(75s).answering(primary);
  s.trace.registration(secondary, 100s, 120s);
  s.trace.registration(primary, 150s, 120s);
  s.trace.ends(180s);
}

/// The refresh of the primary at 100 s is refused; `rest` goes on there.
std::function<void(Setting)> refused_at_refresh(int status, const Fields& refusal,
                                                const std::function<void(Setting)>& rest) {
  return [=](Setting s) {
    s.trace.healthy_registrations(0s, 120s);
    s.trace.at(100s).from_device(primary).request("REGISTER", {.expires = 120s});
    s.trace.at(100020ms).to_device(primary).response(status, refusal);
    for (const Duration at : {101s, 201s, 301s, 401s}) s.trace.registration(secondary, at, 120s);
    rest(s);
  };
}

void lives_on(Setting s) {
  s.trace.ends(420s);
}

/// It goes soon after it was refused.
void shuts_down(Setting s) {
  s.trace.at(160s).action("shutdown");
  s.trace.ends(420s);
}

std::function<void(Setting)> comes_again(const std::vector<Duration>& times) {
  return [=](Setting s) {
    for (const Duration at : times) silent_register(s.trace, primary, at);
    s.trace.ends(times.back() + 60s);
  };
}

void primary_down_from_5s(TraceBuilder& trace, bool secondary_refreshed) {
  trace.healthy_registrations(0s, 120s);
  trace.at(5s).silent(primary);
  silent_register(trace, primary, 100s);
  silent_register(trace, primary, 152s);
  silent_register(trace, primary, 204s);
  if (secondary_refreshed)
    for (const Duration at : {100s, 200s}) trace.registration(secondary, at, 120s);
  trace.ends(290s);
}

/// A phone whose profile claims nothing.
std::function<void(Setting)> named_by_its_user_agent(std::string user_agent) {
  return [=](Setting s) {
    s.profile.vendor_claims.clear();
    s.trace.at(0s).from_device(primary).request(
        "REGISTER", {.expires = 120s, .headers = {{"User-Agent", user_agent}}});
    s.trace.at(20ms).to_device(primary).response(200, {.expires = 120s});
    s.trace.registration(primary, 100s, 120s);
  };
}

std::vector<Case> both_servers_cases() {
  return {
      {"asks_for_minutes", "GRP-CFG-03", Verdict::pass,
       [](Setting s) { s.trace.healthy_registrations(0s, 120s); }},
      {"asks_for_seconds", "GRP-CFG-03", fails("asks for 2s", {1}),
       [](Setting s) { s.trace.healthy_registrations(0s, 2s); }},
      {"never_registers", "GRP-CFG-03", needs("a REGISTER that proposes an expiry"),
       nothing_but_a_call},
      {"settings_unknown", "GRP-CFG-03", not_applicable("does not say the Register Expiration"),
       [](Setting s) {
         s.profile.register_expiration.reset();
         s.trace.healthy_registrations(0s, 120s);
       }},
  };
}

std::vector<Case> first_register_cases() {
  return {
      {"both_at_once", "GRP-REG-01", Verdict::pass,
       [](Setting s) { s.trace.healthy_registrations(0s, 120s); }},
      {"secondary_after_the_primary_timed_out", "GRP-REG-01", Verdict::pass,
       [](Setting s) {
         silent_register(s.trace, primary, 0s);
         s.trace.registration(secondary, 32s, 120s);
       }},
      {"secondary_much_later", "GRP-REG-01", fails("the one at the primary: 20.000 s", {1, 3}),
       [](Setting s) {
         s.trace.registration(primary, 0s, 120s);
         s.trace.registration(secondary, 20s, 120s);
       }},
      {"never_at_the_secondary", "GRP-REG-01", fails("no REGISTER at the secondary", {1}),
       [](Setting s) {
         s.trace.registration(primary, 0s, 120s);
         s.trace.ends(60s);
       }},
      {"capture_too_short", "GRP-REG-01", inconclusive("before the secondary had to be tried", {1}),
       [](Setting s) {
         s.trace.registration(primary, 0s, 120s);
         s.trace.ends(8s);
       }},
      {"never_at_the_secondary_in_30_s", "GRP-REG-01", fails("no REGISTER at the secondary", {1}),
       [](Setting s) {
         s.trace.registration(primary, 0s, 120s);
         s.trace.ends(30s);
       }},
      {"waits_for_a_silent_primary", "GRP-REG-01",
       inconclusive("before the secondary had to be tried", {1}),
       [](Setting s) {
         s.trace.at(0s).from_device(primary).request("REGISTER", {.expires = 120s});
         s.trace.ends(30s);
       }},
      {"only_polls_the_secondary", "GRP-REG-01",
       fails("2 REGISTERs at the secondary, each with expiry 0", {1, 3, 5}), polls_the_secondary},
      {"foreign_and_short", "GRP-REG-01", inconclusive("before the secondary had to be tried", {1}),
       foreign([](Setting s) {
         s.trace.registration(primary, 0s, 120s);
         s.trace.ends(100s);
       })},
      {"foreign_and_a_whole_period_long", "GRP-REG-01", fails("no REGISTER at the secondary", {1}),
       foreign([](Setting s) {
         for (const Duration at : {0s, 100s, 200s}) s.trace.registration(primary, at, 120s);
       })},
  };
}

std::vector<Case> claim_cases() {
  return {
      {"unclaimed_vendor_row_is_info", "GRP-REG-01",
       info("neither the profile nor the User-Agent claims the guide", {1}),
       [](Setting s) {
         s.profile.vendor_claims.clear();
         s.trace.registration(primary, 0s, 120s);
         s.trace.ends(60s);
       }},
      {"unclaimed_and_broken_is_info", "GRP-REG-01",
       info("a phone that does would be at fault", {1}), foreign([](Setting s) {
         s.profile.vendor_claims.clear();
         for (const Duration at : {0s, 100s, 200s}) s.trace.registration(primary, at, 120s);
       })},
      {"user_agent_names_a_grp26xx", "GRP-REG-05", Verdict::pass,
       named_by_its_user_agent("Grandstream GRP2615 1.0.9.1")},
      {"user_agent_names_another_model", "GRP-REG-05", info("nor the User-Agent claims", {3}),
       named_by_its_user_agent("Grandstream GXP2170 1.0.9.1 GRP26")},
  };
}

std::vector<Case> bound_cases() {
  return {
      {"both_stay_bound", "GRP-REG-02", Verdict::pass,
       [](Setting s) {
         registrations(s.trace, 300s);
         s.trace.ends(310s);
       }},
      {"secondary_lapses", "GRP-REG-02", fails("binding at the secondary lapsed 209.985 s", {3}),
       only_primary_refreshed},
      {"secondary_is_taken_back", "GRP-REG-02",
       fails("binding at the secondary was taken back 239.980 s", {3}), drops_the_secondary},
      {"foreign_and_one_is_taken_back", "GRP-REG-02",
       fails("binding at the secondary was taken back", {3}), foreign(drops_the_secondary)},
      {"foreign_and_both_are_taken_back", "GRP-REG-02", Verdict::pass, foreign([](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         for (const auto server : {primary, secondary}) {
           s.trace.at(60s).from_device(server).request("REGISTER", {.expires = 0s});
           s.trace.at(60020ms).to_device(server).response(200);
         }
         s.trace.ends(250s);
       })},
      {"nobody_says_what_is_granted", "GRP-REG-02",
       inconclusive("what was granted is not known", {5, 6}),
       [](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.at(100s).from_device(primary).request("REGISTER", {.expires = 120s});
         s.trace.at(100020ms).to_device(primary).response(
             200, {.headers = {{"Contact", "<sip:1001@203.0.113.9:4711>;expires=60"}}});
         s.trace.registration(secondary, 101s, 120s);
         s.trace.ends(150s);
       }},
      {"primary_refreshed_too_late", "GRP-REG-02",
       fails("no binding at the primary for 30.000 s", {7}),
       [](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.registration(secondary, 100s, 120s);
         s.trace.registration(primary, 150s, 120s);
         s.trace.ends(200s);
       }},
      {"primary_dies_as_soon_as_it_counts", "GRP-REG-02",
       needs("two servers that answer for more than 6 s"),
       [](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.at(5500ms).silent(primary);
         s.trace.ends(60s);
       }},
      {"primary_never_answers", "GRP-REG-02", needs("a registration accepted by each server"),
       [](Setting s) {
         silent_register(s.trace, primary, 0s);
         s.trace.registration(secondary, 0s, 120s);
       }},
  };
}

/// What the end of a capture leaves open, and outages that nobody met.
std::vector<Case> half_seen_cases() {
  return {
      {"foreign_and_one_is_taken_back_at_the_end", "GRP-REG-02",
       inconclusive("the capture ends before it shows whether the device lives on", {5}),
       foreign([](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.at(10s).from_device(secondary).request("REGISTER", {.expires = 0s});
         s.trace.at(10020ms).to_device(secondary).response(200);
       })},
      {"foreign_and_gone_with_one_taken_back", "GRP-REG-02", Verdict::pass, foreign([](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.at(10s).from_device(secondary).request("REGISTER", {.expires = 0s});
         s.trace.at(10020ms).to_device(secondary).response(200);
         s.trace.ends(150s);
       })},
      {"ends_before_an_overdue_refresh", "GRP-REG-02",
       inconclusive("the refresh at the primary is 9.995 s late where the capture ends", {1}),
       [](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.ends(110s);
       }},
      {"missed_a_refresh_after_an_outage_it_never_met", "GRP-REG-02",
       fails("no binding at the primary for 30.000 s", {7}), skips_after_an_unmet_outage},
      {"a_server_forgets_what_the_device_refreshes", "GRP-REG-02", Verdict::pass,
       [](Setting s) {
         s.trace.at(60s).forget_bindings(primary);
         registrations(s.trace, 200s);
       }},
  };
}

void gives_up(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(5s).silent(primary);
  silent_register(s.trace, primary, 100s);
  s.trace.registration(secondary, 100s, 120s);
  s.trace.ends(290s);
}

std::vector<Case> independence_cases() {
  return {
      {"secondary_kept", "GRP-REG-03", Verdict::pass,
       [](Setting s) { primary_down_from_5s(s.trace, true); }},
      {"secondary_lapses_too", "GRP-REG-03",
       fails("binding at the secondary lapsed 169.985 s", {3}),
       [](Setting s) { primary_down_from_5s(s.trace, false); }},
      {"waits_for_the_primary", "GRP-REG-03",
       fails("never registered at the healthy secondary", {}),
       [](Setting s) {
         s.trace.at(0s).silent(primary);
         silent_register(s.trace, primary, 0s);
         s.trace.ends(100s);
       }},
      {"ends_before_an_overdue_refresh", "GRP-REG-03",
       inconclusive("the refresh at the secondary is 9.985 s late where the capture ends", {3}),
       [](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.at(5s).silent(primary);
         s.trace.silent_invite(primary, 7s);
         s.trace.ends(110s);
       }},
      {"nobody_meets_the_trouble", "GRP-REG-03",
       needs("trouble at one server while the other is healthy"),
       [](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.at(20s).silent(primary);
         s.trace.at(40s).answering(primary);
         s.trace.ends(60s);
       }},
      {"nobody_in_trouble", "GRP-REG-03", needs("trouble at one server while the other is healthy"),
       [](Setting s) { s.trace.healthy_registrations(0s, 120s); }},
      {"both_refreshed", "GRP-REG-04", Verdict::pass,
       [](Setting s) {
         registrations(s.trace, 300s);
         s.trace.ends(350s);
       }},
      {"missed_a_refresh_after_an_outage_it_never_met", "GRP-REG-04",
       fails("no refresh at the primary within the 2min", {1}), skips_after_an_unmet_outage},
      {"only_primary_refreshed", "GRP-REG-04",
       fails("no refresh at the secondary within the 2min", {3}), only_primary_refreshed},
      {"too_short", "GRP-REG-04", needs("two whole registration periods"),
       [](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.ends(100s);
       }},
      {"secondary_refreshed_in_outage", "GRP-REG-07", Verdict::pass,
       [](Setting s) { primary_down_from_5s(s.trace, true); }},
      {"secondary_neglected_in_outage", "GRP-REG-07",
       fails("no refresh at the secondary in 285.000 s", {}),
       [](Setting s) { primary_down_from_5s(s.trace, false); }},
      {"no_outage", "GRP-REG-07", needs("a primary that is silent for two registration periods"),
       [](Setting s) { registrations(s.trace, 200s); }},
      {"keeps_trying", "GRP-REG-08", Verdict::pass,
       [](Setting s) { primary_down_from_5s(s.trace, true); }},
  };
}

std::vector<Case> pursuit_cases() {
  const Fields two_minutes{.headers = {{"Retry-After", "120"}}};
  return {
      {"gives_up", "GRP-REG-08",
       fails("gave the primary up: no REGISTER in the 158.000 s after a timeout", {5}), gives_up},
      {"gives_up_or_waits_longer", "GRP-REG-08",
       inconclusive("but reg_retry_wait is not known: say --profile", {5}),
       [](Setting s) {
         s.profile.reg_retry_wait.reset();
         gives_up(s);
       }},
      {"gives_up_when_refused", "GRP-REG-08",
       fails("no REGISTER in the 319.980 s after a 480", {5, 6}),
       refused_at_refresh(480, {}, lives_on)},
      {"gives_up_in_a_foreign_capture", "GRP-REG-08",
       fails("no REGISTER in the 300.980 s after a 500", {5, 6}),
       foreign(refused_at_refresh(500, {}, lives_on))},
      {"comes_again_too_late", "GRP-REG-08",
       fails("left the primary alone for 149.980 s after a 480", {5, 6}),
       refused_at_refresh(480, {}, comes_again({250s}))},
      {"rests_as_long_as_it_is_told", "GRP-REG-08", Verdict::pass,
       refused_at_refresh(503, two_minutes, comes_again({300s}))},
      {"waits_longer_each_time", "GRP-REG-08", Verdict::pass,
       refused_at_refresh(480, {}, comes_again({150s, 282s, 534s}))},
      {"rests_after_403", "GRP-REG-08", needs("a failed registration, and time"),
       refused_at_refresh(403, {}, lives_on)},
      {"refused_for_good", "GRP-REG-08", needs("a failed registration, and time"),
       refused_at_refresh(405, {}, lives_on)},
      {"shut_down", "GRP-REG-08", needs("a failed registration, and time"),
       refused_at_refresh(480, {}, shuts_down)},
      {"refused_connections_are_tries", "GRP-REG-08", Verdict::pass,
       refused_at_refresh(503, {},
                          [](Setting s) {
                            for (const Duration at : {121s, 142s}) {
                              s.trace.at(at).over(Transport::tcp).from_device(primary);
                              s.trace.stream_event(capture::StreamEvent::syn);
                            }
                            s.trace.ends(200s);
                          })},
      {"outage_too_short", "GRP-REG-08", needs("a failed registration, and time"),
       [](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.at(5s).silent(primary);
         silent_register(s.trace, primary, 100s);
         s.trace.ends(150s);
       }},
  };
}

/// Two registrations at the primary, `period` from the first 200 to the second REGISTER.
std::function<void(Setting)> refreshed_after(Duration period, Duration before = 20s) {
  return [=](Setting s) {
    s.profile.reregister_before = before;
    s.trace.at(0s).from_device(primary).request("REGISTER", {.expires = 120s});
    s.trace.at(20ms).to_device(primary).response(200, {.expires = 120s});
    s.trace.registration(primary, period + 20ms, 120s);
    s.trace.ends(period + 10s);
  };
}

/// A registration, and at 30 s one of another address.
void moved_at_30s(Setting s) {
  s.trace.registration(primary, 0s, 120s);
  s.trace.device("1001", *Endpoint::parse("127.0.0.3:5062"));
  s.trace.registration(primary, 30s, 120s);
}

/// At both servers with other Call-IDs and tags.
void begins_anew(Setting s, Duration at) {
  for (const auto server : {primary, secondary}) {
    const std::string id = server == primary ? "anew-1" : "anew-2";
    s.trace.at(at).from_device(server).request(
        "REGISTER", {.expires = 120s, .call_id = id, .from_tag = id + "tag"});
    s.trace.at(at + 5ms).to_device(server).response(200, {.expires = 120s});
  }
}

/// A registration at the secondary, and at 39 s another, `ahead` of a call that goes there.
std::function<void(Setting)> registers_before_its_call(Duration ahead) {
  return [=](Setting s) {
    s.trace.healthy_registrations(0s, 120s);
    s.trace.at(5s).silent(primary);
    s.trace.registration(secondary, 39s, 120s);
    s.trace.complete_call(secondary, 39s + ahead);
    s.trace.ends(80s);
  };
}

std::vector<Case> reason_cases() {
  constexpr std::string_view id = "GRP-REG-05";
  return {
      {"begun_anew_by_a_restart", id, needs("a refresh after a granted registration"),
       [](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         begins_anew(s, 30s);
       }},
      {"foreign_and_the_last_before_a_restart", id, needs("a refresh after a granted registration"),
       foreign([](Setting s) {
         for (const Duration at : {0s, 60s}) s.trace.healthy_registrations(at, 120s);
         begins_anew(s, 80s);
       })},
      {"the_last_before_nothing", id,
       warns("refresh at the primary after its 200 (granted 2min", {5}), foreign([](Setting s) {
         for (const Duration at : {0s, 60s}) s.trace.healthy_registrations(at, 120s);
         s.trace.ends(100s);
       })},
      {"at_another_address", id, needs("a refresh after a granted registration"), moved_at_30s},
      {"early_after_a_move", id, needs("a refresh after a granted registration"),
       [](Setting s) {
         moved_at_30s(s);
         s.trace.registration(primary, 100s, 120s);
       }},
      {"late_after_a_move", id, fails("110.995 s", {5}),
       [](Setting s) {
         moved_at_30s(s);
         s.trace.registration(primary, 141s, 120s);
       }},
      {"ahead_of_a_call", id, needs("a refresh after a granted registration"),
       registers_before_its_call(1s)},
      {"long_before_a_call", id, fails("38.985 s", {5}), registers_before_its_call(10s)},
  };
}

std::vector<Case> period_cases() {
  return {
      {"exactly", "GRP-REG-05", Verdict::pass, refreshed_after(100s)},
      {"late_within_tolerance", "GRP-REG-05", Verdict::pass, refreshed_after(100s + 599ms)},
      {"later_than_tolerance", "GRP-REG-05",
       fails("(granted 2min, Reregister before 20s): 100.601 s", {3}),
       refreshed_after(100s + 601ms)},
      {"early_is_a_warning", "GRP-REG-05",
       warns("(granted 2min, Reregister before 20s): 90.000 s", {3}), refreshed_after(90s)},
      {"before_half", "GRP-REG-05", fails("(granted 2min, Reregister before 20s): 40.000 s", {3}),
       refreshed_after(40s)},
      {"unused_margin_allows_half_to_whole", "GRP-REG-05", Verdict::pass, refreshed_after(65s, 0s)},
      {"unused_margin_and_too_late", "GRP-REG-05",
       fails("(granted 2min, Reregister before 0s): 121.000 s", {3}), refreshed_after(121s, 0s)},
      {"margin_larger_than_grant", "GRP-REG-05", Verdict::pass, refreshed_after(60s, 300s)},
      {"margin_larger_than_grant_and_a_storm", "GRP-REG-05",
       fails("(granted 2min, Reregister before 5min): 1.000 s", {3}), refreshed_after(1s, 300s)},
      {"nobody_says_what_is_granted", "GRP-REG-05",
       inconclusive("what was granted is not known", {1, 2}),
       [](Setting s) {
         s.trace.at(0s).from_device(primary).request("REGISTER", {.expires = 120s});
         s.trace.at(20ms).to_device(primary).response(
             200, {.headers = {{"Contact", "<sip:1001@203.0.113.9:4711>;expires=60"}}});
         s.trace.registration(primary, 40s, 120s);
       }},
      {"no_refresh", "GRP-REG-05", needs("a refresh after a granted registration"),
       [](Setting s) { s.trace.healthy_registrations(0s, 120s); }},
      {"setting_unknown_to_the_device", "GRP-REG-05",
       not_applicable("does not say Reregister before Expiration"),
       [](Setting s) {
         s.profile.reregister_before.reset();
         registrations(s.trace, 200s);
       }},
      {"same_user", "GRP-ID-01", Verdict::pass,
       [](Setting s) { s.trace.healthy_registrations(0s, 120s); }},
      {"another_user_at_the_secondary", "GRP-ID-01",
       fails("1001 at the primary, 1009 at the secondary", {1, 3}),
       [](Setting s) {
         s.trace.registration(primary, 0s, 120s);
         s.trace.at(10ms).from_device(secondary).request(
             "REGISTER", {.headers = {{"To", "<sip:1009@127.0.0.12:5080>"},
                                      {"From", "<sip:1009@127.0.0.12:5080>;tag=a1b2c3d4"}}});
       }},
      {"wrong_credentials", "GRP-ID-01", fails("response does not verify", {3}),
       [](Setting s) {
         s.trace.registration(primary, 0s, 120s);
         s.trace.at(10ms).from_device(secondary).request(
             "REGISTER",
             {.headers = {{"Authorization",
                           "Digest username=\"1001\", realm=\"x\", nonce=\"n\", "
                           "uri=\"sip:127.0.0.12\", response=\"00000000000000000000000000000000\", "
                           "algorithm=MD5"}}});
       }},
      {"one_server_only", "GRP-ID-01", needs("a REGISTER at both servers"),
       [](Setting s) { s.trace.registration(primary, 0s, 120s); }},
  };
}

/// Registered at both for 300 s, where an OPTIONS meets no answer.
void loses_options(Setting s) {
  registrations(s.trace, 300s);
  s.trace.at(30s).ignored(s.trace.from_device(primary).request("OPTIONS"));
  s.trace.ends(310s);
}

/// Renewed at 45 s, the last so many OPTIONS unanswered.
std::function<void(Setting)> early_after_lost_options(int lost) {
  return [=](Setting s) {
    s.profile.options_keepalive = {.interval = 10s, .max_lost = 3};
    s.trace.registration(primary, 0s, 120s);
    for (int sent = 1; sent <= 4; ++sent) {
      s.trace.at(sent * 10s).from_device(primary).request("OPTIONS");
      if (sent <= 4 - lost) s.trace.at(sent * 10s + 10ms).to_device(primary).response(200);
    }
    s.trace.registration(primary, 45s, 120s);
    s.trace.ends(60s);
  };
}

std::vector<Case> lost_options_cases() {
  return {
      {"lost_options_are_no_trouble", "GRP-REG-03",
       needs("trouble at one server while the other is healthy"), loses_options},
      {"lost_options_are_no_trouble_in_a_foreign_capture", "GRP-REG-03",
       needs("trouble at one server while the other is healthy"),
       [](Setting s) {
         loses_options(s);
         s.trace.without_journal();
       }},
      {"lost_options_excuse_no_lapse", "GRP-REG-02",
       fails("binding at the primary lapsed 79.995 s", {14}),
       [](Setting s) {
         loses_options(s);
         s.trace.ends(500s);
       }},
      {"early_for_lost_options", "GRP-REG-05", needs("a refresh after a granted registration"),
       early_after_lost_options(3)},
      {"early_for_too_few_lost_options", "GRP-REG-05",
       fails("(granted 2min, Reregister before 20s): 44.995 s", {9}), early_after_lost_options(2)},
  };
}

/// The secondary's first REGISTER so long after the challenged one at the primary.
std::function<void(Setting)> second_after(Duration later) {
  return at_both([=](Setting s) { answered(s, secondary, later, {}); });
}

std::vector<Case> challenge_cases() {
  return {
      {"side_by_side", "AUTH-10", Verdict::pass, second_after(20ms)},
      {"waits", "AUTH-10", warns("the one at the primary: 15.000 s", {1, 5}), second_after(15s)},
      {"nobody_asks", "AUTH-10", needs("a first REGISTER that is challenged"), unchallenged},
  };
}

}  // namespace guide_registration

std::vector<Case> guide_registration_cases() {
  using namespace guide_registration;
  std::vector<Case> all = both_servers_cases();
  for (const auto more :
       {first_register_cases, claim_cases, bound_cases, half_seen_cases, independence_cases,
        pursuit_cases, period_cases, reason_cases, lost_options_cases, challenge_cases})
    for (Case& one : more()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
