#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace rfc3261_8_requests {

void healthy(Setting s) {
  registrations(s.trace, 100s);
  s.trace.complete_call(primary, 7s);
}

/// The device says nothing; the server asks.
void silence(Setting s) {
  s.trace.at(1s).to_device(primary).request("OPTIONS");
}

std::function<void(Setting)> one_register(const Fields& fields) {
  return [fields](Setting s) {
    s.trace.at(0s).from_device(primary).request("REGISTER", fields);
    s.trace.at(20ms).to_device(primary).response(200, {.expires = 120s});
  };
}

/// A REGISTER whose Via names another port than its own, where its 200 goes; sent again at `again`.
std::function<void(Setting)> answered_at_its_sent_by(std::vector<Duration> again) {
  return [=](Setting s) {
    const auto asked = s.trace.at(1s).from_device(primary).request(
        "REGISTER", {.headers = {{"Via", "SIP/2.0/UDP 127.0.0.1:6000;branch=z9hG4bKx"}}});
    s.trace.retransmissions(asked, again);
    s.trace.device("1001", *Endpoint::parse("127.0.0.1:6000"));
    s.trace.at(1100ms).to_device(primary).response(200, {.to = asked});
    s.trace.ends(60s);
  };
}

std::function<void(Setting)> seen_from(trace::Vantage vantage,
                                       const std::function<void(Setting)>& write) {
  return [=](Setting s) {
    s.trace.vantage(vantage);
    write(s);
  };
}

const Fields private_via{.headers = {{"Via", "SIP/2.0/UDP 10.1.1.1:5062;branch=z9hG4bKx;rport"}}};

/// One branch for two requests.
std::function<void(Setting)> shared_branch(trace::ServerRole second, std::string method) {
  return [=](Setting s) {
    const auto invite =
        s.trace.at(1s).from_device(primary).request("INVITE", {.branch = "z9hG4bKshared0"});
    s.trace.at(2s).from_device(second);
    if (method == "CANCEL")
      s.trace.request(method, {.branch = "z9hG4bKshared0", .in = invite});
    else
      s.trace.request(method, {.branch = "z9hG4bKshared0"});
  };
}

/// One INVITE with these fields, answered and hung up by the far end, whose BYE is answered or not.
std::function<void(Setting)> invited(const Fields& fields, bool bye_is_answered) {
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
  const Fields two{.headers = {{"Contact", "<sip:a@127.0.0.1>, <sip:b@127.0.0.1>"}}};
  return {
      {"one_contact_that_answers", id, Verdict::pass, invited({}, true)},
      {"two_contacts", id, fails("INVITE with 2 Contacts", {5}), invited(two, true)},
      {"no_contact", id, fails("INVITE with 0 Contacts", {5}),
       invited({.without = {"Contact"}}, true)},
      {"telephone_number", id, fails("tel:1001 of INVITE is no SIP URI", {5}),
       invited({.contact = "tel:1001"}, true)},
      {"address_of_nobody", id, fails("sip:1001@0.0.0.0 of INVITE reaches nobody", {5}),
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
      {"one_request_left_unanswered_there", id, Verdict::pass,
       [](Setting s) {
         const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
         s.trace.at(9s).to_device(primary).response(200, {.to = invite});
         s.trace.at(9010ms).from_device(primary).request("ACK", {.in = invite});
         s.trace.at(12s).to_device(primary).request("INFO", {.in = invite});
         const auto bye = s.trace.at(60s).to_device(primary).request("BYE", {.in = invite});
         s.trace.at(60010ms).from_device(primary).response(200, {.to = bye});
         registrations(s.trace, 100s);
       }},
      {"subscribe_without_contact", id, fails("SUBSCRIBE with 0 Contacts", {1}),
       [](Setting s) {
         s.trace.at(1s).from_device(primary).request("SUBSCRIBE", {.without = {"Contact"}});
       }},
      {"no_call", id, needs("an INVITE"), [](Setting s) { registrations(s.trace, 0s); }},
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
      {"cancel_shares_it_wherever_it_goes", "RFC3261-GEN-04", Verdict::pass,
       shared_branch(secondary, "CANCEL")},
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
  };
}

std::vector<Case> via_cases() {
  return {
      {"names_its_source", "RFC3261-GEN-05", Verdict::pass, healthy},
      {"claims_tcp", "RFC3261-GEN-05", fails("Via says TCP", {1}),
       one_register({.headers = {{"Via", "SIP/2.0/TCP 127.0.0.1:5062;branch=z9hG4bKx;rport"}}})},
      {"another_host", "RFC3261-GEN-05", fails("Via sent-by 10.1.1.1:5062", {1}),
       one_register({.headers = {{"Via", "SIP/2.0/UDP 10.1.1.1:5062;branch=z9hG4bKx;rport"}}})},
      {"another_port", "RFC3261-GEN-05", Verdict::pass,
       one_register({.headers = {{"Via", "SIP/2.0/UDP 127.0.0.1:6000;branch=z9hG4bKx;rport"}}})},
      {"hears_at_its_sent_by", "RFC3261-GEN-05", Verdict::pass, answered_at_its_sent_by({})},
      {"deaf_at_its_sent_by", "RFC3261-GEN-05",
       fails("the response at the port of sent-by was not heeded", {1, 2, 3}),
       answered_at_its_sent_by({500ms})},
      {"perhaps_deaf_at_its_sent_by", "RFC3261-GEN-05",
       inconclusive("was not heeded; but the capture was not taken at the device", {1, 2, 3}),
       seen_from(trace::Vantage::unknown, answered_at_its_sent_by({500ms}))},
      {"leads_to_nobody", "RFC3261-GEN-05", fails("Via sent-by 0.0.0.0:5062 leads to nobody", {1}),
       seen_from(trace::Vantage::server,
                 one_register({.headers = {{"Via", "SIP/2.0/UDP 0.0.0.0:5062;branch=z9hG4bKx"}}}))},
      {"own_address_at_the_server", "RFC3261-GEN-05", Verdict::pass,
       seen_from(trace::Vantage::server, healthy)},
      {"captured_at_the_server", "RFC3261-GEN-05",
       inconclusive("a NAT may have changed the source", {1}),
       seen_from(trace::Vantage::server, one_register(private_via))},
      {"behind_a_nat_perhaps", "RFC3261-GEN-05",
       inconclusive("a NAT? say --vantage device or server", {1}),
       seen_from(trace::Vantage::unknown, one_register(private_via))},
      {"told_of_a_nat_beyond_the_capture", "RFC3261-GEN-05",
       inconclusive("configured with, for a NAT beyond the capture", {1}), foreign([](Setting s) {
         s.trace.vantage(trace::Vantage::device);
         s.trace.device("1001", *Endpoint::parse("10.1.1.1:5062"));
         one_register({.headers = {{"Via", "SIP/2.0/UDP 203.0.113.7:5062;branch=z9hG4bKx;rport"}}})(
             s);
       })},
      {"told_by_the_server", "RFC3261-GEN-05", Verdict::pass,
       [](Setting s) {
         const std::string via = "SIP/2.0/UDP 203.0.113.5:40000;branch=z9hG4bKstun;rport";
         const auto asked =
             s.trace.at(1s).from_device(primary).request("REGISTER", {.headers = {{"Via", via}}});
         s.trace.at(1010ms).to_device(primary).response(
             200, {.headers = {{"Via", via + "=40000;received=203.0.113.5"}}, .to = asked});
       }},
      {"through_a_proxy", "RFC3261-GEN-05", needs("a request that came straight from the device"),
       one_register({.headers = {{"Via",
                                  "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKp, SIP/2.0/UDP "
                                  "10.0.0.7;branch=z9hG4bKx"}}})},
  };
}

}  // namespace rfc3261_8_requests

std::vector<Case> rfc3261_8_requests_cases() {
  using namespace rfc3261_8_requests;
  std::vector<Case> all = request_cases();
  for (const auto more : {via_cases, contact_cases})
    for (Case& one : more()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
