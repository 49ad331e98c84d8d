#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace failover_late {

void no_call(Setting s) {
  registrations(s.trace, 100s);
}

/// Called at 7 s, the primary is silent; the device turns to the secondary at `left` and talks
/// there until 100 s. `late` writes what the primary still says; its INVITE is given.
std::function<void(Setting)> left_at(Duration left,
                                     const std::function<void(Setting, MessageId)>& late) {
  return [=](Setting s) {
    s.trace.healthy_registrations(0s, 120s);
    s.trace.at(7s).dial();
    const auto first = s.trace.at(7s).from_device(primary).request("INVITE");
    s.trace.retransmissions(first, {500ms, 1500ms});
    const auto second = s.trace.at(left).from_device(secondary).request("INVITE");
    s.trace.at(left + 1s).to_device(secondary).response(200, {.to = second});
    s.trace.at(left + 1010ms).from_device(secondary).request("ACK", {.in = second});
    late(s, first);
    s.trace.at(100s).hang_up();
    s.trace.at(100s).from_device(secondary).request("BYE", {.in = second});
    s.trace.ends(140s);
  };
}

constexpr Duration after_timer_b = 39s;
constexpr Duration early = 10s;

/// The primary answers at 47 s; ACK at once, BYE `after` that.
std::function<void(Setting)> acknowledged(Duration left, std::optional<Duration> bye) {
  return left_at(left, [=](Setting s, MessageId invite) {
    s.trace.at(47s).to_device(primary).response(200, {.to = invite});
    s.trace.at(47010ms).from_device(primary).request("ACK", {.in = invite});
    if (bye) s.trace.at(47s + *bye).from_device(primary).request("BYE", {.in = invite});
  });
}

/// The primary answers at 47 s; nobody cares; its BYE at 79 s is answered or not.
std::function<void(Setting)> ignored(Duration left, bool bye_is_answered) {
  return left_at(left, [=](Setting s, MessageId invite) {
    s.trace.at(47s).to_device(primary).response(200, {.to = invite});
    const auto bye = s.trace.at(79s).to_device(primary).request("BYE", {.in = invite});
    if (bye_is_answered)
      s.trace.at(79010ms).from_device(primary).response(481, {.to = bye});
    else
      s.trace.at(79500ms).to_device(primary).repeat(bye);
  });
}

/// A response of the primary at 12 s, and the request by which the device reacts, if any.
std::function<void(Setting)> says(Duration at, int status, std::string reaction,
                                  Duration after = 10ms) {
  return left_at(at < 39s ? early : after_timer_b, [=](Setting s, MessageId invite) {
    s.trace.at(at).to_device(primary).response(status, {.to = invite});
    if (!reaction.empty())
      s.trace.at(at + after).from_device(primary).request(reaction, {.in = invite});
  });
}

/// A response of the primary at `at`, acknowledged if it is final, and the call over the secondary
/// is ended for it.
std::function<void(Setting)> spoils_the_call(Duration at, int status) {
  return left_at(at < 39s ? early : after_timer_b, [=](Setting s, MessageId invite) {
    s.trace.at(at).to_device(primary).response(status, {.to = invite});
    if (status >= 200) s.trace.at(at + 5ms).from_device(primary).request("ACK", {.in = invite});
    s.trace.at(at + 10ms).from_device(secondary).request("BYE");
  });
}

/// The primary's 200 is withheld, and the secondary is never tried.
void never_left(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(7s).dial();
  s.trace.silent_invite(primary, 7s);
  s.trace.ends(140s);
}

/// As acknowledged() with a BYE, and the journal says that the primary's 200 was withheld at 10 s.
std::function<void(Setting)> one_way(const std::function<void(Setting)>& rest) {
  return [=](Setting s) {
    s.trace.at(10s).entry(journal::Withheld{"primary", "mute", 1, "200 to INVITE"});
    rest(s);
  };
}

}  // namespace failover_late

std::vector<Case> failover_late_cases() {
  using namespace failover_late;
  return {
      {"acknowledged_and_ended", "FO-LATE-200", Verdict::pass, acknowledged(after_timer_b, 20ms)},
      {"trap_8_acknowledged_and_kept", "FO-LATE-200",
       fails("it was acknowledged and never ended", {5, 8, 11, 12}),
       acknowledged(after_timer_b, {})},
      {"ended_too_late", "FO-LATE-200",
       fails("it was acknowledged and ended only 5.000 s later", {5, 8, 11, 13}),
       acknowledged(after_timer_b, 5s)},
      {"trap_8_ignored_after_timer_b", "FO-LATE-200", Verdict::pass, ignored(after_timer_b, true)},
      {"ignored_and_its_bye_too", "FO-LATE-200",
       fails("the primary's BYE for it was not answered", {5, 8, 11, 12}),
       ignored(after_timer_b, false)},
      {"ignored_before_timer_b", "FO-LATE-200",
       fails("it was not acknowledged although its transaction was alive", {5, 8, 11}),
       left_at(early,
               [](Setting s, MessageId invite) {
                 s.trace.at(12s).to_device(primary).response(200, {.to = invite});
               })},
      {"ends_the_call", "FO-LATE-200",
       fails("the call over the secondary was ended because of it", {5, 8, 11, 13}),
       spoils_the_call(47s, 200)},
      {"no_call", "FO-LATE-200", needs("a 200 of the primary after the call had moved on"),
       no_call},
      {"cancelled", "FO-LATE-1XX", Verdict::pass, says(12s, 180, "CANCEL")},
      {"not_cancelled", "FO-LATE-1XX",
       warns("a 1xx for a call that has moved on, no CANCEL", {5, 8, 11}), says(12s, 180, "")},
      {"cancelled_late", "FO-LATE-1XX",
       warns("after a 1xx for a call that has moved on: 3.000 s", {5, 8, 11}),
       says(12s, 180, "CANCEL", 3s)},
      {"no_call", "FO-LATE-1XX", needs("a 1xx of the primary after the device left it"), no_call},
      {"acknowledged", "FO-LATE-ERR", Verdict::pass, says(12s, 486, "ACK")},
      {"not_acknowledged", "FO-LATE-ERR", fails("late 486 was never acknowledged", {5, 8, 11}),
       says(12s, 486, "")},
      {"ends_the_call", "FO-LATE-ERR", fails("a late 486 ended the call", {5, 8, 11, 13}),
       spoils_the_call(12s, 486)},
      {"no_call", "FO-LATE-ERR", needs("an error of the primary after the device left it"),
       no_call},
      {"left_alone", "RFC6026-02", Verdict::pass, says(47s, 180, "")},
      {"ends_the_call", "RFC6026-02",
       fails("180 that matched no transaction ended the call", {5, 8, 11, 12}),
       spoils_the_call(47s, 180)},
      {"no_call", "RFC6026-02", needs("a response of the primary after Timer B"), no_call},
      {"left_and_cleaned_up", "FO-ONEWAY", Verdict::pass,
       one_way(acknowledged(after_timer_b, 20ms))},
      {"left_with_a_ghost", "FO-ONEWAY", fails("it was acknowledged and never ended", {5, 8, 12}),
       one_way(acknowledged(after_timer_b, {}))},
      {"never_left", "FO-ONEWAY", fails("never went to the secondary", {5}), one_way(never_left)},
      {"heard_well", "FO-ONEWAY", needs("a call whose answers the primary gave"),
       acknowledged(after_timer_b, 20ms)},
  };
}

}  // namespace sipharness::check_tests
