#include "tests/harness/check/fallback_situations.hpp"

namespace sipharness::check_tests {
namespace failover_legs {

/// Both servers answer the one call; the dialogs are up together from 10 s to 12 s.
void answered_twice(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(7s).dial();
  s.trace.complete_call(primary, 7s);
  s.trace.complete_call(secondary, 7s);
  s.trace.ends(30s);
}

/// A call through the primary, and this much later one to the same number through the secondary;
/// both are answered and last until 40 s.
std::function<void(Setting)> calls_both(Duration later) {
  return [=](Setting s) {
    registrations(s.trace, 0s);
    for (const auto& [server, at] : {std::pair(primary, Duration(5s)), {secondary, 5s + later}}) {
      const auto invite = s.trace.at(at).from_device(server).request("INVITE");
      s.trace.at(at + 500ms).to_device(server).response(200, {.to = invite});
      s.trace.at(at + 510ms).from_device(server).request("ACK", {.in = invite});
      s.trace.at(40s + later).from_device(server).request("BYE", {.in = invite});
      s.trace.at(40010ms + later).to_device(server).response(200);
    }
    s.trace.ends(60s);
  };
}

/// Both servers bring one call; the device takes it over the primary, and over the secondary with
/// this status.
std::function<void(Setting)> brought_twice(int status) {
  return [=](Setting s) {
    registrations(s.trace, 0s);
    const Fields call{
        .cseq = 1, .uri = "sip:1001@127.0.0.1:5062", .call_id = "one@call", .from_tag = "1234abcd"};
    const auto first = s.trace.at(5s).to_device(primary).request("INVITE", call);
    const auto copy = s.trace.at(5030ms).to_device(secondary).request("INVITE", call);
    s.trace.at(6s).from_device(primary).response(200, {.to_tag = "ab12abcd", .to = first});
    s.trace.at(6010ms).to_device(primary).request("ACK", {.in = first});
    s.trace.at(6020ms).from_device(secondary).response(status, {.to_tag = "ef56abcd", .to = copy});
    s.trace.at(6030ms).to_device(secondary).request("ACK", {.in = copy});
    s.trace.ends(30s);
  };
}

/// A proxy forks the call at 5 s and both of its targets answer; what the device does about the
/// dialog with the second is `then`.
std::function<void(Setting)> forked(const std::function<void(Setting, const Fields&)>& then) {
  return [=](Setting s) {
    registrations(s.trace, 0s);
    const auto invite = s.trace.at(5s).from_device(primary).request("INVITE");
    s.trace.at(6s).to_device(primary).response(200, {.to_tag = "ab12abcd", .to = invite});
    s.trace.at(6010ms).from_device(primary).request("ACK", {.to_tag = "ab12abcd", .in = invite});
    s.trace.at(6300ms).to_device(primary).response(200, {.to_tag = "cd34cdef", .to = invite});
    const Fields second{.to_tag = "cd34cdef", .in = invite};
    s.trace.at(6310ms).from_device(primary).request("ACK", second);
    then(s, second);
    s.trace.at(20s).from_device(primary).request("BYE", {.to_tag = "ab12abcd", .in = invite});
    s.trace.at(20010ms).to_device(primary).response(200);
    s.trace.ends(30s);
  };
}

void ends_the_second(Setting s, const Fields& second) {
  s.trace.at(6320ms).from_device(primary).request("BYE", second);
  s.trace.at(6330ms).to_device(primary).response(200);
}

void keeps_the_second(Setting /*s*/, const Fields& /*second*/) {}

}  // namespace failover_legs

std::vector<Case> failover_legs_cases() {
  using namespace failover_legs;
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
      {"no_call", "FO-NOPAR", needs("a call with an INVITE at each server"), nobody_calls},
      {"one_dialog", "FO-NODUP", Verdict::pass, by_the_book},
      {"answered_twice", "FO-NODUP", fails("two confirmed dialogs of one call for 2.990 s", {5, 6}),
       answered_twice},
      {"calls_once_more_while_it_talks", "FO-NODUP", Verdict::pass, foreign(calls_both(10s))},
      {"takes_the_secondary_too", "FO-NODUP",
       fails("two confirmed dialogs of one call for 34.490 s", {5, 8}), foreign(calls_both(1s))},
      {"brought_twice_and_taken_once", "FO-NODUP", Verdict::pass, brought_twice(482)},
      {"brought_twice_and_taken_twice", "FO-NODUP",
       fails("two confirmed dialogs of one call for 23.970 s", {5, 6}), brought_twice(200)},
      {"forked_and_one_ended", "FO-NODUP", Verdict::pass, forked(ends_the_second)},
      {"forked_and_both_kept", "FO-NODUP", fails("two confirmed dialogs of one call for 13.", {5}),
       forked(keeps_the_second)},
      {"no_call", "FO-NODUP", needs("a call that was answered"), nobody_calls},
  };
}

}  // namespace sipharness::check_tests
