#include <fmt/format.h>

#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace rfc3261_17_server {

using Offsets = std::vector<Duration>;

void never_called(Setting s) {
  registrations(s.trace, 100s);
}

// --- The first word ---

/// Called at 5 s; `status` comes so long after.
std::function<void(Setting)> first_word(Duration after, int status) {
  return [=](Setting s) {
    booted(s.trace);
    s.trace.at(5s).to_device(primary).request("INVITE");
    s.trace.at(5s + after).from_device(primary).response(status);
    s.trace.ends(20s);
  };
}

std::vector<Case> first_word_cases() {
  const auto no_word = [](Setting s) {
    booted(s.trace);
    s.trace.at(5s).to_device(primary).request("INVITE");
    s.trace.ends(20s);
  };
  return {
      {"trying", "RFC3261-UAS-100", Verdict::pass, first_word(200ms, 100)},
      {"rings_at_once", "RFC3261-UAS-100", Verdict::pass, first_word(10ms, 180)},
      {"within_tolerance", "RFC3261-UAS-100", Verdict::pass, first_word(219ms, 100)},
      {"rings_late", "RFC3261-UAS-100", fails("first response to an INVITE: 0.221 s", {5, 6}),
       first_word(221ms, 180)},
      {"says_nothing", "RFC3261-UAS-100", fails("got no response at all", {5}), no_word},
      {"seen_from_the_server", "RFC3261-UAS-100",
       inconclusive("what arrived there is not known", {5}),
       [=](Setting s) {
         no_word(s);
         s.trace.vantage(trace::Vantage::server);
       }},
      {"switched_off", "RFC3261-UAS-100", needs("an INVITE of a server"),
       [](Setting s) {
         booted(s.trace);
         s.trace.at(4s).action("shutdown");
         s.trace.at(5s).to_device(primary).request("INVITE");
         s.trace.ends(20s);
       }},
      {"never_called", "RFC3261-UAS-100", needs("an INVITE of a server"), never_called},
  };
}

// --- Refusals ---

/// Called at 5 s, refused at 8 s, the refusal again at these offsets; ACK, if any, so long after.
std::function<void(Setting)> refused(Offsets copies, std::optional<Duration> ack = {}) {
  return [=](Setting s) {
    booted(s.trace);
    s.trace.at(5s).to_device(primary).request("INVITE");
    s.trace.at(5s).from_device(primary).response(180);
    const MessageId refusal = s.trace.at(8s).response(486);
    s.trace.retransmissions(refusal, copies);
    if (ack) s.trace.at(8s + *ack).to_device(primary).request("ACK");
    s.trace.ends(200s);
  };
}

struct Row {
  std::string name;
  sip::Timers timers;
  Offsets copies;
};

const Row table_4[] = {
    {"t1_500ms_t2_4s", {500ms, 4s, 5s}, and_then_every({500ms, 1500ms, 3500ms}, 4s, 31500ms)},
    {"t1_500ms_t2_2s", {500ms, 2s, 5s}, and_then_every({500ms, 1500ms}, 2s, 31500ms)},
    {"t1_500ms_t2_8s",
     {500ms, 8s, 5s},
     and_then_every({500ms, 1500ms, 3500ms, 7500ms}, 8s, 31500ms)},
    {"t1_1s_t2_4s", {1s, 4s, 5s}, and_then_every({1s, 3s}, 4s, 63s)},
    {"t1_1s_t2_8s", {1s, 8s, 5s}, and_then_every({1s, 3s, 7s}, 8s, 63s)},
    {"t1_2s_t2_4s", {2s, 4s, 5s}, and_then_every({2s}, 4s, 126s)},
};

std::vector<Case> timer_cases() {
  std::vector<Case> cases;
  for (const Row& row : table_4) {
    const auto with_timers = [row](const Offsets& copies) {
      return [row, copies](Setting s) {
        s.profile.timers = row.timers;
        refused(copies)(s);
      };
    };
    Offsets one_missing = row.copies;
    one_missing.erase(one_missing.begin() + 3);
    cases.push_back({row.name, "RFC3261-TIMER-G", Verdict::pass, with_timers(row.copies)});
    cases.push_back({row.name + "_with_a_gap", "RFC3261-TIMER-G",
                     fails(fmt::format("transmission 5 after the one before: {}",
                                       format_seconds(row.copies[4] - row.copies[2])),
                           {10, 11}),
                     with_timers(one_missing)});
    cases.push_back({row.name, "RFC3261-TIMER-H", Verdict::pass, with_timers(row.copies)});
  }
  return cases;
}

std::vector<Case> refusal_cases() {
  const Offsets& copies = table_4[0].copies;
  Offsets too_many = copies;
  too_many.push_back(35500ms);
  return {
      {"uncapped", "RFC3261-TIMER-G",
       fails("transmission 6 after the one before: 8.000 s", {11, 12}),
       refused({500ms, 1500ms, 3500ms, 7500ms, 15500ms, 31500ms})},
      {"sent_once", "RFC3261-TIMER-G", fails("486 to INVITE sent once", {7}), refused({})},
      {"told_that_the_caller_is_gone", "RFC3261-TIMER-G", Verdict::pass,
       [](Setting s) {
         refused({500ms})(s);
         const MessageId last = s.trace.at(9500ms).from_device(primary).response(486);
         s.trace.at(9501ms).icmp(last);
       }},
      {"acknowledged_in_between", "RFC3261-TIMER-G", Verdict::pass,
       refused({500ms, 1500ms, 3500ms}, 4s)},
      {"acknowledged_at_once", "RFC3261-TIMER-G", needs("a refused INVITE whose ACK is withheld"),
       refused({}, 10ms)},
      {"gap_seen_from_the_server", "RFC3261-TIMER-G",
       inconclusive("a transmission may have been lost on the way", {8, 9}),
       [](Setting s) {
         refused({500ms, 3500ms, 7500ms})(s);
         s.trace.vantage(trace::Vantage::server);
       }},
      {"asked_again", "RFC3261-TIMER-G", needs("a refused INVITE whose ACK is withheld"),
       [](Setting s) {
         booted(s.trace);
         const MessageId invite = s.trace.at(5s).to_device(primary).request("INVITE");
         const MessageId refusal = s.trace.at(8s).from_device(primary).response(486);
         s.trace.at(8050ms).to_device(primary).repeat(invite);
         s.trace.retransmissions(refusal, {50ms, 500ms, 1500ms});
       }},
      {"goes_on", "RFC3261-TIMER-H", fails("last 486 to INVITE without ACK: 35.500 s", {7, 18}),
       refused(too_many)},
      {"acknowledged", "RFC3261-TIMER-H", needs("a refused INVITE whose ACK never comes"),
       refused({}, 10ms)},
      {"falls_silent", "RFC3261-TIMER-I", Verdict::pass, refused({500ms, 1500ms}, 1600ms)},
      {"crosses_the_ack", "RFC3261-TIMER-I", Verdict::pass, refused({500ms}, 490ms)},
      {"goes_on", "RFC3261-TIMER-I", fails("sent again 0.900 s after its ACK", {9, 10}),
       refused({500ms, 1500ms}, 600ms)},
      {"goes_on_at_the_server", "RFC3261-TIMER-I",
       inconclusive("what arrived there is not known", {9, 10}),
       [](Setting s) {
         refused({500ms, 1500ms}, 600ms)(s);
         s.trace.vantage(trace::Vantage::server);
       }},
      {"never_acknowledged", "RFC3261-TIMER-I", needs("a refused INVITE that is acknowledged"),
       refused(copies)},
  };
}

// --- The same request again ---

/// OPTIONS at 5 s, answered; again so long after, when `answer` writes what the device says.
std::function<void(Setting)> asked_again(Duration after,
                                         std::function<void(TraceBuilder&, MessageId)> answer) {
  return [=](Setting s) {
    booted(s.trace);
    const MessageId options = s.trace.at(5s).to_device(primary).request("OPTIONS");
    const MessageId ok = s.trace.at(5010ms).from_device(primary).response(200);
    s.trace.at(5s + after).to_device(primary).repeat(options);
    answer(s.trace.at(5010ms + after).from_device(primary), ok);
    s.trace.ends(60s);
  };
}

std::vector<Case> repeated_request_cases() {
  const auto same = [](TraceBuilder& trace, MessageId ok) { trace.repeat(ok); };
  const auto other = [](TraceBuilder& trace, MessageId) {
    trace.response(200, {.to_tag = "another"});
  };
  const auto nothing = [](TraceBuilder&, MessageId) {};
  return {
      {"same_after_a_second", "RFC3261-TIMER-J", Verdict::pass, asked_again(1s, same)},
      {"same_after_thirty_seconds", "RFC3261-TIMER-J", Verdict::pass, asked_again(30s, same)},
      {"another_response", "RFC3261-TIMER-J", fails("another response than the first", {6, 7, 8}),
       asked_again(10s, other)},
      {"no_response", "RFC3261-TIMER-J", fails("got no response", {6, 7}),
       asked_again(10s, nothing)},
      {"no_response_at_the_server", "RFC3261-TIMER-J",
       inconclusive("what arrived there is not known", {6, 7}),
       [=](Setting s) {
         asked_again(10s, nothing)(s);
         s.trace.vantage(trace::Vantage::server);
       }},
      {"anew_after_forty_seconds", "RFC3261-TIMER-J", needs("a request of a server, not an INVITE"),
       asked_again(40s, other)},
      {"never_asked", "RFC3261-TIMER-J", needs("a request of a server, not an INVITE"),
       never_called},
  };
}

}  // namespace rfc3261_17_server

std::vector<Case> rfc3261_17_server_cases() {
  using namespace rfc3261_17_server;
  std::vector<Case> all = first_word_cases();
  for (const auto family : {timer_cases, refusal_cases, repeated_request_cases})
    for (Case& one : family()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
