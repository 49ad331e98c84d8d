// Answers of the primary that move a call or do not; 100 is no failure for RFC 3263 either.

#include <utility>

#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace failover_answers {

using Headers = std::vector<std::pair<std::string, std::string>>;

void no_call(Setting s) {
  registrations(s.trace, 100s);
}

/// The primary answers a call at 7 s with `status`; the secondary is called `then` later, if at
/// all.
std::function<void(Setting)> answered(int status, std::optional<Duration> then = {},
                                      Headers headers = {}) {
  return [=](Setting s) {
    s.trace.healthy_registrations(0s, 120s);
    s.trace.at(7s).dial();
    const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
    s.trace.at(7020ms).to_device(primary).response(status, {.headers = headers, .to = invite});
    s.trace.at(7021ms).from_device(primary).request("ACK", {.in = invite});
    if (then) s.trace.complete_call(secondary, 7020ms + *then);
    s.trace.ends(60s);
  };
}

/// The same, and the next call at 20 s begins at `server`.
std::function<void(Setting)> then_calls(int status, Headers headers, trace::ServerRole server) {
  return [=](Setting s) {
    answered(status, 10ms, headers)(s);
    s.trace.at(20s).dial();
    s.trace.complete_call(server, 20s);
  };
}

/// The primary's first word comes `after` the INVITE; the secondary is called at `left`, if at all.
std::function<void(Setting)> slow(Duration after, std::optional<Duration> left = {}) {
  return [=](Setting s) {
    s.trace.healthy_registrations(0s, 120s);
    s.trace.at(7s).dial();
    const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
    s.trace.retransmissions(invite, {500ms, 1500ms});
    s.trace.at(7s + after).to_device(primary).response(180, {.to = invite});
    if (left) s.trace.complete_call(secondary, 7s + *left);
    s.trace.ends(60s);
  };
}

/// 100 and nothing more.
void only_trying(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(7s).dial();
  const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
  s.trace.at(7020ms).to_device(primary).response(100, {.to = invite});
  s.trace.ends(80s);
}

/// The user gives up 50 s after the 100, and the primary ends the INVITE as it must (RFC 3261
/// §9.2).
void hung_up_after_100(Setting s) {
  only_trying(s);
  const auto cancel = s.trace.at(57s).from_device(primary).request("CANCEL");
  s.trace.at(57010ms).to_device(primary).response(200, {.to = cancel});
  s.trace.at(57020ms).to_device(primary).response(487, {.to = 4});
  s.trace.at(57030ms).from_device(primary).request("ACK");
}

const Headers wait_a_minute = {{"Retry-After", "60"}};

std::vector<Case> trying_cases() {
  return {
      {"trap_2_no_failover_after_100", "FO-100SIL", info("the device went on waiting", {5}),
       only_trying},
      {"moved_on_after_100", "FO-100SIL", info("the call went to the secondary 50.000 s", {5, 7}),
       [](Setting s) {
         only_trying(s);
         s.trace.complete_call(secondary, 57s);
       }},
      {"cancelled_after_100", "FO-100SIL", info("the call was cancelled 50.000 s", {5}),
       [](Setting s) {
         only_trying(s);
         s.trace.at(57s).from_device(primary).request("CANCEL");
       }},
      {"cancelled_after_100_and_answered_487", "FO-100SIL",
       info("the call was cancelled 50.000 s", {5}), hung_up_after_100},
      {"cancelled_after_100_and_answered_487", "RFC3263-02",
       info("the call was cancelled 50.000 s", {5}), hung_up_after_100},
      {"refused_after_100", "FO-100SIL",
       needs("a call to which the primary says 100 and nothing more"),
       [](Setting s) {
         only_trying(s);
         s.trace.at(57s).to_device(primary).response(487);
       }},
      {"no_call", "FO-100SIL", needs("a call to which the primary says 100 and nothing more"),
       no_call},
      {"trap_2_100_is_no_failure", "RFC3263-02", info("the device went on waiting", {5}),
       only_trying},
      {"trap_2_no_failover_is_asked_for_after_100", "RFC3263-01",
       needs("a call that fails at the primary"), only_trying},
      {"no_call", "RFC3263-02", needs("a call to which the primary says 100 and nothing more"),
       no_call},
  };
}

}  // namespace failover_answers

std::vector<Case> failover_answers_cases() {
  using namespace failover_answers;
  std::vector<Case> all = {
      {"moves_on_at_once", "FO-INV503", Verdict::pass, answered(503, 10ms)},
      {"never_moves_on", "FO-INV503", warns("the secondary was never tried", {5}), answered(503)},
      {"moves_on_late", "FO-INV503", warns("after the primary's 503: 3.000 s", {5, 8}),
       answered(503, 3s)},
      {"dialled_anew", "FO-INV503",
       inconclusive("at the secondary 3.000 s after 503: dialled anew?", {5, 8}),
       foreign(answered(503, 3s))},
      {"leaves_it_alone", "FO-INV503", Verdict::pass, then_calls(503, wait_a_minute, secondary)},
      {"calls_it_too_soon", "FO-INV503", warns("12.980 s after a 503", {14}),
       then_calls(503, wait_a_minute, primary)},
      {"no_call", "FO-INV503", needs("a call that the primary answers with 503"), no_call},
      {"tried_again", "RFC3261-GEN-13", Verdict::pass, then_calls(503, {}, primary)},
      {"avoided", "RFC3261-GEN-13", fails("kept the next call from the primary", {5, 14}),
       then_calls(503, {}, secondary)},
      {"asked_to_wait", "RFC3261-GEN-13", needs("a call after the primary answered one with 503"),
       then_calls(503, wait_a_minute, secondary)},
      {"no_call", "RFC3261-GEN-13", needs("a call after the primary answered one with 503"),
       no_call},
      {"moved_on_after_500", "FO-INV5XX", info("500: the call went to the secondary", {5, 8}),
       answered(500, 10ms)},
      {"ended_after_504", "FO-INV5XX", info("504: the call ended at the primary", {5}),
       answered(504)},
      {"no_call", "FO-INV5XX", needs("a call that the primary answers with 408 or 5xx"), no_call},
      {"busy_is_busy", "FO-INV4XX", Verdict::pass, answered(486)},
      {"busy_rings_elsewhere", "FO-INV4XX", fails("486: the call went to the secondary", {5, 8}),
       answered(486, 10ms)},
      {"declined_rings_elsewhere", "FO-INV4XX",
       fails("603: the call went to the secondary", {5, 8}), answered(603, 10ms)},
      {"not_found_is_sought_elsewhere", "FO-INV4XX",
       warns("404: the call went to the secondary", {5, 8}), answered(404, 10ms)},
      {"an_unknown_4xx_is_a_400", "FO-INV4XX", Verdict::pass, answered(499)},
      {"no_call", "FO-INV4XX", needs("a call that the primary refuses with 4xx or 6xx"), no_call},
      {"waits_for_a_slow_primary", "FO-SLOW-LT", Verdict::pass, slow(3s)},
      {"leaves_a_slow_primary", "FO-SLOW-LT", warns("left the primary after 2.000 s", {5, 8}),
       slow(3s, 2s)},
      {"answered_within_t1", "FO-SLOW-LT",
       needs("a call that the primary answers after T1 and before Timer B"), slow(300ms)},
  };
  for (Case& one : trying_cases()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
