#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace {

void healthy(Setting s) {
  registrations(s.trace, 100s);
  s.trace.complete_call(primary, 7s);
}

/// The device says nothing; the server asks.
void silence(Setting s) {
  s.trace.at(1s).to_device(primary).request("OPTIONS");
}

std::function<void(Setting)> one_register(const test_support::Fields& fields) {
  return [fields](Setting s) {
    s.trace.at(0s).from_device(primary).request("REGISTER", fields);
    s.trace.at(20ms).to_device(primary).response(200, {.expires = 120s});
  };
}

/// One branch for two requests.
std::function<void(Setting)> shared_branch(trace::ServerRole second, std::string method) {
  return [=](Setting s) {
    s.trace.at(1s).from_device(primary).request("INVITE", {.branch = "z9hG4bKshared0"});
    s.trace.at(2s).from_device(second).request(method, {.branch = "z9hG4bKshared0"});
  };
}

/// One INVITE with these fields, answered and hung up by the far end, whose BYE is answered or not.
std::function<void(Setting)> invited(const test_support::Fields& fields, bool bye_is_answered) {
  return [=](Setting s) {
    const auto invite = s.trace.at(7s).from_device(primary).request("INVITE", fields);
    s.trace.at(9s).to_device(primary).response(200, {.to = invite});
    s.trace.at(9010ms).from_device(primary).request("ACK", {.in = invite});
    const auto bye = s.trace.at(12s).to_device(primary).request("BYE", {.in = invite});
    if (bye_is_answered) s.trace.at(12010ms).from_device(primary).response(200, {.to = bye});
    registrations(s.trace, 100s);
  };
}

std::vector<Case> contact_cases() {
  constexpr std::string_view id = "RFC3261-GEN-07";
  const test_support::Fields two{.headers = {{"Contact", "<sip:a@127.0.0.1>, <sip:b@127.0.0.1>"}}};
  return {
      {"one_contact_that_answers", id, Verdict::pass, invited({}, true)},
      {"two_contacts", id, fails("INVITE with 2 Contacts", {5}), invited(two, true)},
      {"no_contact", id, fails("INVITE with 0 Contacts", {5}),
       invited({.without = {"Contact"}}, true)},
      {"telephone_number", id, fails("tel:1001 of an INVITE is no SIP URI", {5}),
       invited({.contact = "tel:1001"}, true)},
      {"address_of_nobody", id, fails("sip:1001@0.0.0.0 of an INVITE reaches nobody", {5}),
       invited({.contact = "sip:1001@0.0.0.0"}, true)},
      {"address_behind_a_nat", id, Verdict::pass, invited({.contact = "sip:1001@10.1.1.1"}, true)},
      {"nobody_at_the_contact", id, fails("BYE to the Contact was never answered", {8}),
       invited({}, false)},
      {"nobody_heard_at_the_server", id,
       inconclusive("never answered; but the capture was not taken at the device", {8}),
       [](Setting s) {
         invited({}, false)(s);
         s.trace.vantage(trace::Vantage::server);
       }},
      {"no_call", id, needs("an INVITE"), [](Setting s) { registrations(s.trace, 0s); }},
  };
}

/// INVITE at 7 s, this response, an ACK or not, and perhaps an INVITE at the secondary.
std::function<void(Setting)> refused(int status, bool acknowledged, bool goes_on) {
  return [=](Setting s) {
    s.trace.at(7s).dial();
    const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
    s.trace.at(7100ms).to_device(primary).response(status, {.to = invite});
    if (acknowledged) s.trace.at(7110ms).from_device(primary).request("ACK", {.in = invite});
    if (goes_on) s.trace.complete_call(secondary, 7200ms);
    s.trace.ends(60s);
  };
}

/// INVITE at 7 s, this provisional response, and a copy of the INVITE at 7.5 s or not.
std::function<void(Setting)> tried(int status, bool again) {
  return [=](Setting s) {
    const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
    s.trace.at(7100ms).to_device(primary).response(status, {.to = invite});
    if (again) s.trace.retransmissions(invite, {500ms});
    s.trace.ends(60s);
  };
}

std::vector<Case> unknown_code_cases() {
  constexpr std::string_view id = "RFC3261-GEN-09";
  return {
      {"unknown_4xx_taken_as_400", id, Verdict::pass, refused(499, true, false)},
      {"unknown_4xx_moves_the_call", id, fails("a 499 sent the call to another server", {1, 2}),
       refused(499, true, true)},
      {"unknown_4xx_not_acknowledged", id, fails("a 499 drew no ACK", {1, 2}),
       refused(499, false, false)},
      {"unknown_6xx_moves_the_call", id, fails("a 666 sent the call to another server", {1, 2}),
       refused(666, true, true)},
      {"unknown_5xx_may_move_it", id, Verdict::pass, refused(599, true, true)},
      {"unknown_1xx_taken_as_183", id, Verdict::pass, tried(155, false)},
      {"unknown_1xx_not_heeded", id, fails("sent again 0.400 s after a 155", {1, 2, 3}),
       tried(155, true)},
      {"known_codes", id, needs("an INVITE that draws a status code nobody knows"),
       refused(486, true, false)},
  };
}

/// `method` at 1 s, a 200 for somebody else at 1.1 s, copies of the request at `again`, the right
/// 200 2 s after the first.
std::function<void(Setting)> misdirected(std::string method, std::vector<Duration> again,
                                         std::vector<Duration> acks = {}) {
  return [=](Setting s) {
    const std::string nobody = "SIP/2.0/UDP nobody.invalid;branch=z9hG4bKstray;rport";
    const auto request =
        s.trace.at(1s).from_device(primary).request(method, {.branch = "z9hG4bKstray"});
    s.trace.at(1100ms).to_device(primary).response(
        200, {.to_tag = "t", .headers = {{"Via", nobody}}, .to = request});
    s.trace.retransmissions(request, again);
    for (const Duration at : acks)
      s.trace.at(at).from_device(primary).request("ACK", {.to_tag = "t", .in = request});
    s.trace.at(3s).to_device(primary).response(200, {.to_tag = "t", .to = request});
    s.trace.ends(60s);
  };
}

std::vector<Case> stray_cases() {
  constexpr std::string_view id = "RFC3261-GEN-08";
  return {
      {"goes_on_registering", id, Verdict::pass, misdirected("REGISTER", {500ms, 1500ms})},
      {"takes_it_for_its_own", id, fails("stopped the retransmission", {1, 2}),
       misdirected("REGISTER", {})},
      {"goes_on_inviting", id, Verdict::pass, misdirected("INVITE", {500ms, 1500ms}, {3010ms})},
      {"acknowledges_it", id, fails("was acknowledged", {1, 2, 4}),
       misdirected("INVITE", {500ms}, {1110ms})},
      {"right_one_came_before_a_copy_was_due", id, needs("a response with a foreign sent-by"),
       [](Setting s) {
         const auto asked =
             s.trace.at(1s).from_device(primary).request("REGISTER", {.branch = "z9hG4bKstray"});
         s.trace.at(1100ms).to_device(primary).response(
             200,
             {.headers = {{"Via", "SIP/2.0/UDP nobody.invalid;branch=z9hG4bKstray"}}, .to = asked});
         s.trace.at(1200ms).to_device(primary).response(200, {.to = asked});
         s.trace.ends(60s);
       }},
      {"captured_at_the_server", id,
       inconclusive(
           "stopped the retransmission of the request; but the capture was not taken at the device",
           {1, 2}),
       [](Setting s) {
         s.trace.vantage(trace::Vantage::server);
         misdirected("REGISTER", {})(s);
       }},
      {"none_came", id, needs("a response with a foreign sent-by"), healthy},
  };
}

std::vector<Case> request_cases() {
  return {
      {"complete", "RFC3261-GEN-01", Verdict::pass, healthy},
      {"no_max_forwards", "RFC3261-GEN-01", fails("REGISTER without Max-Forwards", {1}),
       one_register({.without = {"Max-Forwards"}})},
      {"silent_device", "RFC3261-GEN-01", needs("something to judge"), silence},
      {"seventy", "RFC3261-GEN-02", Verdict::pass, healthy},
      {"absent", "RFC3261-GEN-02", fails("REGISTER without Max-Forwards", {1}),
       one_register({.without = {"Max-Forwards"}})},
      {"seven", "RFC3261-GEN-02", warns("Max-Forwards is 7", {1}),
       one_register({.headers = {{"Max-Forwards", "7"}}})},
      {"silent_device", "RFC3261-GEN-02", needs("something to judge"), silence},
      {"cookie", "RFC3261-GEN-03", Verdict::pass, healthy},
      {"no_cookie", "RFC3261-GEN-03", fails("branch \"1234\"", {1}),
       one_register({.branch = "1234"})},
      {"cookie_in_capitals", "RFC3261-GEN-03", fails("branch \"Z9HG4BK1234\"", {1}),
       one_register({.branch = "Z9HG4BK1234"})},
      {"silent_device", "RFC3261-GEN-03", needs("something to judge"), silence},
      {"own_branches", "RFC3261-GEN-04", Verdict::pass, healthy},
      {"cancel_shares_the_invites", "RFC3261-GEN-04", Verdict::pass,
       shared_branch(primary, "CANCEL")},
      {"trap_3_same_call_at_both_servers", "RFC3261-GEN-04", Verdict::pass,
       [](Setting s) {
         for (const auto server : {primary, secondary})
           s.trace.at(1s).from_device(server).request(
               "INVITE", {.cseq = 1, .call_id = "one@call", .from_tag = "1234abcd"});
       }},
      {"trap_3_same_branch_at_both_servers", "RFC3261-GEN-04",
       fails("branch z9hG4bKshared0 used before", {2}), shared_branch(secondary, "INVITE")},
      {"same_branch_for_options", "RFC3261-GEN-04", fails("branch z9hG4bKshared0 used before", {2}),
       shared_branch(primary, "OPTIONS")},
      {"silent_device", "RFC3261-GEN-04", needs("something to judge"), silence},
      {"names_its_source", "RFC3261-GEN-05", Verdict::pass, healthy},
      {"claims_tcp", "RFC3261-GEN-05", fails("Via says TCP", {1}),
       one_register({.headers = {{"Via", "SIP/2.0/TCP 127.0.0.1:5062;branch=z9hG4bKx;rport"}}})},
      {"another_host", "RFC3261-GEN-05", fails("Via sent-by 10.1.1.1:5062", {1}),
       one_register({.headers = {{"Via", "SIP/2.0/UDP 10.1.1.1:5062;branch=z9hG4bKx;rport"}}})},
      {"another_port", "RFC3261-GEN-05", fails("Via sent-by 127.0.0.1:6000", {1}),
       one_register({.headers = {{"Via", "SIP/2.0/UDP 127.0.0.1:6000;branch=z9hG4bKx;rport"}}})},
      {"captured_at_the_server", "RFC3261-GEN-05",
       inconclusive("a NAT may have changed the source"),
       [](Setting s) {
         s.trace.vantage(trace::Vantage::server);
         healthy(s);
       }},
  };
}

}  // namespace

std::vector<Case> rfc3261_8_cases() {
  std::vector<Case> all;
  for (const auto family : {request_cases, contact_cases, unknown_code_cases, stray_cases})
    for (Case& one : family()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
