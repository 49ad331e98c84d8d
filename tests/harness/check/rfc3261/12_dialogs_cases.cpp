#include "tests/harness/check/midcall_situations.hpp"

namespace sipharness::check_tests {
namespace rfc3261_12_dialogs {

/// A call to the device is up; a BYE with these fields draws `status`.
std::function<void(Setting)> bye(const Fields& fields, int status) {
  return [=](Setting s) {
    booted(s.trace);
    s.trace.at(5s).to_device(primary).request("INVITE");
    s.trace.at(6s).from_device(primary).response(200);
    s.trace.at(6010ms).to_device(primary).request("ACK");
    s.trace.at(10s).to_device(primary).request("BYE", fields);
    s.trace.at(10010ms).from_device(primary).response(status);
  };
}

std::vector<Case> unknown_dialog_cases() {
  const Fields stray{.call_id = "never-was", .to_tag = "nobody"};
  const Fields other_tag{.to_tag = "nobody"};
  return {
      {"unknown", "RFC3261-DLG-04", Verdict::pass, bye(stray, 481)},
      {"unknown_and_taken", "RFC3261-DLG-04", warns("got 200", {8, 9}), bye(stray, 200)},
      {"other_tag_and_taken", "RFC3261-DLG-04", warns("got 200", {8, 9}), bye(other_tag, 200)},
      {"other_tag_through_a_proxy", "RFC3261-DLG-04",
       needs("a BYE in a dialog that the device does not know"),
       bye({.to_tag = "nobody",
            .headers = {{"Via", "SIP/2.0/UDP 127.0.0.11:5070;branch=z9hG4bKp"},
                        {"Via", "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKfar"}}},
           200)},
      {"unknown_wants_proof", "RFC3261-DLG-04",
       needs("a BYE in a dialog that the device does not know"), bye(stray, 401)},
      {"known", "RFC3261-DLG-04", needs("a BYE in a dialog that the device does not know"),
       bye({}, 200)},
      {"call_from_before_the_capture", "RFC3261-DLG-04",
       needs("a BYE in a dialog that the device does not know"),
       [=](Setting s) {
         bye(stray, 200)(s);
         s.trace.without_journal();
       }},
  };
}

/// After a BYE into silence at 40 s something more.
std::function<void(Setting)> and_then(const std::function<void(Setting, MessageId)>& more) {
  return [=](Setting s) { more(s, hung_up(s, timer_e)); };
}

std::function<void(Setting)> dials_again(Duration invite) {
  return and_then([=](Setting s, MessageId) {
    s.trace.at(44s).dial("1003");
    s.trace.at(invite).from_device(primary).request("INVITE", {.number = "1003"});
  });
}

std::vector<Case> after_bye_cases() {
  return {
      {"answered", "RFC3261-BYE-01", Verdict::pass, hung_up_in_peace},
      {"into_silence", "RFC3261-BYE-01", Verdict::pass, into_silence(timer_e)},
      {"asks_once_more", "RFC3261-BYE-01",
       fails("UPDATE in a dialog that the device had ended", frames(8, 19)),
       and_then([](Setting s, MessageId call) {
         s.trace.at(50s).from_device(primary).request("UPDATE", {.in = call});
       })},
      {"reports_on_a_transfer", "RFC3261-BYE-01", Verdict::pass,
       [](Setting s) {
         hung_up_in_peace(s);
         s.trace.at(45s).from_device(primary).request("NOTIFY");
       }},
      {"tries_a_refused_bye_again", "RFC3261-BYE-01", Verdict::pass,
       [](Setting s) {
         const MessageId call = call_up(s, false);
         s.trace.at(40s).hang_up();
         s.trace.at(40s).from_device(primary).request("BYE", {.in = call});
         s.trace.at(40010ms).to_device(primary).response(500);
         s.trace.at(42s).from_device(primary).request("BYE", {.in = call});
         s.trace.at(42010ms).to_device(primary).response(200);
         s.trace.ends(120s);
       }},
      {"next_call_at_once", "RFC3261-BYE-01", Verdict::pass, dials_again(44010ms)},
      {"next_call_waits", "RFC3261-BYE-01", warns("waited 28.000 s", frames(8, 19)),
       dials_again(72s)},
      {"still_talking", "RFC3261-BYE-01", needs("a call that the device ends with BYE"),
       [](Setting s) {
         call_up(s, false);
         s.trace.ends(60s);
       }},
  };
}

/// The far end asks something in a call that is up; `status` 0: no answer.
std::function<void(Setting)> asked(const std::string& method, int status, Duration until = 90s,
                                   Duration later = 10ms) {
  return [=](Setting s) {
    booted(s.trace);
    const auto call = s.trace.at(5s).to_device(primary).request("INVITE");
    s.trace.at(6s).from_device(primary).response(200, {.to = call});
    s.trace.at(6010ms).to_device(primary).request("ACK", {.in = call});
    const auto change = s.trace.at(10s).to_device(primary).request(method, {.cseq = 7, .in = call});
    if (status != 0) s.trace.at(10s + later).from_device(primary).response(status, {.to = change});
    s.trace.ends(until);
  };
}

std::function<void(Setting)> asked_at_the_server() {
  return [=](Setting s) {
    s.trace.vantage(trace::Vantage::server);
    asked("UPDATE", 0)(s);
  };
}

std::vector<Case> request_cases() {
  constexpr std::string_view id = "RFC3261-DLG-05";
  constexpr std::string_view needed = "a request of the other side in a call";
  return {
      {"taken", id, Verdict::pass, asked("UPDATE", 200)},
      {"refused", id, Verdict::pass, asked("REFER", 405)},
      {"left_alone", id, fails("UPDATE in a call was not answered", {8}), asked("UPDATE", 0)},
      {"reinvite_left_alone", id, fails("INVITE in a call was not answered", {8}),
       asked("INVITE", 0)},
      {"reinvite_rings", id, needs(needed), asked("INVITE", 180)},
      {"answered_too_late", id, fails("UPDATE in a call was not answered", {8}),
       asked("UPDATE", 200, 90s, 50s)},
      {"left_alone_at_the_server", id,
       inconclusive("UPDATE in a call was not answered; but the capture", {8}),
       asked_at_the_server()},
      {"capture_ends", id, needs(needed), asked("UPDATE", 0, 30s)},
      {"hung_up", id, Verdict::pass, asked("BYE", 200)},
      {"hang_up_left_alone", id, fails("BYE in a call was not answered", {8}), asked("BYE", 0)},
  };
}

}  // namespace rfc3261_12_dialogs

std::vector<Case> rfc3261_12_dialogs_cases() {
  using namespace rfc3261_12_dialogs;
  std::vector<Case> all = unknown_dialog_cases();
  for (Case& one : request_cases()) all.push_back(std::move(one));
  for (Case& one : after_bye_cases()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
