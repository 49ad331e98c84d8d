#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace always_told {

/// The device says nothing; the server asks.
void silence(Setting s) {
  s.trace.at(1s).to_device(primary).request("OPTIONS");
}

void healthy(Setting s) {
  registrations(s.trace, 100s);
  s.trace.complete_call(primary, 7s);
  s.trace.ends(110s);
}

void silent_after_an_undelivered_action(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(20s).action("dial", "1002", false);
  s.trace.ends(60s);
}

/// Two devices; the second is told to dial, sends noise instead and exits. The first is judged.
void another_fails(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.device("1003", *Endpoint::parse("127.0.1.1:5062")).healthy_registrations(0s, 120s);
  s.trace.at(8s).from_device(primary).raw("INVITE ial sip:2001@127.0.0.11\r\n\r\n");
  s.trace.at(9s).entry(journal::Action{"phone-1003", "dial", "2001", true});
  s.trace.at(10s).entry(journal::DeviceState{"phone-1003", "exited", 139});
  s.trace.ends(60s);
}

/// Registered at both at 0 s for 120 s; again with another Call-ID and tag at `at`.
std::function<void(Setting)> registered_anew(Duration at, const Fields& last) {
  return [=](Setting s) {
    s.trace.healthy_registrations(0s, 120s);
    Fields anew{.expires = 120s, .call_id = "anew-1", .from_tag = "anew"};
    s.trace.at(at).from_device(primary).request("REGISTER", anew);
    s.trace.at(at + 5ms).to_device(primary).response(200, {.expires = 120s});
    s.trace.at(at + 10ms).from_device(secondary).request("REGISTER", last);
    s.trace.at(at + 15ms).to_device(secondary).response(200, {.expires = 120s});
    s.trace.ends(at + 60s);
  };
}

std::vector<Case> restart_cases() {
  constexpr auto id = "DUT-RESTART";
  const Fields anew{.expires = 120s, .call_id = "anew-2", .from_tag = "anew"};
  return {
      {"restarts", id, warns("registered anew at both servers 30.000 s after the start", {5, 7}),
       registered_anew(30s, anew)},
      {"restarted_as_it_was_told", id, needs("a refresh after a granted registration"),
       [=](Setting s) {
         registered_anew(30s, anew)(s);
         s.trace.at(25s).action("restart");
       }},
      {"a_new_call_id_for_a_refresh", id, Verdict::pass, registered_anew(100s, anew)},
      {"one_registration_goes_on", id, Verdict::pass, registered_anew(30s, {.expires = 120s})},
      {"foreign", id, needs("a journal, which says when"), foreign(registered_anew(30s, anew))},
      {"healthy", id, Verdict::pass, healthy},
  };
}

/// Without a journal it is known to be dead, not to be alive.
std::vector<Case> captured_cases() {
  return {
      {"foreign_and_silent_when_asked", "DUT-ALIVE",
       warns("silent since 0.010 s, although: OPTIONS in frame 5", {}), foreign([](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.at(20s).to_device(secondary).request("OPTIONS");
         s.trace.at(40s).to_device(secondary).request("OPTIONS");
         s.trace.ends(60s);
       })},
      {"foreign_and_silent_when_asked_once", "DUT-ALIVE",
       inconclusive("the capture may lack its one reaction"), foreign([](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.at(20s).to_device(secondary).request("OPTIONS");
         s.trace.ends(60s);
       })},
      {"foreign_and_asked_when_it_had_gone", "DUT-ALIVE",
       needs("a journal, which says how long the device was watched"), foreign([](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         for (const auto server : {primary, secondary}) {
           s.trace.at(10s).from_device(server).request("REGISTER", {.expires = 0s});
           s.trace.at(10020ms).to_device(server).response(200);
         }
         s.trace.at(20s).to_device(secondary).request("OPTIONS");
         s.trace.ends(60s);
       })},
      {"alive_as_far_as_a_capture_shows", "DUT-ALIVE",
       needs("a journal, which says how long the device was watched"), foreign(healthy)},
  };
}

std::vector<Case> device_cases() {
  return {
      {"alive", "DUT-ALIVE", Verdict::pass, healthy},
      {"silent_when_dialled", "DUT-ALIVE",
       warns("silent since 0.010 s, although: the action \"dial 1002\"", {}),
       [](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.at(20s).dial();
         s.trace.ends(60s);
       }},
      {"silent_when_an_action_was_not_delivered", "DUT-ALIVE", Verdict::pass,
       silent_after_an_undelivered_action},
      {"exits", "DUT-ALIVE", warns("the device exited at 50.000 s", {}),
       [](Setting s) {
         healthy(s);
         s.trace.at(50s).entry(journal::DeviceState{"phone", "exited", 139});
       }},
      {"another_device_exits", "DUT-ALIVE", Verdict::pass, another_fails},
      {"another_device_sends_noise", "DUT-PARSE", Verdict::pass, another_fails},
      {"leaves_a_request_without_answer", "DUT-ALIVE",
       warns("silent since 0.010 s, although: OPTIONS in frame 5", {}),
       [](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.at(20s).to_device(secondary).request("OPTIONS");
         s.trace.ends(60s);
       }},
      {"lets_its_bindings_lapse", "DUT-ALIVE",
       warns("although: its binding at the primary lapsed", {}),
       [](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.ends(200s);
       }},
      {"never_shows_up", "DUT-ALIVE", needs("a SIP message from the device"), silence},
      {"parses", "DUT-PARSE", Verdict::pass, healthy},
      {"noise", "DUT-PARSE", fails("not a start line of SIP", {}),
       [](Setting s) {
         healthy(s);
         s.trace.at(8s).from_device(primary).raw("INVITE ial sip:2001@127.0.0.11\r\n\r\n");
       }},
      {"keep_alives_are_no_noise", "DUT-PARSE", Verdict::pass,
       [](Setting s) {
         healthy(s);
         s.trace.at(8s).from_device(primary).raw("\r\n\r\n");
       }},
      {"never_shows_up", "DUT-PARSE", needs("a SIP message from the device"), silence},
  };
}

std::vector<Case> profile_cases() {
  return {
      {"t1_agrees", "PROFILE-T1", Verdict::pass,
       [](Setting s) { s.trace.silent_invite(primary, 1s); }},
      {"t1_differs", "PROFILE-T1",
       warns("first retransmission (T1 of the profile): 1.000 s", {1, 2, 3}),
       [](Setting s) {
         const auto invite = s.trace.at(1s).from_device(primary).request("INVITE");
         s.trace.retransmissions(invite, {1s, 3s});
       }},
      {"nothing_repeated", "PROFILE-T1", needs("a request of the device that was sent again"),
       healthy},
      {"expiry_agrees", "PROFILE-EXPIRY", Verdict::pass, healthy},
      {"expiry_differs", "PROFILE-EXPIRY", warns("asks for 1h", {1}),
       [](Setting s) { s.trace.healthy_registrations(0s, 3600s); }},
      {"never_registers", "PROFILE-EXPIRY", needs("a REGISTER that proposes an expiry"), silence},
      {"udp", "PROFILE-TRANSPORT", Verdict::pass, healthy},
      {"tcp_instead", "PROFILE-TRANSPORT", warns("REGISTER over tcp", {1}),
       [](Setting s) {
         s.trace.over(Transport::tcp);
         s.trace.at(1s).from_device(primary).request("REGISTER");
       }},
      {"not_said", "PROFILE-TRANSPORT", not_applicable("does not say the transport"),
       [](Setting s) {
         s.profile.transport.reset();
         healthy(s);
       }},
      {"never_shows_up", "PROFILE-TRANSPORT", needs("a SIP message from the device"), silence},
  };
}

}  // namespace always_told

std::vector<Case> always_told_cases() {
  using namespace always_told;
  std::vector<Case> all = device_cases();
  for (const auto more : {captured_cases, restart_cases, profile_cases})
    for (Case& one : more()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
