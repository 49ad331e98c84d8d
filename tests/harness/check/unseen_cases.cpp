// What no capture tells without a journal: whether a server that gave a sign of trouble was out,
// and whether a user hung up whose INVITE had no response; and what a 200 to REGISTER leaves
// unsaid.

#include "tests/harness/check/fallback_situations.hpp"

namespace sipharness::check_tests {
namespace unseen {

using capture::StreamEvent;

// --- Was the server out? -------------------------------------------------------------------------

/// Registered at both for 120 s over TCP, refreshed at the secondary alone; `trouble` befalls the
/// primary.
std::function<void(Setting)> left_to_lapse(const std::function<void(Setting)>& trouble) {
  return [=](Setting s) {
    s.profile.transport = Transport::tcp;
    s.trace.over(Transport::tcp);
    registrations(s.trace, 0s);
    for (const Duration at : {100s, 200s, 300s}) s.trace.registration(secondary, at, 120s);
    trouble(s);
    s.trace.ends(330s);
  };
}

void resets_an_idle_connection(Setting s) {
  s.trace.at(5s).to_device(primary).stream_event(StreamEvent::reset);
}

void resets_it_and_is_heard_again(Setting s) {
  resets_an_idle_connection(s);
  s.trace.at(60s).to_device(primary).request("OPTIONS");
  s.trace.at(60010ms).from_device(primary).response(200);
}

void leaves_a_message_unanswered(Setting s) {
  s.trace.at(40s).from_device(primary).request("MESSAGE");
}

/// The primary resets its connection, and is registered with again when the binding has lapsed.
void comes_back_late(Setting s) {
  resets_an_idle_connection(s);
  s.trace.registration(primary, 150s, 120s);
  s.trace.registration(primary, 250s, 120s);
}

/// The primary says 100 to the REGISTER and no more; the secondary leaves a message unanswered.
void only_tries_the_register(Setting s) {
  const auto sent = s.trace.at(0s).from_device(primary).request("REGISTER", {.expires = 120s});
  s.trace.at(10ms).to_device(primary).response(100, {.to = sent});
  s.trace.registration(secondary, 0s, 120s);
  s.trace.ignored(s.trace.at(5s).from_device(secondary).request("MESSAGE"));
  s.trace.ends(110s);
}

/// The refresh at the primary is lost three times, and accepted when the binding has lapsed.
void refreshes_over_a_lossy_link(Setting s) {
  registrations(s.trace, 0s);
  s.trace.registration(secondary, 100s, 120s);
  const auto sent = s.trace.at(119s).from_device(primary).request("REGISTER", {.expires = 120s});
  s.trace.retransmissions(sent, {500ms, 1500ms, 3500ms});
  s.trace.at(122600ms).to_device(primary).response(200, {.expires = 120s, .to = sent});
  s.trace.ends(150s);
}

/// It resets the connection over which the refresh went, and the refresh is never answered.
void resets_the_refresh(Setting s) {
  s.trace.at(100s).from_device(primary).request("REGISTER", {.expires = 120s});
  s.trace.at(100010ms).to_device(primary).stream_event(StreamEvent::reset);
}

/// Registered at both for 120 s, and then nothing; asked at 200 s, the device answers or not.
std::function<void(Setting)> never_refreshes(bool is_alive) {
  return [=](Setting s) {
    registrations(s.trace, 0s);
    for (const Duration at : {200s, 230s}) {
      s.trace.at(at).to_device(secondary).request("OPTIONS");
      if (is_alive) s.trace.at(at + 10ms).from_device(secondary).response(200);
    }
    s.trace.ends(300s);
  };
}

/// Registered at both, and called by the secondary at 50 s, which draws nothing; the device
/// refreshes its registrations or is not seen again.
std::function<void(Setting)> leaves_a_call_unanswered(bool is_alive) {
  return [=](Setting s) {
    registrations(s.trace, is_alive ? 100s : 0s);
    const auto invite = s.trace.at(50s).to_device(secondary).request("INVITE");
    s.trace.retransmissions(invite, timer_a);
    s.trace.ends(110s);
  };
}

/// Both servers are left in the middle of a refresh; the device comes back at 160 s with Call-IDs
/// of its own, at one server or both.
std::function<void(Setting)> comes_back_anew(bool at_both) {
  return [=](Setting s) {
    registrations(s.trace, 0s);
    silent_register(s.trace, primary, 100s);
    s.trace.registration(secondary, 100s, 120s);
    const auto anew = [&](trace::ServerRole server, const std::string& call_id) {
      s.trace.at(160s).from_device(server).request(
          "REGISTER", {.cseq = 1, .expires = 120s, .call_id = call_id, .from_tag = "9f8e7d6c"});
      s.trace.at(160020ms).to_device(server).response(200, {.expires = 120s});
    };
    anew(primary, "anew-primary@phone");
    if (at_both) anew(secondary, "anew-secondary@phone");
    s.trace.ends(200s);
  };
}

/// How the device is heard again at 200 s.
enum class Returns : std::uint8_t {
  anew,         ///< at both servers with other Call-IDs and From tags
  anew_at_one,  ///< and refreshes at the other
  from_one,     ///< at both with the Call-IDs of before, counting anew
  as_it_was,
};

void returns(Setting s, Returns how) {
  for (const trace::ServerRole server : {primary, secondary}) {
    Fields request{.expires = 120s};
    const bool is_anew = how == Returns::anew || (how == Returns::anew_at_one && server == primary);
    if (is_anew || how == Returns::from_one) request.cseq = 1;
    if (is_anew) {
      request.call_id = server == primary ? "anew-primary@phone" : "anew-secondary@phone";
      request.from_tag = "9f8e7d6c";
    }
    s.trace.at(200s).from_device(server).request("REGISTER", request);
    s.trace.at(200020ms).to_device(server).response(200, {.expires = 120s});
  }
  s.trace.ends(240s);
}

std::function<void(Setting)> lapses_and(Returns how) {
  return [=](Setting s) {
    registrations(s.trace, 0s);
    returns(s, how);
  };
}

/// In a call it leaves a request unanswered at 50 s.
std::function<void(Setting)> unanswered_in_a_call_and(Returns how) {
  return [=](Setting s) {
    s.trace.healthy_registrations(0s, 3600s);
    const auto invite = s.trace.at(5s).from_device(primary).request("INVITE");
    s.trace.at(6s).to_device(primary).response(200, {.to = invite});
    s.trace.at(6010ms).from_device(primary).request("ACK", {.in = invite});
    const auto info = s.trace.at(50s).to_device(primary).request("INFO", {.in = invite});
    s.trace.retransmissions(info, and_then_every({500ms, 1500ms, 3500ms}, 4s, 31500ms));
    returns(s, how);
  };
}

/// It takes a call, and its 200 is not acknowledged.
std::function<void(Setting)> takes_a_call_and(Returns how) {
  return [=](Setting s) {
    s.trace.healthy_registrations(0s, 3600s);
    const auto invite = s.trace.at(5s).to_device(primary).request("INVITE");
    s.trace.at(5100ms).from_device(primary).response(200, {.to = invite});
    returns(s, how);
  };
}

std::vector<Case> absence_cases() {
  const std::string was_off = "then it registers anew: was it off?";
  const std::string lapsed = "renewed after its last 200: 200.015 s";
  const std::string unanswered = "INFO in a call was not answered";
  std::vector<Case> cases{
      {"gone_and_begun_anew", "GRP-REG-04", inconclusive(was_off, {1}),
       foreign(lapses_and(Returns::anew))},
      {"gone_and_begun_anew", "GRP-REG-02", inconclusive(was_off, {5}),
       foreign(lapses_and(Returns::anew))},
      {"gone_and_counting_anew", "RFC3261-DLG-05", inconclusive(was_off, frames(12, 22)),
       foreign([](Setting s) {
         unanswered_in_a_call_and(Returns::from_one)(s);
         s.trace.healthy_registrations(1s, 3600s);
       })},
  };
  const auto add = [&](std::string_view id, const std::string& broken, const Frames& cited,
                       const std::function<std::function<void(Setting)>(Returns)>& write) {
    cases.push_back(
        {"gone_and_begun_anew", id, inconclusive(was_off, cited), foreign(write(Returns::anew))});
    cases.push_back({"begun_anew_at_one_server", id, fails(broken, cited),
                     foreign(write(Returns::anew_at_one))});
    cases.push_back(
        {"gone_and_back_as_it_was", id, fails(broken, cited), foreign(write(Returns::as_it_was))});
    cases.push_back({"begun_anew_in_a_run", id, fails(broken, cited), write(Returns::anew)});
  };
  add("RFC3261-REG-09", lapsed, {1, 5}, lapses_and);
  add("RFC3261-DLG-05", unanswered, frames(8, 18), unanswered_in_a_call_and);
  add("RFC3261-UAS-2XX", "200 sent once without ACK", {6}, takes_a_call_and);
  return cases;
}

std::vector<Case> presence_cases() {
  const std::string gone = "nothing of the device is seen after that: was it switched off?";
  std::vector<Case> cases;
  for (const std::string_view id : {"RFC3261-REG-09", "GRP-REG-04", "GRP-REG-02"}) {
    cases.push_back({"gone", id, inconclusive(gone, {1}), foreign(never_refreshes(false))});
    cases.push_back({"still_there", id, fails("the primary", {1}), foreign(never_refreshes(true))});
  }
  cases.push_back({"called_when_it_was_gone", "RFC3261-UAS-100",
                   inconclusive("was it switched off?", frames(5, 11)),
                   foreign(leaves_a_call_unanswered(false))});
  cases.push_back({"called_while_it_was_there", "RFC3261-UAS-100",
                   fails("an INVITE that got no response", frames(5, 11)),
                   foreign(leaves_a_call_unanswered(true))});
  cases.push_back({"restarted_in_an_outage", "RFC3261-REG-03", needs("two REGISTERs at one server"),
                   foreign(comes_back_anew(true))});
  cases.push_back({"a_new_call_id_after_a_failure", "RFC3261-REG-03",
                   warns("a new Call-ID at the primary", {18}), foreign(comes_back_anew(false))});
  return cases;
}

std::vector<Case> outage_cases() {
  const std::string was_out = "was it out? With --journal its outages would tell";
  return {
      {"reset_and_left", "RFC3261-REG-09",
       inconclusive("lapsed without a refresh; the primary was in trouble 4.995 s after", {1}),
       foreign(left_to_lapse(resets_an_idle_connection))},
      {"reset_and_left_in_a_run", "RFC3261-REG-09", fails("lapsed without a refresh", {1}),
       left_to_lapse(resets_an_idle_connection)},
      {"reset_heard_again_and_left", "RFC3261-REG-09", fails("lapsed without a refresh", {1}),
       foreign(left_to_lapse(resets_it_and_is_heard_again))},
      {"unanswered_and_left", "RFC3261-REG-09", inconclusive(was_out, {1}),
       foreign(left_to_lapse(leaves_a_message_unanswered))},
      {"reset_and_renewed_late", "RFC3261-REG-09",
       inconclusive("was renewed 30.000 s after it lapsed; the primary was in trouble", {1, 8}),
       foreign(left_to_lapse(comes_back_late))},
      {"reset_at_the_refresh", "RFC3261-REG-09", Verdict::pass,
       foreign(left_to_lapse(resets_the_refresh))},
      {"reset_and_left", "GRP-REG-04", inconclusive(was_out, {1}),
       foreign(left_to_lapse(resets_an_idle_connection))},
      {"reset_heard_again_and_left", "GRP-REG-04", fails("no refresh at the primary", {1}),
       foreign(left_to_lapse(resets_it_and_is_heard_again))},
      {"reset_and_left", "GRP-REG-02", inconclusive(was_out, {1}),
       foreign(left_to_lapse(resets_an_idle_connection))},
      {"reset_and_renewed_late", "GRP-REG-02", inconclusive(was_out, {8}),
       foreign(left_to_lapse(comes_back_late))},
      {"only_tries_the_register", "GRP-REG-03", needs("trouble at one server"),
       only_tries_the_register},
      {"asked_in_time", "GRP-REG-02", inconclusive("asked the primary in time", {7}),
       foreign(refreshes_over_a_lossy_link)},
      {"reset_and_left", "GRP-REG-03", needs("trouble at one server"),
       foreign(left_to_lapse(resets_an_idle_connection))},
  };
}

// --- Did the user hang up? -----------------------------------------------------------------------

/// Calls to one number after the other, begun at these times, that the primary leaves unanswered.
std::function<void(Setting)> silent_calls(std::vector<Duration> times) {
  return [=](Setting s) {
    s.trace.healthy_registrations(0s, 600s);
    std::uint32_t number = 1002;
    for (const Duration at : times)
      s.trace.silent_invite(primary, at, {.number = std::to_string(number++)});
    s.trace.ends(times.back() + 60s);
  };
}

/// One INVITE over a stream, which the primary resets 25 s later or not.
std::function<void(Setting)> silent_over_a_stream(bool is_reset) {
  return [=](Setting s) {
    s.profile.transport = Transport::tcp;
    s.trace.over(Transport::tcp);
    s.trace.healthy_registrations(0s, 600s);
    s.trace.at(35s).from_device(primary).request("INVITE");
    if (is_reset) s.trace.at(60s).to_device(primary).stream_event(StreamEvent::reset);
    s.trace.ends(140s);
  };
}

/// One INVITE at 7 s, which the primary tries, or not, and refuses with 503 in the end.
std::function<void(Setting)> refused_after(Duration wait, bool is_tried) {
  return [=](Setting s) {
    s.trace.healthy_registrations(0s, 600s);
    const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
    if (is_tried) s.trace.at(7010ms).to_device(primary).response(100, {.to = invite});
    s.trace.at(7s + wait).to_device(primary).response(503, {.to = invite});
    s.trace.at(7001ms + wait).from_device(primary).request("ACK", {.in = invite});
    s.trace.ends(60s);
  };
}

/// A call that rings at the primary is cancelled, and one to the same number begins at the
/// secondary.
void cancelled_and_dialled_anew(Setting s) {
  s.trace.healthy_registrations(0s, 600s);
  const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
  s.trace.at(7020ms).to_device(primary).response(180, {.to = invite});
  const auto cancel = s.trace.at(9s).from_device(primary).request("CANCEL", {.in = invite});
  s.trace.at(9020ms).to_device(primary).response(200, {.to = cancel});
  s.trace.at(9021ms).to_device(primary).response(487, {.to = invite});
  s.trace.at(9022ms).from_device(primary).request("ACK", {.in = invite});
  s.trace.complete_call(secondary, 11s);
  s.trace.ends(60s);
}

std::vector<Case> late_refusal_cases() {
  const std::string hung_up = "hung up before that? With --journal it would be told";
  std::vector<Case> cases;
  for (const std::string_view id : {"FO-INV503", "RFC3263-01"}) {
    cases.push_back(
        {"refused_late", id, inconclusive(hung_up, {5}), foreign(refused_after(15s, false))});
    cases.push_back(
        {"refused_at_once", id, warns("503", {5}), foreign(refused_after(20ms, false))});
    cases.push_back(
        {"tried_and_refused", id, warns("503", {5}), foreign(refused_after(15s, true))});
    cases.push_back({"refused_late_in_a_run", id, warns("503", {5}), refused_after(15s, false)});
  }
  cases.push_back({"cancelled_and_dialled_anew", "GRP-CALL-02", inconclusive("dialled anew?", {11}),
                   foreign(cancelled_and_dialled_anew)});
  cases.push_back({"reset_late", "RFC3261-GEN-10", inconclusive(hung_up, {5}),
                   foreign(silent_over_a_stream(true))});
  return cases;
}

std::vector<Case> unseen_hang_up_cases() {
  const std::string hung_up = "hung up before it was due at the secondary? With --journal";
  std::vector<Case> cases;
  for (const std::string_view id : {"GRP-CALL-03", "FO-DET-INV", "RFC3263-01"}) {
    cases.push_back(
        {"once_and_nowhere", id, inconclusive(hung_up, {5}), foreign(silent_calls({7s}))});
    cases.push_back({"each_dialled_anew", id, inconclusive(hung_up, {5}),
                     foreign(silent_calls({7s, 20s, 33s, 46s}))});
  }
  return cases;
}

std::vector<Case> habit_cases() {
  const auto each_time = foreign(silent_calls({7s, 60s, 120s}));
  return {
      {"each_time", "GRP-CALL-03", fails("7 INVITEs at the primary", {5}), each_time},
      {"each_time", "FO-DET-INV", fails("the silent primary was never left", {5}), each_time},
      {"each_time", "RFC3263-01", warns("no next server after Timer B", {5}), each_time},
      {"once_over_a_stream", "RFC3261-TIMER-B-REL", inconclusive("1 INVITE at the primary", {5}),
       foreign(silent_over_a_stream(false))},
      {"once_over_a_stream_that_is_reset", "FO-TCP-HALF",
       inconclusive("1 INVITE at the primary", {5}), foreign(silent_over_a_stream(true))},
  };
}

// --- What was granted? ---------------------------------------------------------------------------

using TheirHeaders = std::vector<std::pair<std::string, std::string>>;

/// REGISTERs at the primary `wait` apart, each answered by a 200 with these headers.
std::function<void(Setting)> told_by_200(int count, Duration wait, const TheirHeaders& headers) {
  return [=](Setting s) {
    for (int i = 0; i < count; ++i) {
      s.trace.at(i * wait).from_device(primary).request("REGISTER", {.expires = 120s});
      s.trace.at(i * wait + 20ms)
          .to_device(primary)
          .response(200, {.headers = headers, .without = {"Expires"}});
    }
    s.trace.ends(count * wait + 10s);
  };
}

std::vector<Case> unsaid_grant_cases() {
  const TheirHeaders stranger{{"Contact", "<sip:1001@192.0.2.99:5062>;expires=60"}};
  const TheirHeaders no_expiry{{"Contact", "<sip:1001@127.0.0.1:5062>"}};
  std::vector<Case> cases;
  for (const std::string_view id : {"GRP-REG-05", "RFC3261-REG-09"}) {
    cases.push_back({"lists_a_stranger", id,
                     inconclusive("does not list the device's Contact", {1, 2}),
                     told_by_200(2, 50s, stranger)});
    cases.push_back({"lists_it_without_expiry", id, inconclusive("Contact no expiry", {1, 2}),
                     told_by_200(2, 130s, no_expiry)});
  }
  return cases;
}

/// The first and every second frame after it.
Frames every_second(std::uint32_t last) {
  Frames found;
  for (std::uint32_t frame = 1; frame <= last; frame += 2) found.push_back(frame);
  return found;
}

std::vector<Case> nothing_granted_cases() {
  const TheirHeaders stranger{{"Contact", "<sip:1001@192.0.2.99:5062>;expires=60"}};
  const TheirHeaders no_time{{"Contact", "<sip:1001@127.0.0.1:5062>;expires=0"}};
  const TheirHeaders listed{{"Contact", "<sip:1001@127.0.0.1:5062>;expires=60"}};
  return {
      {"unlisted_without_end", "FO-HERD-03",
       warns("14 REGISTERs in a row at the primary were refused with 200 without a binding",
             every_second(27)),
       told_by_200(14, 500ms, stranger)},
      {"no_time_without_end", "FO-HERD-03",
       warns("14 REGISTERs in a row at the primary were refused with 200 without a binding",
             every_second(27)),
       told_by_200(14, 500ms, no_time)},
      {"unlisted_with_pauses", "FO-HERD-03", Verdict::pass, told_by_200(14, 30s, stranger)},
      {"bound_each_time", "FO-HERD-03",
       warns("14 REGISTERs in a row at the primary were accepted with 200", every_second(27)),
       told_by_200(14, 500ms, listed)},
  };
}

}  // namespace unseen

std::vector<Case> unseen_cases() {
  using namespace unseen;
  std::vector<Case> all;
  for (const auto& some :
       {outage_cases(), presence_cases(), absence_cases(), unseen_hang_up_cases(), habit_cases(),
        late_refusal_cases(), unsaid_grant_cases(), nothing_granted_cases()})
    all.insert(all.end(), some.begin(), some.end());
  return all;
}

}  // namespace sipharness::check_tests
