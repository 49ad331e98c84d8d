#include "tests/harness/check/fallback_situations.hpp"

namespace sipharness::check_tests {
namespace failover_detection {

/// The primary answers 503, and 20 s later an INVITE with this Call-ID goes to the secondary.
std::function<void(Setting)> refused_then(const std::string& call_id) {
  return [=](Setting s) {
    const auto fields = [](const std::string& id) {
      return Fields{.cseq = 1, .call_id = id, .from_tag = id.substr(0, 3) + "1a2b"};
    };
    s.trace.healthy_registrations(0s, 120s);
    const auto invite = s.trace.at(7s).from_device(primary).request("INVITE", fields("one@call"));
    s.trace.at(7010ms).to_device(primary).response(503, {.to = invite});
    s.trace.at(7020ms).from_device(primary).request("ACK", {.in = invite});
    const auto next = s.trace.at(27s).from_device(secondary).request("INVITE", fields(call_id));
    s.trace.at(27010ms).to_device(secondary).response(180, {.to = next});
    s.trace.ends(60s);
  };
}

std::vector<Case> next_server_in_time_cases() {
  return {
      {"timer_b_then_secondary", "FO-T1ST", Verdict::pass, by_the_book},
      {"pauses_after_timer_b", "FO-T1ST",
       warns("the call began, Timer B 32.000 s into it", {5, 12}), leaves(timer_a, 40s)},
      {"foreign_and_a_call_dialled_anew", "FO-T1ST",
       inconclusive("at the secondary 19.990 s after 503: dialled anew?", {5, 8}),
       foreign(refused_then("another@call"))},
      {"foreign_and_late", "FO-T1ST", warns("503 0.010 s into it: 20.000 s", {5, 8}),
       foreign(refused_then("one@call"))},
      {"no_call", "FO-T1ST", needs("a call that turns to the secondary"), nobody_calls},
  };
}

std::vector<Case> detection_cases() {
  return {
      {"in_time", "FO-DET-INV", Verdict::pass, by_the_book},
      {"too_late", "FO-DET-INV", fails("at the silent primary to the secondary: 38.000 s", {5, 12}),
       leaves(timer_a, 45s)},
      {"never", "FO-DET-INV", fails("the silent primary was never left", {5}),
       never_tries_the_next},
      {"no_call", "FO-DET-INV", needs("a call to a silent primary"), nobody_calls},
      {"after_several_tries", "FO-DET-EARLY", Verdict::pass, by_the_book},
      {"never_moves", "FO-DET-EARLY", needs("a call that outlives an INVITE"),
       never_tries_the_next},
      {"after_one_packet", "FO-DET-EARLY", warns("1 INVITE at the primary", {5, 6}),
       leaves({}, 7600ms)},
      {"stays_when_one_packet_was_lost", "FO-DET-EARLY", Verdict::pass,
       [](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.at(7s).dial();
         const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
         s.trace.retransmissions(invite, {500ms});
         s.trace.at(7600ms).to_device(primary).response(180, {.to = invite});
         s.trace.ends(60s);
       }},
      {"no_call", "FO-DET-EARLY", needs("a call that outlives an INVITE"), nobody_calls},
      {"refresh_finds_it", "FO-DET-REG", Verdict::pass,
       [](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.at(90s).silent(primary);
         silent_register(s.trace, primary, 100s);
         s.trace.at(140s).dial();
         s.trace.complete_call(secondary, 140s);
         s.trace.ends(160s);
       }},
      {"calls_ignore_it", "FO-DET-REG", warns("tried the primary", {18}),
       [](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.at(90s).silent(primary);
         silent_register(s.trace, primary, 100s);
         s.trace.registration(secondary, 100s, 120s);
         s.trace.at(140s).dial();
         s.trace.silent_invite(primary, 140s);
         s.trace.complete_call(secondary, 172s);
         s.trace.ends(190s);
       }},
      {"looks_too_late", "FO-DET-REG", fails("counted from its last 200: 141.995 s", {5}),
       [](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.at(90s).silent(primary);
         silent_register(s.trace, primary, 110s);
         s.trace.ends(160s);
       }},
      {"never_looks", "FO-DET-REG", fails("was never found by a refresh", {1}),
       [](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.at(90s).silent(primary);
         s.trace.ends(160s);
       }},
      {"no_outage", "FO-DET-REG", needs("a refresh at the primary that falls into its outage"),
       nobody_calls},
  };
}

}  // namespace failover_detection

std::vector<Case> failover_detection_cases() {
  using namespace failover_detection;
  std::vector<Case> all = next_server_in_time_cases();
  for (Case& one : detection_cases()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
