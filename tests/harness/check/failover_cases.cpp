#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace {

void no_call(Setting s) {
  registrations(s.trace, 100s);
}

void by_the_book(Setting s) {
  fallback(s.trace);
}

/// The primary is silent from 5 s, called at 7 s with these retransmissions; the secondary gets
/// its INVITE at `second`.
std::function<void(Setting)> leaves(std::vector<Duration> offsets, Duration second) {
  return [=](Setting s) {
    s.trace.healthy_registrations(0s, 120s);
    s.trace.at(5s).silent(primary);
    s.trace.at(7s).dial();
    const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
    s.trace.retransmissions(invite, offsets);
    s.trace.complete_call(secondary, second);
    s.trace.ends(second + 30s);
  };
}

const std::vector<Duration> timer_a = {500ms, 1500ms, 3500ms, 7500ms, 15500ms, 31500ms};

/// The primary refuses with 503 at 7.02 s; the secondary is tried `after` that.
std::function<void(Setting)> refused(Duration after) {
  return [=](Setting s) {
    s.trace.healthy_registrations(0s, 120s);
    s.trace.at(7s).dial();
    const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
    s.trace.at(7020ms).to_device(primary).response(503, {.to = invite});
    s.trace.at(7021ms).from_device(primary).request("ACK", {.in = invite});
    s.trace.complete_call(secondary, 7020ms + after);
    s.trace.ends(60s);
  };
}

void never_tries_the_next(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(5s).silent(primary);
  s.trace.at(7s).dial();
  s.trace.silent_invite(primary, 7s);
  s.trace.ends(80s);
}

void same_branch(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(5s).silent(primary);
  s.trace.at(7s).dial();
  const auto invite =
      s.trace.at(7s).from_device(primary).request("INVITE", {.branch = "z9hG4bKtwice000"});
  s.trace.retransmissions(invite, timer_a);
  s.trace.at(39s).from_device(secondary).request("INVITE", {.branch = "z9hG4bKtwice000"});
  s.trace.ends(60s);
}

/// Both servers answer the one call; the dialogs are up together from 10 s to 12 s.
void answered_twice(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(7s).dial();
  s.trace.complete_call(primary, 7s);
  s.trace.complete_call(secondary, 7s);
  s.trace.ends(30s);
}

std::vector<Case> next_server_cases() {
  return {
      {"by_timer_b", "RFC3263-01", Verdict::pass, by_the_book},
      {"after_503", "RFC3263-01", Verdict::pass, refused(10ms)},
      {"never", "RFC3263-01", warns("no next server after Timer B", {5}), never_tries_the_next},
      {"long_after_503", "RFC3263-01", warns("5.000 s after 503", {5, 8}), refused(5s)},
      {"same_branch", "RFC3263-01", warns("with the same branch", {5, 12}), same_branch},
      {"no_call", "RFC3263-01", needs("a call that fails at the primary"), no_call},
      {"own_branches", "RFC3263-03", Verdict::pass, by_the_book},
      {"same_branch", "RFC3263-03", fails("the same branch", {5, 12}), same_branch},
      {"no_call", "RFC3263-03", needs("a call with an INVITE at each server"), no_call},
      {"timer_b_then_secondary", "FO-T1ST", Verdict::pass, by_the_book},
      {"pauses_after_timer_b", "FO-T1ST", warns("after Timer B: 1.000 s", {5, 12}),
       leaves(timer_a, 40s)},
      {"no_call", "FO-T1ST", needs("a call that turns to the secondary"), no_call},
  };
}

std::vector<Case> detection_cases() {
  return {
      {"in_time", "FO-DET-INV", Verdict::pass, by_the_book},
      {"too_late", "FO-DET-INV", fails("at the silent primary to the secondary: 38.000 s", {5, 12}),
       leaves(timer_a, 45s)},
      {"never", "FO-DET-INV", fails("the silent primary was never left", {5}),
       never_tries_the_next},
      {"no_call", "FO-DET-INV", needs("a call to a silent primary"), no_call},
      {"after_several_tries", "FO-DET-EARLY", Verdict::pass, by_the_book},
      {"never_moves", "FO-DET-EARLY", needs("a call that outlives an INVITE"),
       never_tries_the_next},
      {"after_one_packet", "FO-DET-EARLY", warns("1 INVITEs at the primary", {5, 6}),
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
      {"no_call", "FO-DET-EARLY", needs("a call that outlives an INVITE"), no_call},
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
       no_call},
  };
}

std::vector<Case> leg_cases() {
  return {
      {"one_after_the_other", "FO-NOPAR", Verdict::pass, by_the_book},
      {"primary_still_tried", "FO-NOPAR", fails("still got the INVITE 7.500 s after", {5, 10}),
       leaves(timer_a, 15s)},
      {"ringing_and_not_cancelled", "FO-NOPAR", fails("was ringing and was not cancelled", {5, 7}),
       [](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.at(7s).dial();
         const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
         s.trace.at(8s).to_device(primary).response(180, {.to = invite});
         s.trace.complete_call(secondary, 20s);
         s.trace.ends(40s);
       }},
      {"allowed_by_the_profile", "FO-NOPAR",
       not_applicable("allows both servers to be called in parallel"),
       [](Setting s) {
         s.profile.parallel_allowed = true;
         by_the_book(s);
       }},
      {"no_call", "FO-NOPAR", needs("a call with an INVITE at each server"), no_call},
      {"one_dialog", "FO-NODUP", Verdict::pass, by_the_book},
      {"answered_twice", "FO-NODUP",
       fails("two confirmed dialogs of one call for 2.990 s", {5, 5, 6}), answered_twice},
      {"no_call", "FO-NODUP", needs("a call that was answered"), no_call},
  };
}

}  // namespace

std::vector<Case> failover_cases() {
  std::vector<Case> all = next_server_cases();
  for (const auto more : {detection_cases, leg_cases})
    for (Case& one : more()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
