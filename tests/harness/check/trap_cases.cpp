// What naive checks get wrong, one case a trap; traps that belong to one family stand with it.

#include <fmt/format.h>

#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace trap {

/// REGISTER, 401, and the REGISTER that counts a second later, at both servers.
void challenged_registrations(TraceBuilder& trace, Duration at) {
  for (const auto server : {primary, secondary}) {
    const auto bare = trace.at(at).from_device(server).request("REGISTER", {.expires = 120s});
    trace.at(at + 10ms).to_device(server).response(
        401, {.headers = {{"WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\""}}, .to = bare});
    trace.registration(server, at + 1s, 120s);
  }
}

/// The refresh comes E - R = 100 s after the 200 and 101 s after the first REGISTER.
void period_from_the_final_200(Setting s) {
  challenged_registrations(s.trace, 0s);
  for (const auto server : {primary, secondary})
    for (const Duration at : {101s, 201s}) s.trace.registration(server, at, 120s);
  s.trace.ends(210s);
}

/// 100 s after the first REGISTER, so 1 s early.
void period_from_the_first_register(Setting s) {
  challenged_registrations(s.trace, 0s);
  for (const auto server : {primary, secondary}) s.trace.registration(server, 100s, 120s);
  s.trace.ends(110s);
}

/// The 200 lists another device for 5 s, ours for `granted`, and says Expires: 3600. Refreshed at
/// `refresh`.
std::function<void(Setting)> several_contacts(std::string_view granted, Duration refresh) {
  return [=](Setting s) {
    for (const Duration at : {Duration{}, refresh}) {
      for (const auto server : {primary, secondary}) {
        const auto asked =
            s.trace.at(at).from_device(server).request("REGISTER", {.expires = 120s});
        const std::string contacts =
            fmt::format("<sip:1001@192.0.2.9:5060>;expires=5, <sip:1001@{}>;expires={}",
                        s.trace.device_endpoint().text(), granted);
        s.trace.at(at + 10ms).to_device(server).response(
            200, {.headers = {{"Contact", contacts}, {"Expires", "3600"}}, .to = asked});
      }
    }
    s.trace.ends(refresh + 10s);
  };
}

/// Two minutes of Register Expiration, asked for as this many seconds.
std::function<void(Setting)> asks_for(std::chrono::seconds expiry) {
  return [=](Setting s) {
    s.profile.register_expiration = 2min;
    s.trace.healthy_registrations(0s, expiry);
    s.trace.ends(1s);
  };
}

/// A call over the primary; 503 with Retry-After to the refresh; the user hangs up, so BYE goes to
/// the primary. `then` writes what else the device sends there while it should wait.
std::function<void(Setting)> hangs_up_while_it_must_wait(
    const std::function<void(TraceBuilder&)>& then) {
  return [=](Setting s) {
    s.trace.healthy_registrations(0s, 120s);
    s.trace.at(95s).dial();
    const auto invite = s.trace.at(95s).from_device(primary).request("INVITE");
    s.trace.at(96s).to_device(primary).response(200, {.to = invite});
    s.trace.at(96010ms).from_device(primary).request("ACK", {.in = invite});
    const auto refresh = s.trace.at(100s).from_device(primary).request("REGISTER");
    s.trace.at(100010ms).to_device(primary).response(
        503, {.headers = {{"Retry-After", "60"}}, .to = refresh});
    s.trace.registration(secondary, 100s, 120s);
    s.trace.at(110s).hang_up();
    const auto bye = s.trace.at(110s).from_device(primary).request("BYE", {.in = invite});
    s.trace.at(110010ms).to_device(primary).response(200, {.to = bye});
    then(s.trace);
    s.trace.ends(170s);
  };
}

void subscribes(TraceBuilder& trace) {
  trace.at(120s).from_device(primary).request("SUBSCRIBE", {.headers = {{"Event", "dialog"}}});
}

/// The primary is lost at its refresh; a call then tries it again before it goes to the secondary.
void tries_the_primary_at_every_call(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(90s).silent(primary);
  silent_register(s.trace, primary, 100s);
  s.trace.registration(secondary, 100s, 120s);
  s.trace.at(140s).dial();
  s.trace.silent_invite(primary, 140s);
  s.trace.complete_call(secondary, 172s);
  s.trace.ends(200s);
}

/// A call whose 200 lacks this header and is not acknowledged.
std::function<void(Setting)> answered_without(const std::string& header) {
  return [header](Setting s) {
    s.trace.healthy_registrations(0s, 120s);
    const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
    s.trace.at(8s).to_device(primary).response(200, {.without = {header}, .to = invite});
    s.trace.ends(60s);
  };
}

}  // namespace trap

std::vector<Case> trap_cases() {
  using namespace trap;
  return {
      {"trap_4_period_runs_from_the_final_200", "GRP-REG-05", Verdict::pass,
       period_from_the_final_200},
      {"trap_4_not_from_the_first_register", "GRP-REG-05",
       warns("(granted 2min, Reregister before 20s): 98.995 s", {9}),
       period_from_the_first_register},
      {"trap_5_own_contact_counts", "RFC3261-REG-09", Verdict::pass, several_contacts("120", 100s)},
      {"trap_5_not_the_expires_header", "RFC3261-REG-09",
       fails("renewed after its last 200: 100.000 s", {1, 5}), several_contacts("60", 100s)},
      {"trap_5_not_the_shortest_of_all", "RFC3261-REG-08", Verdict::pass,
       several_contacts("60", 40s)},
      {"trap_6_register_expiration_is_minutes", "GRP-CFG-03", Verdict::pass, asks_for(120s)},
      {"trap_6_not_seconds", "GRP-CFG-03", fails("asks for 2s", {1}), asks_for(2s)},
      {"trap_15_bye_is_exempt", "RFC3261-REG-16", Verdict::pass,
       hangs_up_while_it_must_wait([](TraceBuilder&) {})},
      {"trap_15_a_new_request_is_not", "RFC3261-REG-16",
       warns("SUBSCRIBE 19.990 s after a 503", {14}), hangs_up_while_it_must_wait(subscribes)},
      {"trap_16_new_requests_style_is_only_warned", "GRP-CALL-04",
       warns("although it was known to be lost", {25}), tries_the_primary_at_every_call},
      {"an_answer_without_from_may_be_dropped", "RFC3261-ACK-2XX",
       inconclusive("has no From: whether the device took it is not known", {5, 6}),
       answered_without("From")},
      {"an_answer_without_to_may_be_dropped", "RFC3261-ACK-2XX",
       inconclusive("has no To: whether the device took it is not known", {5, 6}),
       answered_without("To")},
      {"an_answer_without_a_server_is_taken", "RFC3261-ACK-2XX",
       fails("a 2xx was never acknowledged", {5, 6}), answered_without("Server")},
  };
}

}  // namespace sipharness::check_tests
