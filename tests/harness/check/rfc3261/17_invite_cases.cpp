#include <algorithm>

#include <fmt/format.h>

#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace rfc3261_17_invite {

void unanswered(Setting s) {
  s.trace.silent_invite(primary, 1s);
  s.trace.ends(60s);
}

/// INVITE at 1 s, a provisional response `heard` later, further copies of the INVITE at `again`,
/// 200 at 40 s.
struct Provisional {
  Duration t1 = 500ms;
  std::vector<Duration> before{};
  Duration heard = 10ms;
  std::vector<Duration> again{};
};

void write_provisional(Setting s, const Provisional& given) {
  s.profile.timers.t1 = given.t1;
  const auto invite = s.trace.at(1s).from_device(primary).request("INVITE");
  s.trace.retransmissions(invite, given.before);
  s.trace.at(1s + given.heard).to_device(primary).response(180, {.to = invite});
  s.trace.retransmissions(invite, given.again);
  s.trace.at(100s).to_device(primary).response(200, {.to = invite});
  s.trace.at(100010ms).from_device(primary).request("ACK", {.in = invite});
  s.trace.ends(110s);
}

std::function<void(Setting)> rings(Provisional given) {
  return [given](Setting s) { write_provisional(s, given); };
}

/// Table T-3, last line, for every T1: after each transmission in turn a 1xx, and nothing more.
std::vector<Case> table_3_cases() {
  std::vector<Case> all;
  for (const Duration t1 : {500ms, 1000ms, 2000ms}) {
    Provisional given{.t1 = t1};
    Duration next = t1;
    for (std::uint32_t copies = 0; copies < 5; ++copies) {
      given.heard = (given.before.empty() ? Duration::zero() : given.before.back()) + 100ms;
      const std::string at = fmt::format("t1_{}_after_{}_sends", t1 / 1ms, copies + 1);
      all.push_back({"table_3_rests_" + at, "RFC3261-TIMER-A-STOP", Verdict::pass, rings(given)});
      Provisional repeated = given;
      repeated.again = {(given.before.empty() ? Duration::zero() : given.before.back()) + next};
      all.push_back({"table_3_goes_on_" + at, "RFC3261-TIMER-A-STOP",
                     warns(fmt::format("sent again {} after a 180",
                                       format_seconds(repeated.again.front() - given.heard)),
                           frames(1, copies + 3)),
                     rings(repeated)});
      given.before.push_back(repeated.again.front());
      next *= 2;
    }
  }
  return all;
}

std::vector<Case> provisional_cases() {
  return {
      {"crossed_on_the_way", "RFC3261-TIMER-A-STOP", Verdict::pass,
       rings({.heard = 490ms, .again = {500ms}})},
      {"trap_2_rings_on_past_timer_b", "RFC3261-TIMER-A-STOP", Verdict::pass, rings({})},
      {"foreign_and_goes_on_past_timer_b", "RFC3261-TIMER-A-STOP",
       warns("sent again 0.490 s after a 180", frames(1, 9)),
       foreign(rings({.again = {500ms, 1500ms, 3500ms, 7500ms, 15500ms, 31500ms, 63500ms}}))},
      {"captured_at_the_server", "RFC3261-TIMER-A-STOP",
       inconclusive("after a 180; but the capture was not taken at the device", {1, 2, 3}),
       [](Setting s) {
         s.trace.vantage(trace::Vantage::server);
         write_provisional(s, {.again = {500ms}});
       }},
      {"unanswered", "RFC3261-TIMER-A-STOP", needs("an INVITE whose provisional response stands"),
       unanswered},
      {"answered_before_a_copy_was_due", "RFC3261-TIMER-A-STOP",
       needs("an INVITE whose provisional response stands"),
       [](Setting s) {
         const auto invite = s.trace.at(1s).from_device(primary).request("INVITE");
         s.trace.at(1010ms).to_device(primary).response(180, {.to = invite});
         s.trace.at(1200ms).to_device(primary).response(486, {.to = invite});
         s.trace.at(1210ms).from_device(primary).request("ACK", {.in = invite});
         s.trace.ends(60s);
       }},
  };
}

/// INVITE at 1 s, 486 at 2 s and again at `copies`, each acknowledged at once but those from
/// `deaf_from` on.
std::function<void(Setting)> busy(const std::vector<Duration>& copies, std::size_t deaf_from,
                                  trace::Vantage vantage = trace::Vantage::device) {
  return [=](Setting s) {
    s.trace.vantage(vantage);
    const auto invite = s.trace.at(1s).from_device(primary).request("INVITE");
    const auto refusal = s.trace.at(2s).to_device(primary).response(486, {.to = invite});
    const auto ack = s.trace.at(2010ms).from_device(primary).request("ACK", {.in = invite});
    s.trace.retransmissions(refusal, copies);
    for (std::size_t i = 0; i < std::min(copies.size(), deaf_from); ++i)
      s.trace.retransmissions(ack, {copies[i]});
    s.trace.ends(60s);
  };
}

constexpr std::size_t never_deaf = 100;
const std::vector<Duration> thrice = {500ms, 1500ms, 3500ms};
/// T-4: a refusal whose ACK does not arrive.
const std::vector<Duration> table_4 = {500ms,   1500ms,  3500ms,  7500ms,  11500ms,
                                       15500ms, 19500ms, 23500ms, 27500ms, 31500ms};

std::vector<Case> copy_cases() {
  return {
      {"each_acknowledged", "RFC3261-TIMER-D", Verdict::pass, busy(thrice, never_deaf)},
      {"table_4_each_acknowledged", "RFC3261-TIMER-D", Verdict::pass, busy(table_4, never_deaf)},
      {"table_4_last_one_ignored", "RFC3261-TIMER-D",
       fails("came 11 times, 10 acknowledged", {1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22}),
       busy(table_4, 9)},
      {"last_one_ignored", "RFC3261-TIMER-D",
       fails("came 4 times, 3 acknowledged", {1, 2, 4, 6, 8}), busy(thrice, 2)},
      {"only_the_first_acknowledged", "RFC3261-TIMER-D",
       fails("came 4 times, 1 acknowledged", {1, 2, 4, 5, 6}), busy(thrice, 0)},
      {"still_there_after_30_s", "RFC3261-TIMER-D",
       fails("came 2 times, 1 acknowledged", {1, 2, 4}), busy({30s}, 0)},
      {"gone_after_32_s", "RFC3261-TIMER-D",
       needs("an INVITE whose error response came more than once"), busy({33s}, 0)},
      {"doubled_by_the_network", "RFC3261-TIMER-D",
       needs("an INVITE whose error response came more than once"), busy({1ms}, 0)},
      {"captured_at_the_server", "RFC3261-TIMER-D",
       inconclusive("3 acknowledged; but the capture was not taken at the device", {1, 2, 4, 6, 8}),
       busy(thrice, 2, trace::Vantage::server)},
      {"came_once", "RFC3261-TIMER-D", needs("an INVITE whose error response came more than once"),
       busy({}, never_deaf)},
      {"left_before_it_came", "RFC3261-TIMER-D",
       needs("an INVITE whose error response came more than once"),
       [](Setting s) {
         const auto invite = s.trace.at(1s).from_device(primary).request("INVITE");
         s.trace.at(3s).from_device(secondary).request("INVITE");
         const auto late = s.trace.at(10s).to_device(primary).response(486, {.to = invite});
         s.trace.retransmissions(late, thrice);
         s.trace.ends(60s);
       }},
  };
}

std::function<void(Setting)> acknowledged_with(const Fields& ack) {
  return [ack](Setting s) {
    const auto invite = s.trace.at(1s).from_device(primary).request(
        "INVITE", {.branch = "z9hG4bKrefused",
                   .call_id = "refused",
                   .headers = {{"Route", "<sip:127.0.0.11:5070;lr>"}}});
    s.trace.at(2s).to_device(primary).response(486, {.to_tag = "no", .to = invite});
    Fields written = ack;
    written.in = invite;
    if (written.headers.empty()) written.headers = {{"Route", "<sip:127.0.0.11:5070;lr>"}};
    s.trace.at(2010ms).from_device(primary).request("ACK", written);
    s.trace.ends(60s);
  };
}

std::function<void(Setting)> without_ack(trace::Vantage vantage) {
  return [vantage](Setting s) {
    s.trace.vantage(vantage);
    const auto invite = s.trace.at(1s).from_device(primary).request("INVITE");
    s.trace.at(2s).to_device(primary).response(486, {.to = invite});
    s.trace.ends(60s);
  };
}

std::vector<Case> ack_cases() {
  constexpr std::string_view id = "RFC3261-ACK-NON2XX";
  return {
      {"repeats_the_invite", id, Verdict::pass, acknowledged_with({})},
      {"another_branch", id, fails("its Via is not that of the INVITE", {1, 2, 3}),
       acknowledged_with({.branch = "z9hG4bKother"})},
      {"two_vias", id, fails("it has more than one Via", {1, 2, 3}),
       acknowledged_with({.headers = {{"Via", "SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bKrefused"},
                                      {"Via", "SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bKsecond"},
                                      {"Route", "<sip:127.0.0.11:5070;lr>"}}})},
      {"another_number", id, fails("its CSeq number is 7", {1, 2, 3}),
       acknowledged_with({.cseq = 7})},
      {"another_call", id, fails("its Call-ID is not that of the INVITE", {1, 2, 3}),
       acknowledged_with({.call_id = "another"})},
      {"without_the_response_s_tag", id, fails("its To is not that of the response", {1, 2, 3}),
       acknowledged_with({.headers = {{"To", "<sip:1002@127.0.0.11:5070>"},
                                      {"Route", "<sip:127.0.0.11:5070;lr>"}}})},
      {"without_the_route", id, fails("its Route is not that of the INVITE", {1, 2, 3}),
       acknowledged_with({.headers = {{"X-Route", "no"}}})},
      {"another_request_uri", id, fails("its Request-URI is sip:1002@127.0.0.12:5080", {1, 2, 3}),
       acknowledged_with({.uri = "sip:1002@127.0.0.12:5080"})},
      {"to_the_other_server", id, fails("it went to 127.0.0.12:5080", {1, 2, 3}),
       [](Setting s) {
         const auto invite =
             s.trace.at(1s).from_device(primary).request("INVITE", {.branch = "z9hG4bKrefused"});
         s.trace.at(2s).to_device(primary).response(486, {.to = invite});
         s.trace.at(2010ms).from_device(secondary).request(
             "ACK", {.branch = "z9hG4bKrefused", .in = invite});
         s.trace.ends(60s);
       }},
      {"none_at_all", id, fails("never acknowledged", {1, 2}), without_ack(trace::Vantage::device)},
      {"none_seen_at_the_server", id,
       inconclusive("never acknowledged; but the capture was not taken at the device", {1, 2}),
       without_ack(trace::Vantage::server)},
      {"answered", id, needs("an INVITE that is refused"),
       [](Setting s) { s.trace.complete_call(primary, 7s); }},
  };
}

}  // namespace rfc3261_17_invite

std::vector<Case> rfc3261_17_invite_cases() {
  using namespace rfc3261_17_invite;
  std::vector<Case> all;
  for (const auto family : {table_3_cases, provisional_cases, copy_cases, ack_cases})
    for (Case& one : family()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
