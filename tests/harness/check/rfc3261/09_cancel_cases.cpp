#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace rfc3261_9_cancel {

void no_call(Setting s) {
  registrations(s.trace, 100s);
}

/// Dialled at 7 s, hung up at `hung_up`; `rest` writes what happens to the INVITE.
std::function<void(Setting)> call(Duration hung_up,
                                  const std::function<void(Setting, MessageId)>& rest) {
  return [=](Setting s) {
    registrations(s.trace, 0s);
    s.trace.at(7s).dial();
    s.trace.at(hung_up).hang_up();
    const auto invite =
        s.trace.at(7s).from_device(primary).request("INVITE", {.branch = "z9hG4bKcancelled"});
    rest(s, invite);
    s.trace.ends(120s);
  };
}

void response(Setting s, Duration at, int status, MessageId invite) {
  s.trace.at(at).to_device(primary).response(status, {.to = invite});
}

/// 200 to the CANCEL, 487 to the INVITE and its ACK.
void terminated(Setting s, Duration at, MessageId invite, MessageId cancel) {
  s.trace.at(at).to_device(primary).response(200, {.to = cancel});
  response(s, at, 487, invite);
  s.trace.at(at + 10ms).from_device(primary).request("ACK", {.in = invite});
}

// --- When ----------------------------------------------------------------------------------------

std::vector<Case> first_word_cases() {
  constexpr std::string_view id = "RFC3261-CANCEL-01";
  return {
      {"none_for_a_silent_invite", id, Verdict::pass,
       [](Setting s) {
         s.trace.silent_invite(primary, 1s);
         s.trace.ends(60s);
       }},
      {"trap_7_a_fallback_without_cancel", id, Verdict::pass, [](Setting s) { fallback(s.trace); }},
      {"after_ringing", id, Verdict::pass,
       call(12s,
            [](Setting s, MessageId invite) {
              response(s, 8s, 180, invite);
              s.trace.at(12s).from_device(primary).request("CANCEL", {.in = invite});
            })},
      {"before_anything", id, fails("CANCEL before any provisional response", {5, 6}),
       call(10s,
            [](Setting s, MessageId invite) {
              s.trace.at(10s).from_device(primary).request("CANCEL", {.in = invite});
              response(s, 11s, 180, invite);
            })},
      {"no_call", id, needs("an INVITE that is cancelled"), no_call},
  };
}

/// Hung up at 8 s, `status` at 10 s, CANCEL so long after that, or none.
std::function<void(Setting)> waits(int status, std::optional<Duration> cancel,
                                   trace::Vantage vantage = trace::Vantage::device) {
  return [=](Setting s) {
    s.trace.vantage(vantage);
    call(8s, [=](Setting setting, MessageId invite) {
      response(setting, 10s, status, invite);
      if (!cancel) return;
      const auto sent =
          setting.trace.at(10s + *cancel).from_device(primary).request("CANCEL", {.in = invite});
      terminated(setting, 11s, invite, sent);
    })(s);
  };
}

std::vector<Case> deferred_cases() {
  constexpr std::string_view id = "RFC3261-CANCEL-02";
  return {
      {"at_once", id, Verdict::pass, waits(100, 10ms)},
      {"too_late", id, fails("a call hung up before: 0.600 s", {5, 6, 7}), waits(100, 600ms)},
      {"never", id, fails("a provisional response came, and no CANCEL", {5, 6}), waits(100, {})},
      {"none_seen_at_the_server", id,
       inconclusive("and no CANCEL; but the capture was not taken at the device", {5, 6}),
       waits(100, {}, trace::Vantage::server)},
      {"refused_at_once", id, needs("a call that is hung up before its first response"),
       waits(486, {})},
      {"rang_before_the_hang_up", id, needs("a call that is hung up before its first response"),
       call(12s,
            [](Setting s, MessageId invite) {
              response(s, 8s, 180, invite);
              s.trace.at(12s).from_device(primary).request("CANCEL", {.in = invite});
            })},
      {"left_for_the_secondary", id, needs("a call that is hung up before its first response"),
       call(45s,
            [](Setting s, MessageId invite) {
              s.trace.at(39s).from_device(secondary).request("INVITE");
              response(s, 46s, 180, invite);
            })},
  };
}

std::vector<Case> too_late_cases() {
  constexpr std::string_view id = "RFC3261-CANCEL-04";
  return {
      {"before_the_answer", id, Verdict::pass, waits(180, 10ms)},
      {"bye_for_an_answered_call", id, Verdict::pass,
       call(12s,
            [](Setting s, MessageId invite) {
              response(s, 9s, 200, invite);
              s.trace.at(9010ms).from_device(primary).request("ACK", {.in = invite});
              s.trace.at(12s).from_device(primary).request("BYE", {.in = invite});
            })},
      {"after_the_answer", id, warns("CANCEL 3.000 s after a 200", {5, 7, 9}),
       call(12s,
            [](Setting s, MessageId invite) {
              response(s, 8s, 180, invite);
              response(s, 9s, 200, invite);
              s.trace.at(9010ms).from_device(primary).request("ACK", {.in = invite});
              s.trace.at(12s).from_device(primary).request("CANCEL", {.in = invite});
            })},
      {"crossing_the_answer", id, Verdict::pass,
       call(9s,
            [](Setting s, MessageId invite) {
              response(s, 8s, 180, invite);
              response(s, 9s, 200, invite);
              s.trace.at(9050ms).from_device(primary).request("CANCEL", {.in = invite});
            })},
      {"of_a_register", id, warns("CANCEL of a REGISTER", {1, 3}),
       [](Setting s) {
         s.trace.at(1s).from_device(primary).request("REGISTER", {.branch = "z9hG4bKregister"});
         const auto invite = s.trace.at(2s).from_device(secondary).request("INVITE");
         s.trace.at(3s).from_device(primary).request(
             "CANCEL", {.branch = "z9hG4bKregister", .call_id = "reg-1001-primary", .in = invite});
       }},
      {"no_call", id, needs("a call that is hung up"), no_call},
  };
}

// --- What ----------------------------------------------------------------------------------------

std::function<void(Setting)> cancelled_with(const Fields& cancel) {
  return call(12s, [=](Setting s, MessageId invite) {
    response(s, 8s, 180, invite);
    Fields written = cancel;
    written.in = invite;
    const auto sent = s.trace.at(12s).from_device(primary).request("CANCEL", written);
    terminated(s, 12100ms, invite, sent);
  });
}

std::vector<Case> repetition_cases() {
  constexpr std::string_view id = "RFC3261-CANCEL-03";
  return {
      {"repeats_the_invite", id, Verdict::pass, cancelled_with({})},
      {"another_branch", id, fails("its Via is not that of the INVITE", {5, 7}),
       cancelled_with({.branch = "z9hG4bKother"})},
      {"another_number", id, fails("its CSeq number is 9", {5, 7}), cancelled_with({.cseq = 9})},
      {"a_tag_in_to", id, fails("its To is not that of the INVITE", {5, 7}),
       cancelled_with({.headers = {{"To", "<sip:1002@127.0.0.11:5070>;tag=x"}}})},
      {"another_from_tag", id, fails("its From is not that of the INVITE", {5, 7}),
       cancelled_with({.headers = {{"From", "<sip:1001@127.0.0.11:5070>;tag=x"}}})},
      {"another_request_uri", id, fails("its Request-URI is sip:1003@127.0.0.11", {5, 7}),
       cancelled_with({.uri = "sip:1003@127.0.0.11"})},
      {"require", id, fails("CANCEL with Require or Proxy-Require", {5, 7}),
       cancelled_with({.headers = {{"Require", "100rel"}}})},
      {"no_call", id, needs("a call that is cancelled"), no_call},
  };
}

// --- How it ends ---------------------------------------------------------------------------------

/// Rings at 8 s, CANCEL at 12 s, 200 to that, and no 487; what else happens is written by `rest`.
std::function<void(Setting)> unterminated(const std::function<void(Setting)>& rest,
                                          Duration hung_up = 12s) {
  return call(hung_up, [=](Setting s, MessageId invite) {
    response(s, 8s, 180, invite);
    const auto cancel = s.trace.at(12s).from_device(primary).request("CANCEL", {.in = invite});
    s.trace.at(12010ms).to_device(primary).response(200, {.to = cancel});
    rest(s);
  });
}

void nothing(Setting) {}

void ghost_call(Setting s) {
  s.trace.at(44s).from_device(secondary).request("INVITE");
}

std::vector<Case> ending_cases() {
  constexpr std::string_view id = "RFC3261-CANCEL-05";
  return {
      {"487_acknowledged", id, Verdict::pass, cancelled_with({})},
      {"487_ignored", id, warns("487 after the CANCEL was never acknowledged", {5, 7, 8}),
       call(12s,
            [](Setting s, MessageId invite) {
              response(s, 8s, 180, invite);
              s.trace.at(12s).from_device(primary).request("CANCEL", {.in = invite});
              response(s, 12100ms, 487, invite);
            })},
      {"dropped_without_487", id, Verdict::pass, unterminated(nothing)},
      {"trap_9_ghost_call_at_the_secondary", id,
       fails("INVITE at the secondary 32.000 s after", {5, 7, 9}), unterminated(ghost_call)},
      {"left_by_the_device_itself", id, Verdict::pass, unterminated(ghost_call, 100s)},
      {"ghost_or_user_in_a_foreign_capture", id,
       inconclusive("whether the user had hung up is not known", {5, 7, 9}),
       [](Setting s) {
         unterminated(ghost_call)(s);
         s.trace.without_journal();
       }},
      {"no_call", id, needs("a call that is cancelled"), no_call},
  };
}

/// Hung up at 8 s, answered at 10 s; ACK and BYE so long after, or never.
std::function<void(Setting)> crossed(std::optional<Duration> ack, std::optional<Duration> bye) {
  return call(8s, [=](Setting s, MessageId invite) {
    response(s, 10s, 200, invite);
    if (ack) s.trace.at(10s + *ack).from_device(primary).request("ACK", {.in = invite});
    if (bye) s.trace.at(10s + *bye).from_device(primary).request("BYE", {.in = invite});
  });
}

/// Rings, is cancelled at 8 s, and answered at 8.1 s; the BYE follows so long after, or never.
std::function<void(Setting)> cancelled_and_answered(std::optional<Duration> bye) {
  return [=](Setting s) {
    registrations(s.trace, 0s);
    const auto invite = s.trace.at(5s).from_device(primary).request("INVITE");
    response(s, 6s, 180, invite);
    const auto cancel = s.trace.at(8s).from_device(primary).request("CANCEL", {.in = invite});
    response(s, 8010ms, 200, cancel);
    response(s, 8100ms, 200, invite);
    s.trace.at(8110ms).from_device(primary).request("ACK", {.in = invite});
    if (bye) s.trace.at(8110ms + *bye).from_device(primary).request("BYE", {.in = invite});
    if (bye) s.trace.at(8120ms + *bye).to_device(primary).response(200);
    s.trace.ends(60s);
  };
}

std::vector<Case> crossing_cases() {
  constexpr std::string_view id = "RFC3261-CANCEL-06";
  return {
      {"acknowledged_and_ended", id, Verdict::pass, crossed(10ms, 20ms)},
      {"acknowledged_late", id,
       fails("ACK to an answer that crossed the hang-up: 0.600 s", {5, 6, 7}),
       crossed(600ms, 700ms)},
      {"ended_late", id,
       fails("BYE after an answer that crossed the hang-up: 5.000 s", {5, 6, 7, 8}),
       crossed(10ms, 5s)},
      {"kept", id, fails("never ended by BYE", {5, 6, 7}), crossed(10ms, {})},
      {"ignored", id, fails("never acknowledged", {5, 6}), crossed({}, {})},
      {"cancelled_and_ended_untold", id, Verdict::pass, foreign(cancelled_and_answered(20ms))},
      {"cancelled_and_kept_untold", id, fails("never ended by BYE", {5, 9, 10}),
       foreign(cancelled_and_answered({}))},
      {"answered_before", id, needs("a call that is answered when its user has hung up"),
       call(12s,
            [](Setting s, MessageId invite) {
              response(s, 9s, 200, invite);
              s.trace.at(9010ms).from_device(primary).request("ACK", {.in = invite});
              s.trace.at(12s).from_device(primary).request("BYE", {.in = invite});
            })},
  };
}

/// Hung up at `hung_up` while the primary is silent; the secondary is tried at `ghost`, if ever.
std::function<void(Setting)> silent(Duration hung_up, std::optional<Duration> ghost,
                                    Duration end = 120s) {
  return [=](Setting s) {
    registrations(s.trace, 0s);
    s.trace.at(5s).silent(primary);
    s.trace.at(7s).dial();
    s.trace.at(hung_up).hang_up();
    s.trace.silent_invite(primary, 7s);
    if (ghost) s.trace.complete_call(secondary, *ghost);
    s.trace.ends(end);
  };
}

std::vector<Case> hang_up_cases() {
  constexpr std::string_view id = "FO-USERCANCEL";
  return {
      {"nothing_follows", id, Verdict::pass, silent(38s, {})},  // T-7, s29
      {"timer_b_goes_on", id, fails("INVITE at the secondary 1.000 s after", {12}),
       silent(38s, 39s)},
      {"crossing_the_switch", id, Verdict::pass, silent(38990ms, 39s)},
      {"trap_9_after_a_missing_487", id, fails("INVITE at the secondary 32.000 s after", {9}),
       unterminated(ghost_call)},
      {"ringing_at_the_secondary", id, Verdict::pass, silent(39200ms, 39s)},
      {"capture_ends_too_soon", id, needs("a call that is hung up before it is answered"),
       silent(30s, {}, 35s)},
      {"no_call", id, needs("a call that is hung up before it is answered"), no_call},
  };
}

}  // namespace rfc3261_9_cancel

std::vector<Case> rfc3261_9_cancel_cases() {
  using namespace rfc3261_9_cancel;
  std::vector<Case> all;
  for (const auto family : {first_word_cases, deferred_cases, too_late_cases, repetition_cases,
                            ending_cases, crossing_cases, hang_up_cases})
    for (Case& one : family()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
