#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace guide_calls {

void registered(TraceBuilder& trace) {
  trace.healthy_registrations(0s, 120s);
}

void no_call(Setting s) {
  registered(s.trace);
}

/// The refresh at 100 s fails; the device knows at 132 s; the user dials at 140 s.
void known_down(TraceBuilder& trace) {
  registered(trace);
  trace.at(90s).silent(primary);
  trace.registration(secondary, 100s, 120s);
  silent_register(trace, primary, 100s);
  trace.at(140s).dial();
}

/// The primary does not respond; the secondary gets the call `after` that.
std::function<void(Setting)> falls_back_after(Duration after) {
  return [after](Setting s) {
    registered(s.trace);
    s.trace.at(5s).silent(primary);
    s.trace.at(7s).dial();
    s.trace.at(7s).from_device(primary).request("INVITE");
    s.trace.complete_call(secondary, 7s + after);
    s.trace.ends(100s);
  };
}

/// An answered call over the secondary with ACK, BYE and the BYE's server as given.
struct Ending {
  std::optional<Duration> ack = 10ms;
  bool bye = true;
  trace::ServerRole bye_to = secondary;
};

std::function<void(Setting)> call_over_secondary(const Ending& ending) {
  return [ending](Setting s) {
    registered(s.trace);
    s.trace.at(7s).dial();
    const auto invite = s.trace.at(7s).from_device(secondary).request("INVITE");
    s.trace.at(7s + 400ms).to_device(secondary).response(200, {.to = invite});
    if (ending.ack)
      s.trace.at(7s + 400ms + *ending.ack).from_device(secondary).request("ACK", {.in = invite});
    s.trace.at(15s).hang_up();
    if (ending.bye) {
      const auto bye = s.trace.at(15s).from_device(ending.bye_to).request("BYE", {.in = invite});
      s.trace.at(15s + 10ms).to_device(ending.bye_to).response(200, {.to = bye});
    }
    s.trace.ends(30s);
  };
}

/// No response to an INVITE to 92001 at the primary; the secondary gets one to 2001 by `from_user`
/// that much later.
std::function<void(Setting)> other_number_at_secondary(Duration after) {
  return [after](Setting s) {
    registered(s.trace);
    s.trace.silent_invite(primary, 7s, {.number = "92001"});
    s.trace.complete_call(secondary, 7s + after, {.number = "2001"});
    s.trace.ends(120s);
    s.trace.without_journal();
  };
}

std::vector<Case> primary_first_cases() {
  return {
      {"starts_at_the_primary", "GRP-CALL-01", Verdict::pass,
       [](Setting s) {
         registered(s.trace);
         s.trace.at(7s).dial();
         s.trace.complete_call(primary, 7s);
       }},
      {"starts_at_the_secondary", "GRP-CALL-01", fails("starts at the secondary", {5}),
       [](Setting s) {
         registered(s.trace);
         s.trace.at(7s).dial();
         s.trace.complete_call(secondary, 7s);
       }},
      {"another_number_at_the_secondary", "GRP-CALL-01", Verdict::pass,
       other_number_at_secondary(32s)},
      {"no_call", "GRP-CALL-01", needs("a call while the primary is registered"), no_call},
      {"secondary_left_alone", "GRP-CALL-02", Verdict::pass,
       [](Setting s) {
         registered(s.trace);
         s.trace.at(7s).dial();
         s.trace.complete_call(primary, 7s);
       }},
      {"secondary_called_too", "GRP-CALL-02", fails("although the primary had answered", {8}),
       [](Setting s) {
         registered(s.trace);
         s.trace.at(7s).dial();
         s.trace.complete_call(primary, 7s);
         s.trace.at(9s).from_device(secondary).request("INVITE");
       }},
      {"secondary_called_after_100_and_silence", "GRP-CALL-02",
       needs("a call that the primary answers within T1"),
       [](Setting s) {
         registered(s.trace);
         s.trace.at(7s).dial();
         const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
         s.trace.at(7020ms).to_device(primary).response(100, {.to = invite});
         s.trace.complete_call(secondary, 60s);
       }},
      {"no_call", "GRP-CALL-02", needs("a call that the primary answers within T1"), no_call},
  };
}

std::vector<Case> lost_secondary_cases() {
  return {
      {"primary_called_while_secondary_is_out", "GRP-CALL-09", Verdict::pass,
       [](Setting s) {
         registered(s.trace);
         s.trace.at(5s).silent(secondary);
         s.trace.at(7s).dial();
         s.trace.complete_call(primary, 7s);
       }},
      {"dials_late_while_secondary_is_out", "GRP-CALL-09",
       fails("the secondary being out: 3.000 s", {5}),
       [](Setting s) {
         registered(s.trace);
         s.trace.at(5s).silent(secondary);
         s.trace.at(7s).dial();
         s.trace.complete_call(primary, 10s);
       }},
      {"calls_the_secondary_that_is_out", "GRP-CALL-09",
       fails("the call went to the secondary", {5}),
       [](Setting s) {
         registered(s.trace);
         s.trace.at(5s).silent(secondary);
         s.trace.at(7s).dial();
         s.trace.silent_invite(secondary, 7s);
       }},
      {"answer_not_acknowledged", "GRP-CALL-09", fails("its 200 was never acknowledged", {5}),
       [](Setting s) {
         registered(s.trace);
         s.trace.at(5s).silent(secondary);
         s.trace.at(7s).dial();
         const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
         s.trace.at(8s).to_device(primary).response(200, {.to = invite});
         s.trace.ends(60s);
       }},
      {"secondary_healthy", "GRP-CALL-09",
       needs("a call while the secondary is out and the primary is healthy"),
       [](Setting s) {
         registered(s.trace);
         s.trace.at(7s).dial();
         s.trace.complete_call(primary, 7s);
       }},
  };
}

std::vector<Case> secondary_cases() {
  return {
      {"by_timer_b", "GRP-CALL-03", Verdict::pass, falls_back_after(32s)},
      {"early_leave", "GRP-CALL-03", Verdict::pass, falls_back_after(3500ms)},
      {"later_than_allowed", "GRP-CALL-03",
       warns("after the first INVITE to the silent primary: 40.000 s", {5, 6}),
       falls_back_after(40s)},
      {"hastily", "GRP-CALL-03",
       warns("after the first INVITE to the silent primary: 0.300 s", {5, 6}),
       falls_back_after(300ms)},
      {"never", "GRP-CALL-03", fails("no INVITE at the secondary within 53.000 s of silence", {5}),
       [](Setting s) {
         registered(s.trace);
         s.trace.at(5s).silent(primary);
         s.trace.at(7s).dial();
         s.trace.silent_invite(primary, 7s);
         s.trace.ends(60s);
       }},
      {"another_number", "GRP-CALL-03",
       inconclusive("an INVITE to 2001 went to the secondary 32.000 s later: the same call?", {5}),
       other_number_at_secondary(32s)},
      {"another_number_too_late", "GRP-CALL-03",
       inconclusive("hung up before it was due at the secondary?", {5}),
       other_number_at_secondary(40s)},
      {"capture_too_short", "GRP-CALL-03", inconclusive("before the fallback was due", {5}),
       [](Setting s) {
         registered(s.trace);
         s.trace.at(5s).silent(primary);
         s.trace.at(7s).dial();
         s.trace.silent_invite(primary, 7s);
         s.trace.ends(39s);
       }},
      {"user_hung_up_first", "GRP-CALL-03", needs("a call to a silent primary"),
       [](Setting s) {
         registered(s.trace);
         s.trace.at(5s).silent(primary);
         s.trace.at(7s).dial();
         s.trace.silent_invite(primary, 7s);
         s.trace.at(20s).hang_up();
         s.trace.ends(60s);
       }},
  };
}

std::vector<Case> known_down_cases() {
  return {
      {"straight_to_the_secondary", "GRP-CALL-04", Verdict::pass,
       [](Setting s) {
         known_down(s.trace);
         s.trace.complete_call(secondary, 140s);
       }},
      {"pays_timer_b_at_every_call", "GRP-CALL-04", warns("although it was known to be lost", {25}),
       [](Setting s) {
         known_down(s.trace);
         s.trace.silent_invite(primary, 140s);
         s.trace.complete_call(secondary, 172s);
         s.trace.ends(190s);
       }},
      {"insists_on_the_primary", "GRP-CALL-04", fails("the secondary was never tried", {18}),
       [](Setting s) {
         known_down(s.trace);
         s.trace.silent_invite(primary, 140s);
         s.trace.ends(190s);
       }},
      {"answer_not_acknowledged", "GRP-CALL-04", fails("its 200 was never acknowledged", {18}),
       [](Setting s) {
         known_down(s.trace);
         const auto invite = s.trace.at(140s).from_device(secondary).request("INVITE");
         s.trace.at(141s).to_device(secondary).response(200, {.to = invite});
         s.trace.ends(190s);
       }},
      {"primary_never_lost", "GRP-CALL-04",
       needs("a call after the primary's registration was seen to fail"),
       [](Setting s) {
         registered(s.trace);
         s.trace.complete_call(primary, 7s);
       }},
      {"complete", "GRP-CALL-05", Verdict::pass, call_over_secondary({})},
      {"late_ack", "GRP-CALL-05", fails("ACK 0.600 s after the 200", {5, 6}),
       call_over_secondary({.ack = 600ms})},
      {"no_ack", "GRP-CALL-05", fails("its 200 was never acknowledged", {5, 6}),
       call_over_secondary({.ack = {}})},
      {"no_bye", "GRP-CALL-05", fails("no BYE after the user hung up", {5, 6}),
       call_over_secondary({.bye = false})},
      {"bye_to_the_primary", "GRP-CALL-05",
       fails("frame 8 of its dialog went to the primary", {5, 6}),
       call_over_secondary({.bye_to = primary})},
      {"bye_to_the_primary_in_a_foreign_capture", "GRP-CALL-05",
       fails("of its dialog went to the primary", {5, 6}),
       foreign(call_over_secondary({.bye_to = primary}))},
      {"nobody_answered", "GRP-CALL-05", needs("a call that the secondary answered"),
       [](Setting s) {
         registered(s.trace);
         s.trace.at(7s).dial();
         const auto invite = s.trace.at(7s).from_device(secondary).request("INVITE");
         s.trace.at(8s).to_device(secondary).response(180, {.to = invite});
         s.trace.ends(30s);
       }},
  };
}

}  // namespace guide_calls

std::vector<Case> guide_calls_cases() {
  using namespace guide_calls;
  std::vector<Case> all = primary_first_cases();
  for (const auto more : {lost_secondary_cases, secondary_cases, known_down_cases})
    for (Case& one : more()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
