#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace rfc3261_8_responses {

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

/// The same at 20 s for a code that everybody knows.
std::function<void(Setting)> beside_a_known_code(int status, bool acknowledged,
                                                 bool known_acknowledged) {
  return [=](Setting s) {
    refused(status, acknowledged, false)(s);
    s.trace.at(20s).dial();
    const auto invite = s.trace.at(20s).from_device(primary).request("INVITE");
    s.trace.at(20100ms).to_device(primary).response(486, {.to = invite});
    if (known_acknowledged) s.trace.at(20110ms).from_device(primary).request("ACK", {.in = invite});
  };
}

void acknowledged_on_another_branch(Setting s) {
  const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
  s.trace.at(7100ms).to_device(primary).response(499, {.to = invite});
  s.trace.at(7110ms).from_device(primary).request("ACK",
                                                  {.branch = "z9hG4bKanother", .in = invite});
  s.trace.ends(60s);
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

std::vector<Case> unknown_code_cases() {
  constexpr std::string_view id = "RFC3261-GEN-09";
  return {
      {"unknown_4xx_taken_as_400", id, Verdict::pass, refused(499, true, false)},
      {"unknown_4xx_moves_the_call", id, fails("a 499 sent the call to another server", {1, 2}),
       refused(499, true, true)},
      {"unknown_4xx_not_acknowledged", id, fails("a 499 got no ACK, a known code did", {1, 2}),
       beside_a_known_code(499, false, true)},
      {"no_code_acknowledged", id, inconclusive("a 499 got no ACK, and whether", {1, 2}),
       beside_a_known_code(499, false, false)},
      {"unknown_4xx_acknowledged_on_another_branch", id, Verdict::pass,
       acknowledged_on_another_branch},
      {"unknown_6xx_moves_the_call", id, fails("a 666 sent the call to another server", {1, 2}),
       refused(666, true, true)},
      {"unknown_5xx_may_move_it", id, Verdict::pass, refused(599, true, true)},
      {"unknown_1xx_taken_as_183", id, Verdict::pass, tried(155, false)},
      {"unknown_1xx_not_heeded", id, fails("sent again 0.400 s after a 155", {1, 2, 3}),
       tried(155, true)},
      {"known_codes", id, needs("an INVITE that gets a status code nobody knows"),
       refused(486, true, false)},
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
      {"none_came", id, needs("a response with a foreign sent-by"),
       [](Setting s) { registrations(s.trace, 100s); }},
  };
}

}  // namespace rfc3261_8_responses

std::vector<Case> rfc3261_8_responses_cases() {
  using namespace rfc3261_8_responses;
  std::vector<Case> all = unknown_code_cases();
  for (Case& one : stray_cases()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
