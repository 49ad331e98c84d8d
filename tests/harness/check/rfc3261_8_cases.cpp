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

}  // namespace

std::vector<Case> rfc3261_8_cases() {
  return {
      {"complete", "RFC3261-GEN-01", Verdict::pass, healthy},
      {"no_max_forwards", "RFC3261-GEN-01", Verdict::fail,
       one_register({.without = {"Max-Forwards"}})},
      {"silent_device", "RFC3261-GEN-01", Verdict::inconclusive, silence},
      {"seventy", "RFC3261-GEN-02", Verdict::pass, healthy},
      {"absent", "RFC3261-GEN-02", Verdict::fail, one_register({.without = {"Max-Forwards"}})},
      {"seven", "RFC3261-GEN-02", Verdict::warn,
       one_register({.headers = {{"Max-Forwards", "7"}}})},
      {"silent_device", "RFC3261-GEN-02", Verdict::inconclusive, silence},
      {"cookie", "RFC3261-GEN-03", Verdict::pass, healthy},
      {"no_cookie", "RFC3261-GEN-03", Verdict::fail, one_register({.branch = "1234"})},
      {"cookie_in_capitals", "RFC3261-GEN-03", Verdict::fail,
       one_register({.branch = "Z9HG4BK1234"})},
      {"silent_device", "RFC3261-GEN-03", Verdict::inconclusive, silence},
      {"own_branches", "RFC3261-GEN-04", Verdict::pass, healthy},
      {"cancel_shares_the_invites", "RFC3261-GEN-04", Verdict::pass,
       shared_branch(primary, "CANCEL")},
      {"trap_3_same_call_at_both_servers", "RFC3261-GEN-04", Verdict::pass,
       [](Setting s) {
         for (const auto server : {primary, secondary})
           s.trace.at(1s).from_device(server).request(
               "INVITE", {.cseq = 1, .call_id = "one@call", .from_tag = "1234abcd"});
       }},
      {"trap_3_same_branch_at_both_servers", "RFC3261-GEN-04", Verdict::fail,
       shared_branch(secondary, "INVITE")},
      {"same_branch_for_options", "RFC3261-GEN-04", Verdict::fail,
       shared_branch(primary, "OPTIONS")},
      {"silent_device", "RFC3261-GEN-04", Verdict::inconclusive, silence},
      {"names_its_source", "RFC3261-GEN-05", Verdict::pass, healthy},
      {"claims_tcp", "RFC3261-GEN-05", Verdict::fail,
       one_register({.headers = {{"Via", "SIP/2.0/TCP 127.0.0.1:5062;branch=z9hG4bKx;rport"}}})},
      {"another_host", "RFC3261-GEN-05", Verdict::fail,
       one_register({.headers = {{"Via", "SIP/2.0/UDP 10.1.1.1:5062;branch=z9hG4bKx;rport"}}})},
      {"another_port", "RFC3261-GEN-05", Verdict::fail,
       one_register({.headers = {{"Via", "SIP/2.0/UDP 127.0.0.1:6000;branch=z9hG4bKx;rport"}}})},
      {"captured_at_the_server", "RFC3261-GEN-05", Verdict::inconclusive,
       [](Setting s) {
         s.trace.vantage(trace::Vantage::server);
         healthy(s);
       }},
  };
}

}  // namespace sipharness::check_tests
