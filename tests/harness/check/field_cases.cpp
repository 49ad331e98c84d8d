// Captures as devices in the field make them: challenged, shared Call-IDs, switched off and on,
// taken by somebody else without a journal.

#include "harness/base/endpoint.hpp"
#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace field {

/// A sign in the capture that it went on until then.
void frame_at(TraceBuilder& trace, Duration time) {
  const auto asked = trace.at(time).to_device(primary).request("OPTIONS");
  trace.at(time + 10ms).from_device(primary).response(200, {.to = asked});
}

void unregister(TraceBuilder& trace, trace::ServerRole server, Duration time) {
  const auto asked = trace.at(time).from_device(server).request("REGISTER", {.expires = 0s});
  trace.at(time + 5ms).to_device(server).response(200, {.to = asked});
}

/// REGISTER, 401, REGISTER with credentials `thinking` later, 200.
void challenged_registration(TraceBuilder& trace, trace::ServerRole server, Duration time,
                             Duration thinking = 5ms) {
  const auto bare = trace.at(time).from_device(server).request("REGISTER", {.expires = 120s});
  trace.at(time + 5ms)
      .to_device(server)
      .response(401,
                {.headers = {{"WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\""}}, .to = bare});
  const Duration again = time + 5ms + thinking;
  const auto asked = trace.at(again).from_device(server).request(
      "REGISTER", {.expires = 120s,
                   .headers = {{"Authorization",
                                "Digest username=\"1001\", realm=\"r\", nonce=\"n\", "
                                "uri=\"sip:127.0.0.11:5070\", "
                                "response=\"00000000000000000000000000000000\""}}});
  trace.at(again + 5ms).to_device(server).response(200, {.to = asked});
}

std::function<void(Setting)> challenged(Duration thinking) {
  return [thinking](Setting s) {
    for (const Duration at : {0s, 100s, 200s})
      for (const auto server : {primary, secondary})
        challenged_registration(s.trace, server, at + 2 * thinking * (at / 100s), thinking);
    s.trace.ends(240s);
  };
}

/// baresip with SRV: one Call-ID, the same CSeq at the secondary, expiry in the Contact.
void one_call_id_at_both(Setting s) {
  s.trace.at(0s).silent(primary);
  std::uint32_t cseq = 100;
  for (const Duration at : {0s, 108s}) {
    const Fields fields{.cseq = cseq++,
                        .call_id = "shared",
                        .headers = {{"Contact", "<sip:1001@127.0.0.1:5062>;expires=120"}},
                        .without = {"Expires"}};
    const auto lost = s.trace.at(at).from_device(primary).request("REGISTER", fields);
    s.trace.retransmissions(lost, {500ms, 1500ms, 3500ms, 7500ms, 11500ms, 15500ms, 19500ms,
                                   23500ms, 27500ms, 31500ms});
    const auto asked = s.trace.at(at + 32s).from_device(secondary).request("REGISTER", fields);
    s.trace.at(at + 32s + 5ms).to_device(secondary).response(200, {.expires = 120s, .to = asked});
  }
  s.trace.ends(150s);
}

/// Switched off by its user in a capture that goes on, taken by somebody without a journal.
void quits_in_a_foreign_capture(Setting s) {
  registrations(s.trace, 100s);
  for (const auto server : {primary, secondary}) unregister(s.trace, server, 150s);
  frame_at(s.trace, 260s);
  s.trace.without_journal();
}

void unregistered_when_shut_down(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(40s).action("shutdown");
  for (const auto server : {primary, secondary}) unregister(s.trace, server, 41s);
  s.trace.at(50s).silent(primary);
  s.trace.at(80s).action("boot");
  s.trace.registration(secondary, 80s, 120s);
  silent_register(s.trace, primary, 80s);
  s.trace.ends(150s);
}

std::vector<Case> registration_cases() {
  return {
      {"answers_challenges", "GRP-REG-02", Verdict::pass, challenged(5ms)},
      {"answers_challenges", "GRP-REG-05", Verdict::pass, challenged(5ms)},
      {"answers_challenges", "RFC3261-REG-09", Verdict::pass, challenged(5ms)},
      {"answers_challenges", "RFC3261-REG-04", Verdict::pass, challenged(5ms)},
      {"answers_challenges_slowly", "GRP-REG-02", Verdict::pass, challenged(3s)},
      {"password_of_a_foreign_capture_unknown", "GRP-ID-01",
       inconclusive("what the profile's password does not verify", {5}),
       [](Setting s) {
         for (const auto server : {primary, secondary})
           challenged_registration(s.trace, server, 0s);
         s.trace.without_journal();
       }},
      {"one_call_id_at_both", "RFC3261-REG-03", Verdict::pass, one_call_id_at_both},
      {"one_call_id_at_both", "RFC3261-REG-04", Verdict::pass, one_call_id_at_both},
      {"one_call_id_at_both", "RFC3261-GEN-04", Verdict::pass, one_call_id_at_both},
      {"one_call_id_at_both", "RFC3261-TIMER-E", Verdict::pass, one_call_id_at_both},
      {"one_call_id_at_both", "GRP-REG-01", Verdict::pass, one_call_id_at_both},
      {"to_without_angle_brackets", "RFC3261-REG-02", Verdict::pass,
       [](Setting s) {
         s.trace.at(0s).from_device(primary).request(
             "REGISTER", {.headers = {{"To", "sip:1001@127.0.0.11:5070"},
                                      {"From", "<sip:1001@127.0.0.11:5070>;tag=x"}}});
       }},
  };
}

std::vector<Case> coverage_cases() {
  return {
      {"server_forgot_it", "GRP-REG-02", Verdict::pass,
       [](Setting s) {
         registrations(s.trace, 300s);
         s.trace.at(150s).forget_bindings(primary);
         s.trace.ends(310s);
       }},
      {"quits_in_a_foreign_capture", "GRP-REG-02", Verdict::pass, quits_in_a_foreign_capture},
      {"quits_in_a_foreign_capture", "RFC3261-REG-09", Verdict::pass, quits_in_a_foreign_capture},
      {"capture_begins_between_refreshes", "GRP-REG-01",
       inconclusive("may begin long after the device booted", {1, 3}),
       [](Setting s) {
         s.trace.registration(primary, 0s, 120s);
         s.trace.registration(secondary, 60s, 120s);
         s.trace.without_journal();
       }},
      {"one_after_the_other_and_a_slow_primary", "GRP-REG-01", Verdict::pass,
       [](Setting s) {
         const auto asked = s.trace.at(0s).from_device(primary).request("REGISTER");
         s.trace.at(15s).to_device(primary).response(200, {.to = asked});
         s.trace.registration(secondary, 15s + 10ms, 120s);
       }},
  };
}

std::vector<Case> switching_cases() {
  return {
      {"booted_long_after_the_outage_began", "GRP-REG-03",
       needs("trouble at one server while the other is healthy"),
       [](Setting s) {
         s.trace.at(0s).silent(primary);
         s.trace.at(60s).action("boot");
         silent_register(s.trace, primary, 60s);
         s.trace.ends(91s + 900ms);
       }},
      {"was_switched_off_before_the_outage", "GRP-REG-03",
       needs("trouble at one server while the other is healthy"), unregistered_when_shut_down},
      {"booted_in_the_outage", "GRP-REG-07",
       needs("a primary that is silent for two registration periods"),
       [](Setting s) {
         s.trace.at(0s).silent(primary);
         s.trace.at(150s).action("boot");
         s.trace.registration(secondary, 150s, 120s);
         silent_register(s.trace, primary, 150s);
         s.trace.ends(210s);
       }},
      {"switched_off_in_the_outage", "GRP-REG-08",
       needs("a failed registration, and time for another"),
       [](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.at(5s).silent(primary);
         silent_register(s.trace, primary, 100s);
         s.trace.registration(secondary, 100s, 120s);
         s.trace.at(140s).action("shutdown");
         s.trace.ends(290s);
       }},
      {"was_told_a_longer_interval", "GRP-CFG-03", Verdict::pass,
       [](Setting s) {
         s.trace.registration(secondary, 0s, 120s);
         const auto brief =
             s.trace.at(0s).from_device(primary).request("REGISTER", {.expires = 120s});
         s.trace.at(5ms).to_device(primary).response(
             423, {.headers = {{"Min-Expires", "600"}}, .to = brief});
         s.trace.registration(primary, 10ms, 600s);
       }},
  };
}

/// Refreshed at 100 s from another port, as a device does that was restarted at 50 s.
void new_port_after_restart(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(50s).action("restart");
  s.trace.device("1001", *Endpoint::parse("127.0.0.1:5099"));
  s.trace.healthy_registrations(51s, 120s);
}

/// It registers where it listens, is told where its connection comes from, and registers that.
void learned_of_its_connection(Setting s) {
  s.trace.over(Transport::tcp);
  const auto asked = s.trace.at(0s).from_device(primary).request(
      "REGISTER", {.branch = "z9hG4bKlearn", .contact = "sip:1001@127.0.0.9:5062;transport=tcp"});
  s.trace.at(5ms).to_device(primary).response(
      200, {.headers = {{"Via",
                         "SIP/2.0/TCP 127.0.0.9:5062;branch=z9hG4bKlearn;"
                         "received=127.0.0.1;rport=5062"}},
            .to = asked});
  s.trace.at(1s).from_device(primary).request("REGISTER",
                                              {.contact = "sip:1001@127.0.0.1:5062;transport=tcp"});
}

/// It registers an address that its packets do not come from.
std::function<void(Setting)> behind_a_nat(trace::Vantage vantage) {
  return [=](Setting s) {
    s.trace.vantage(vantage);
    s.trace.at(0s).from_device(primary).request("REGISTER", {.contact = "sip:1001@10.0.0.7:5060"});
  };
}

/// A REGISTER that draws this status, and at 100 s one with another Contact.
std::function<void(Setting)> another_contact_after(int status, std::string call_id,
                                                   std::string next_call_id) {
  return [=](Setting s) {
    const auto asked = s.trace.at(0s).from_device(primary).request(
        "REGISTER",
        {.expires = 120s, .call_id = call_id, .contact = "sip:1001@127.0.0.1:5062;line=a"});
    s.trace.at(5ms).to_device(primary).response(status, {.to = asked});
    s.trace.at(100s).from_device(primary).request(
        "REGISTER",
        {.expires = 120s, .call_id = next_call_id, .contact = "sip:1001@127.0.0.1:5062;line=b"});
  };
}

std::vector<Case> request_cases() {
  return {
      {"new_port_after_restart", "RFC3261-REG-05", Verdict::pass, new_port_after_restart},
      {"contact_changes_without_restart", "RFC3261-REG-05",
       fails("Contact sip:other@127.0.0.1:5062", {3}),
       [](Setting s) {
         s.trace.registration(primary, 0s, 120s);
         s.trace.at(100s).from_device(primary).request("REGISTER",
                                                       {.contact = "sip:other@127.0.0.1:5062"});
       }},
  };
}

std::vector<Case> changed_contact_cases() {
  return {
      {"another_contact_in_a_new_registration", "RFC3261-REG-05", Verdict::pass,
       another_contact_after(480, "one@phone", "two@phone")},
      {"another_contact_without_a_binding", "RFC3261-REG-05", Verdict::pass,
       another_contact_after(480, "one@phone", "one@phone")},
      {"another_contact_of_a_binding", "RFC3261-REG-05",
       fails("Contact sip:1001@127.0.0.1:5062;line=b where it was", {3}),
       another_contact_after(200, "one@phone", "one@phone")},
      {"another_contact_and_the_old_one_taken_back", "RFC3261-REG-05", Verdict::pass,
       [](Setting s) {
         another_contact_after(200, "one@phone", "one@phone")(s);
         s.trace.at(101s).from_device(primary).request(
             "REGISTER", {.call_id = "one@phone",
                          .headers = {{"Contact", "<sip:1001@127.0.0.1:5062;line=a>;expires=0"}}});
       }},
      {"another_contact_at_another_address", "RFC3261-REG-05", Verdict::pass,
       [](Setting s) {
         s.trace.registration(primary, 0s, 120s);
         s.trace.device("1001", *Endpoint::parse("127.0.0.3:5062"));
         s.trace.registration(primary, 30s, 120s);
       }},
  };
}

std::vector<Case> contact_cases() {
  return {
      {"behind_a_nat_seen_from_the_server", "RFC3261-REG-05",
       inconclusive("a NAT may have changed the source", {1}),
       behind_a_nat(trace::Vantage::server)},
      {"behind_a_nat_perhaps", "RFC3261-REG-05",
       inconclusive("packet came from 127.0.0.1: a NAT? say --vantage device or server", {1}),
       behind_a_nat(trace::Vantage::unknown)},
      {"another_host_seen_at_the_device", "RFC3261-REG-05",
       fails("Contact host 10.0.0.7 but the packet came from 127.0.0.1", {1}),
       behind_a_nat(trace::Vantage::device)},
      {"leads_to_nobody", "RFC3261-REG-05", fails("Contact host 0.0.0.0 leads to nobody", {1}),
       [](Setting s) {
         s.trace.vantage(trace::Vantage::server);
         s.trace.at(0s).from_device(primary).request("REGISTER", {.contact = "sip:1001@0.0.0.0"});
       }},
      {"contact_of_its_own_at_each_server", "RFC3261-REG-05", Verdict::pass,
       [](Setting s) {
         for (const Duration at : {0s, 100s}) {
           s.trace.at(at).from_device(primary).request("REGISTER",
                                                       {.contact = "sip:a@127.0.0.1:5062"});
           s.trace.at(at).from_device(secondary).request("REGISTER",
                                                         {.contact = "sip:b@127.0.0.1:5062"});
         }
       }},
      {"contact_learned_from_the_server", "RFC3261-REG-05", Verdict::pass,
       [](Setting s) {
         const auto asked = s.trace.at(0s).from_device(primary).request(
             "REGISTER", {.expires = 120s, .branch = "z9hG4bKlearn"});
         s.trace.at(5ms).to_device(primary).response(
             200, {.headers = {{"Via",
                                "SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bKlearn;"
                                "received=203.0.113.5;rport=40000"}},
                   .to = asked});
         s.trace.at(1s).from_device(primary).request("REGISTER",
                                                     {.contact = "sip:1001@203.0.113.5:40000"});
       }},
      {"contact_learned_of_its_connection", "RFC3261-REG-05", Verdict::pass,
       learned_of_its_connection},
      {"un_registers_while_one_is_outstanding", "RFC3261-REG-10",
       warns("unanswered, with the same Contact", {2}),
       [](Setting s) {
         for (const auto& [at, expires] : {std::pair(0s, "120"), std::pair(10s, "0")})
           s.trace.at(at).from_device(primary).request(
               "REGISTER",
               {.headers = {{"Contact",
                             std::string("<sip:1001@127.0.0.1:5062>;expires=").append(expires)}},
                .without = {"Expires"}});
         s.trace.ends(60s);
       }},
  };
}

/// A softphone that listens at 127.0.0.9, and whose kernel connects from 127.0.0.1.
void listens_elsewhere_on_loopback(Setting s) {
  s.trace.over(Transport::tcp);
  s.trace.at(0s).from_device(primary).request(
      "REGISTER", {.contact = "sip:1001@127.0.0.9:5062;transport=tcp",
                   .headers = {{"Via", "SIP/2.0/TCP 127.0.0.9:5062;branch=z9hG4bKloopback"}}});
}

std::vector<Case> foreign_cases() {
  return {
      {"tcp_refused_at_the_refresh", "RFC3261-REG-09", needs("a granted registration"),
       [](Setting s) {
         s.trace.over(Transport::tcp);
         s.trace.registration(primary, 0s, 120s);
         s.trace.at(100s).from_device(primary).stream_event(capture::StreamEvent::syn);
         s.trace.at(100s).to_device(primary).stream_event(capture::StreamEvent::reset);
         s.trace.at(130s).from_device(secondary).request("OPTIONS");
         s.trace.without_journal();
       }},
      {"server_answers_the_refresh_late", "RFC3261-REG-09",
       inconclusive("the server took 11.000 s", {1, 3}),
       [](Setting s) {
         s.trace.registration(primary, 0s, 120s);
         const auto asked = s.trace.at(110s).from_device(primary).request("REGISTER");
         s.trace.at(121s).to_device(primary).response(200, {.to = asked});
         s.trace.without_journal();
       }},
      {"cseq_number_used_out_of_sight", "RFC3261-REG-04",
       inconclusive("who saw the CSeq numbers between 1 and 3 is not known", {3}),
       [](Setting s) {
         s.trace.vantage(trace::Vantage::server);
         s.trace.registration(primary, 0s, 120s);
         s.trace.at(100s).from_device(primary).request("REGISTER", {.cseq = 3});
       }},
      {"connects_from_another_loopback_address", "RFC3261-GEN-05", Verdict::pass,
       listens_elsewhere_on_loopback},
      {"connects_from_another_loopback_address", "RFC3261-REG-05", Verdict::pass,
       listens_elsewhere_on_loopback},
      {"transport_in_small_letters", "RFC3261-GEN-05", Verdict::pass,
       [](Setting s) {
         s.trace.at(0s).from_device(primary).request(
             "OPTIONS", {.headers = {{"Via", "SIP/2.0/udp 127.0.0.1:5062;branch=z9hG4bKsmall"}}});
       }},
      {"another_phone_is_asked", "DUT-ALIVE", Verdict::pass,
       [](Setting s) {
         s.trace.healthy_registrations(0s);
         s.trace.device("1003", *Endpoint::parse("127.0.0.1:5064"));
         s.trace.healthy_registrations(1s);
         frame_at(s.trace, 20s);
         s.trace.ends(60s);
       }},
  };
}

/// The INVITE is sent at 7 s and at these offsets, the primary being silent.
void lonely_invite(Setting s, const std::vector<Duration>& offsets) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(5s).silent(primary);
  s.trace.at(7s).dial();
  const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
  s.trace.retransmissions(invite, offsets);
}

/// Refused with 503 and Retry-After 60 at 7 s, called over the secondary; dialled again at `again`,
/// straight to the secondary.
std::function<void(Setting)> told_to_retry_after(Duration again) {
  return [again](Setting s) {
    s.trace.healthy_registrations(0s, 120s);
    s.trace.at(7s).dial();
    const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
    s.trace.at(7010ms).to_device(primary).response(
        503, {.headers = {{"Retry-After", "60"}}, .to = invite});
    s.trace.at(7020ms).from_device(primary).request("ACK", {.in = invite});
    s.trace.complete_call(secondary, 7030ms);
    s.trace.at(again).dial();
    s.trace.complete_call(secondary, again);
    s.trace.ends(100s);
  };
}

/// The primary never answers, the secondary neither; only the primary is tried.
void both_lost(Setting s) {
  s.trace.at(0s).silent(secondary);
  s.trace.registration(primary, 0s, 120s);
  silent_register(s.trace, secondary, 0s);
  s.trace.at(40s).silent(primary);
  s.trace.at(45s).dial();
  s.trace.silent_invite(primary, 45s);
  s.trace.ends(100s);
}

/// Two calls to one number in a foreign capture; the primary dies between them.
void called_again(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.complete_call(primary, 7s);
  s.trace.silent_invite(primary, 20s);
  s.trace.complete_call(secondary, 52s);
  s.trace.without_journal();
}

void secondary_challenges(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(5s).silent(primary);
  s.trace.at(7s).dial();
  s.trace.silent_invite(primary, 7s);
  const auto bare =
      s.trace.at(39s).from_device(secondary).request("INVITE", {.call_id = "challenged"});
  s.trace.at(39s + 400ms).to_device(secondary).response(407, {.to = bare});
  s.trace.at(39s + 410ms).from_device(secondary).request("ACK", {.in = bare});
  s.trace.complete_call(secondary, 39s + 420ms, {.call_id = "challenged"});
  s.trace.ends(60s);
}

/// The INVITE stops being sent at 10.5 s; only a journal would say whose doing that is.
void perhaps_hung_up(Setting s) {
  lonely_invite(s, {500ms, 1500ms, 3500ms});
  frame_at(s.trace, 80s);
  s.trace.without_journal();
}

std::vector<Case> call_cases() {
  return {
      {"sends_once_and_waits", "RFC3261-TIMER-A", fails("1 transmission before the timeout", {5}),
       [](Setting s) {
         lonely_invite(s, {});
         s.trace.ends(60s);
       }},
      {"sends_once_and_waits", "RFC3261-TIMER-E", fails("1 transmission before the timeout", {1}),
       [](Setting s) {
         s.trace.at(0s).silent(primary);
         s.trace.at(1s).from_device(primary).request("REGISTER");
         s.trace.ends(60s);
       }},
      {"user_hung_up", "RFC3261-TIMER-A", Verdict::pass,
       [](Setting s) {
         lonely_invite(s, {500ms, 1500ms});
         s.trace.at(9s).hang_up();
         s.trace.ends(60s);
       }},
      {"leaves_early_with_a_new_call_id", "RFC3261-TIMER-A", Verdict::pass,
       [](Setting s) {
         lonely_invite(s, {500ms, 1500ms});
         s.trace.complete_call(secondary, 10500ms);
         s.trace.ends(60s);
       }},
  };
}

std::vector<Case> second_server_cases() {
  return {
      {"remembers_the_silent_primary", "GRP-CALL-01", Verdict::pass,
       [](Setting s) {
         fallback(s.trace);
         s.trace.at(50s).dial();
         s.trace.complete_call(secondary, 50s);
       }},
      {"obeys_retry_after", "GRP-CALL-01", Verdict::pass, told_to_retry_after(30s)},
      {"shuns_the_primary_after_retry_after", "GRP-CALL-01", fails("starts at the secondary", {14}),
       told_to_retry_after(80s)},
      {"both_lost", "FO-DET-INV", needs("a call to a silent primary"), both_lost},
      {"called_again", "GRP-CALL-02", Verdict::pass, called_again},
      {"called_again", "GRP-CALL-03", Verdict::pass, called_again},
      {"secondary_challenges", "FO-T1ST", Verdict::pass, secondary_challenges},
      {"perhaps_hung_up", "GRP-CALL-03", needs("a call to a silent primary"), perhaps_hung_up},
      {"perhaps_hung_up", "RFC3263-01", needs("a call that fails at the primary"), perhaps_hung_up},
      {"perhaps_hung_up", "RFC3261-TIMER-A", Verdict::pass, perhaps_hung_up},
      {"a_copy_lost_before_the_capture", "RFC3261-TIMER-A",
       inconclusive("a transmission may have been lost on the way", {6, 7}),
       [](Setting s) {
         s.trace.vantage(trace::Vantage::server);
         lonely_invite(s, {500ms, 3500ms, 7500ms, 15500ms, 31500ms});
         s.trace.ends(60s);
       }},
      {"redirected_to_the_secondary", "GRP-CALL-02",
       needs("a call that the primary answers within T1"),
       [](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.at(7s).dial();
         const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
         s.trace.at(7010ms).to_device(primary).response(302, {.to = invite});
         s.trace.at(7020ms).from_device(primary).request("ACK", {.in = invite});
         s.trace.complete_call(secondary, 7030ms);
       }},
      {"registers_again_when_a_call_failed", "GRP-REG-05",
       needs("a refresh after a granted registration"),
       [](Setting s) {
         fallback(s.trace);
         silent_register(s.trace, primary, 40s);
       }},
  };
}

}  // namespace field

std::vector<Case> field_cases() {
  using namespace field;
  std::vector<Case> all = registration_cases();
  for (const auto more : {coverage_cases, switching_cases, request_cases, contact_cases,
                          changed_contact_cases, foreign_cases, call_cases, second_server_cases})
    for (Case& one : more()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
