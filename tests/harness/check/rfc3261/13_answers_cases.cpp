#include <fmt/format.h>

#include "tests/harness/check/midcall_situations.hpp"

namespace sipharness::check_tests {
namespace rfc3261_13_answers {

using Offsets = std::vector<Duration>;

void never_called(Setting s) {
  registrations(s.trace, 100s);
}

// --- Ringing ---

/// Called at 5 s; 180 at these times after; taken at `answered` after, if at all.
std::function<void(Setting)> rings(Offsets rings, std::optional<Duration> answered,
                                   const Fields& fields = {}) {
  return [=](Setting s) {
    booted(s.trace);
    s.trace.at(5s).to_device(secondary).request("INVITE");
    for (const Duration ring : rings)
      s.trace.at(5s + ring).from_device(secondary).response(180, fields);
    if (answered) s.trace.at(5s + *answered).from_device(secondary).response(200);
    s.trace.ends(160s);
  };
}

std::vector<Case> ringing_cases() {
  return {
      {"every_fifty_seconds", "RFC3261-UAS-1XX", Verdict::pass, rings({0s, 50s, 100s}, 130s)},
      {"a_little_more_than_a_minute", "RFC3261-UAS-1XX", Verdict::pass,
       rings({0s, 61s, 121s}, 130s)},
      {"once_only", "RFC3261-UAS-1XX", fails("to the end of ringing: 130.000 s", {5, 6}),
       rings({0s}, 130s)},
      {"stops_after_a_minute", "RFC3261-UAS-1XX", fails("to the end of ringing: 80.000 s", {5, 7}),
       rings({0s, 50s}, 130s)},
      {"rings_to_the_end_of_the_capture", "RFC3261-UAS-1XX",
       fails("to the end of ringing: 155.000 s", {5, 6}), rings({0s}, {})},
      {"once_only_at_the_server", "RFC3261-UAS-1XX",
       inconclusive("a 1xx may have been lost on the way", {5, 6}),
       [](Setting s) {
         rings({0s}, 130s)(s);
         s.trace.vantage(trace::Vantage::server);
       }},
      {"reliable_ringing", "RFC3261-UAS-1XX",
       needs("a call to the device that rings for more than a minute"),
       rings({0s}, 130s, {.headers = {{"Require", "100rel"}}})},
      {"given_up_in_time", "RFC3261-UAS-1XX",
       needs("a call to the device that rings for more than a minute"),
       [](Setting s) {
         rings({0s}, {})(s);
         s.trace.at(35s).to_device(secondary).request("CANCEL");
       }},
      {"answered_soon", "RFC3261-UAS-1XX",
       needs("a call to the device that rings for more than a minute"), rings({0s}, 20s)},
  };
}

// --- The 200 until its ACK ---

struct Answer {
  Offsets copies{};  ///< of the 200, after the first
  std::optional<Duration> ack{};
  std::optional<Duration> bye{};
  sip::Timers timers{};
};

/// Called at 5 s, answered at 8 s.
std::function<void(Setting)> answers(const Answer& answer) {
  return [=](Setting s) {
    s.profile.timers = answer.timers;
    booted(s.trace);
    s.trace.at(5s).to_device(primary).request("INVITE");
    const MessageId ok = s.trace.at(8s).from_device(primary).response(200);
    s.trace.retransmissions(ok, answer.copies);
    if (answer.ack) s.trace.at(8s + *answer.ack).to_device(primary).request("ACK");
    if (answer.bye) s.trace.at(8s + *answer.bye).from_device(primary).request("BYE");
    s.trace.ends(200s);
  };
}

struct Row {
  std::string name;
  Answer answer;
};

/// Table T-5: the same offsets as T-4, and then BYE.
const Row table_5[] = {
    {"t1_500ms_t2_4s",
     {.copies = and_then_every({500ms, 1500ms, 3500ms}, 4s, 31500ms), .bye = 32s, .timers = {}}},
    {"t1_500ms_t2_2s",
     {.copies = and_then_every({500ms, 1500ms}, 2s, 31500ms),
      .bye = 32s,
      .timers = {500ms, 2s, 5s}}},
    {"t1_500ms_t2_8s",
     {.copies = and_then_every({500ms, 1500ms, 3500ms, 7500ms}, 8s, 31500ms),
      .bye = 32s,
      .timers = {500ms, 8s, 5s}}},
    {"t1_1s_t2_4s",
     {.copies = and_then_every({1s, 3s}, 4s, 63s), .bye = 64s, .timers = {1s, 4s, 5s}}},
    {"t1_1s_t2_8s",
     {.copies = and_then_every({1s, 3s, 7s}, 8s, 63s), .bye = 64s, .timers = {1s, 8s, 5s}}},
    {"t1_2s_t2_4s",
     {.copies = and_then_every({2s}, 4s, 126s), .bye = 128s, .timers = {2s, 4s, 5s}}},
};

std::vector<Case> timer_cases() {
  std::vector<Case> cases;
  for (const Row& row : table_5) {
    const std::vector<Duration>& copies = row.answer.copies;
    Answer without_bye = row.answer;
    without_bye.bye.reset();
    Answer one_missing = row.answer;
    one_missing.copies.erase(one_missing.copies.begin() + 3);
    cases.push_back({row.name, "RFC3261-UAS-2XX", Verdict::pass, answers(row.answer)});
    cases.push_back({row.name + "_without_bye", "RFC3261-UAS-2XX",
                     warns("no BYE ended the session",
                           frames(6, 6 + static_cast<std::uint32_t>(copies.size()))),
                     answers(without_bye)});
    cases.push_back({row.name + "_with_a_gap", "RFC3261-UAS-2XX",
                     fails(fmt::format("transmission 5 after the one before: {}",
                                       format_seconds(copies[4] - copies[2])),
                           {9, 10}),
                     answers(one_missing)});
  }
  return cases;
}

/// A copy of the INVITE draws the 200 once more than its timer would.
void copy_draws_the_200(Setting s) {
  booted(s.trace);
  const MessageId invite = s.trace.at(5s).to_device(primary).request("INVITE");
  const MessageId ok = s.trace.at(8s).from_device(primary).response(200);
  s.trace.at(8200ms).to_device(primary).repeat(invite);
  s.trace.retransmissions(ok, {200ms, 500ms, 1500ms});
  s.trace.at(10s).to_device(primary).request("ACK", {.in = invite});
  s.trace.ends(30s);
}

/// Called over TCP; the connection breaks at 30 s, and the 200 goes on over another.
void goes_on_over_another_connection(Setting s) {
  const auto connect = [&](std::uint16_t port) {
    s.trace.device("1001", {IpAddress::v4({127, 0, 0, 1}), port});
  };
  booted(s.trace);
  s.trace.over(Transport::tcp);
  connect(40001);
  const MessageId invite = s.trace.at(5s).to_device(primary).request("INVITE");
  for (const Duration copy : table_5[0].answer.copies) {
    if (copy == 500ms) s.trace.at(8s).from_device(primary).response(200, {.to = invite});
    if (copy > 22s) connect(40002);
    s.trace.at(8s + copy).from_device(primary).response(200, {.to = invite});
  }
  s.trace.at(40s).from_device(primary).request("BYE", {.in = invite});
  s.trace.ends(100s);
}

std::vector<Case> answer_cases() {
  const Offsets& copies = table_5[0].answer.copies;
  Offsets too_many = copies;
  too_many.push_back(35500ms);
  return {
      {"sent_once", "RFC3261-UAS-2XX", fails("200 sent once", {6}), answers({.bye = 32s})},
      {"goes_on_past_64_t1", "RFC3261-UAS-2XX",
       fails("200 still sent after 64 x T1", frames(6, 17)),
       answers({.copies = too_many, .bye = 36s})},
      {"bye_too_late", "RFC3261-UAS-2XX",
       warns("BYE after a 200 that was never acknowledged: 34.000 s", frames(6, 17)),
       answers({.copies = copies, .bye = 34s})},
      {"acknowledged_in_between", "RFC3261-UAS-2XX", Verdict::pass,
       answers({.copies = {500ms, 1500ms, 3500ms}, .ack = 4s})},
      {"goes_on_despite_its_ack", "RFC3261-UAS-2XX",
       fails("200 sent again after its ACK", {6, 7, 9, 10}),
       answers({.copies = {500ms, 1500ms, 3500ms}, .ack = 1s})},
      {"acknowledged_at_once", "RFC3261-UAS-2XX",
       needs("a call that the device answers and whose ACK is withheld"), answers({.ack = 10ms})},
      {"copy_of_the_invite_draws_it_too", "RFC3261-UAS-2XX",
       needs("a call that the device answers and whose ACK is withheld"), copy_draws_the_200},
      {"goes_on_over_another_connection", "RFC3261-UAS-2XX", Verdict::pass,
       goes_on_over_another_connection},
      {"hung_up_meanwhile", "RFC3261-UAS-2XX",
       needs("a call that the device answers and whose ACK is withheld"),
       answers({.copies = {500ms}, .bye = 1s})},
      {"never_called", "RFC3261-UAS-2XX",
       needs("a call that the device answers and whose ACK is withheld"), never_called},
  };
}

// --- Copies that mean nothing new ---

/// Called at 5 s, answered at 8 s, acknowledged; a copy of the INVITE at 10 s draws `again`.
std::function<void(Setting)> invited_again(std::optional<int> again) {
  return [=](Setting s) {
    booted(s.trace);
    const MessageId invite = s.trace.at(5s).to_device(primary).request("INVITE");
    s.trace.at(8s).from_device(primary).response(200);
    s.trace.at(8010ms).to_device(primary).request("ACK", {.in = invite});
    s.trace.at(10s).to_device(primary).repeat(invite);
    if (again)
      s.trace.at(10010ms).from_device(primary).response(*again, {.to_tag = "new", .to = invite});
    s.trace.ends(30s);
  };
}

/// Dialled at 5 s; the 200 comes again at 10 s; the device says BYE so long after, if at all.
std::function<void(Setting)> answered_again(std::optional<Duration> bye, bool by_user) {
  return [=](Setting s) {
    booted(s.trace);
    s.trace.at(5s).dial();
    s.trace.at(5s).from_device(primary).request("INVITE");
    const MessageId ok = s.trace.at(8s).to_device(primary).response(200);
    s.trace.at(8010ms).from_device(primary).request("ACK");
    s.trace.at(10s).to_device(primary).repeat(ok);
    if (by_user) s.trace.at(10s + *bye).hang_up();
    if (bye) s.trace.at(10s + *bye).from_device(primary).request("BYE");
    s.trace.ends(30s);
  };
}

std::vector<Case> copy_cases() {
  return {
      {"copy_of_an_invite", "RFC6026-01", Verdict::pass, invited_again({})},
      {"copy_rings_again", "RFC6026-01", fails("got 180", {5, 8}), invited_again(180)},
      {"copy_is_busy", "RFC6026-01", fails("got 486", {5, 8}), invited_again(486)},
      {"copy_is_a_loop", "RFC6026-01", fails("got 482", {5, 8}), invited_again(482)},
      {"copy_of_a_200", "RFC6026-01", Verdict::pass, answered_again({}, false)},
      {"copy_of_a_200_ends_the_call", "RFC6026-01", fails("ended the call", {8}),
       answered_again(100ms, false)},
      {"copy_of_a_200_ends_the_call_before_its_user_does", "RFC6026-01",
       fails("ended the call", {8}),
       [](Setting s) {
         answered_again(100ms, false)(s);
         s.trace.at(20s).hang_up();
       }},
      {"far_end_hangs_up_just_then", "RFC6026-01",
       needs("an INVITE or a 200 that comes again when the call is up"),
       [](Setting s) {
         answered_again({}, false)(s);
         s.trace.at(10100ms).to_device(primary).request("BYE");
       }},
      {"call_was_lost_just_then", "RFC6026-01",
       needs("an INVITE or a 200 that comes again when the call is up"),
       [](Setting s) {
         const MessageId call = call_up(s, false);
         s.trace.at(10s).to_device(primary).response(200, {.to = call});
         const MessageId change = reinvite(s, call, 9s);
         s.trace.at(10050ms).to_device(primary).response(481, {.to = change});
         s.trace.at(10100ms).from_device(primary).request("BYE", {.in = call});
         s.trace.ends(30s);
       }},
      {"hung_up_just_then", "RFC6026-01",
       needs("an INVITE or a 200 that comes again when the call is up"),
       answered_again(100ms, true)},
      {"never_called", "RFC6026-01",
       needs("an INVITE or a 200 that comes again when the call is up"), never_called},
  };
}

}  // namespace rfc3261_13_answers

std::vector<Case> rfc3261_13_answers_cases() {
  using namespace rfc3261_13_answers;
  std::vector<Case> all = ringing_cases();
  for (const auto family : {timer_cases, answer_cases, copy_cases})
    for (Case& one : family()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
