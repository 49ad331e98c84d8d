#include "tests/harness/check/challenge_situations.hpp"

namespace sipharness::check_tests {
namespace guide_authentication {

/// The challenge itself moves the call.
void moved_by_challenge(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(5s).dial();
  const auto first = s.trace.at(5s).from_device(primary).request("INVITE");
  s.trace.at(5010ms).to_device(primary).response(407, challenge(of_the_proxy));
  s.trace.at(5020ms).from_device(primary).request("ACK", {.in = first});
  s.trace.complete_call(secondary, 5100ms);
  s.trace.ends(20s);
}

void dialled(Setting s, bool reported_ok) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(5s).action("dial", "1002", reported_ok);
  s.trace.ends(40s);
}

/// The primary challenges 20 ms after the INVITE had run into Timer B.
void challenged_too_late(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(5s).dial();
  const auto first = s.trace.silent_invite(primary, 5s);
  Fields refusal = challenge(of_the_proxy);
  refusal.to = first;
  s.trace.at(37020ms).to_device(primary).response(407, refusal);
  s.trace.complete_call(secondary, 37030ms);
  s.trace.ends(60s);
}

}  // namespace guide_authentication

std::vector<Case> guide_authentication_cases() {
  using namespace guide_authentication;
  return {
      {"nobody_asks", "GRP-AUTH-01", Verdict::pass, unchallenged},
      {"nobody_tells_of_dials", "GRP-AUTH-01",
       needs("a call after a registration without any challenge"), foreign(unchallenged)},
      {"dials_nothing", "GRP-AUTH-01", fails("no INVITE for the call to 1002", {}),
       [](Setting s) { dialled(s, true); }},
      {"the_driver_failed", "GRP-AUTH-01", Verdict::pass, [](Setting s) { dialled(s, false); }},
      {"challenged", "GRP-AUTH-01", needs("a registration that is accepted without any challenge"),
       retried(proof({}))},
      {"registers_through_it", "GRP-AUTH-02", Verdict::pass, retried(proof({}))},
      {"gives_up", "GRP-AUTH-02", warns("a challenge ended the attempt at the primary", {1}),
       left_alone(challenge({}))},
      {"cannot_answer", "GRP-AUTH-02", needs("a REGISTER or INVITE that is challenged"),
       without_password(left_alone(challenge({})))},
      {"moves_the_call", "GRP-AUTH-02", warns("moved the call to the secondary", {8}),
       moved_by_challenge},
      {"keeps_the_call", "GRP-AUTH-02", Verdict::pass,
       acknowledged({.headers = invite_proof().headers})},
      {"nobody_asks", "GRP-AUTH-02", needs("a REGISTER or INVITE that is challenged"),
       unchallenged},
      {"seen_elsewhere", "GRP-AUTH-02",
       inconclusive("ended the attempt at the primary; but the capture was not taken at the device",
                    {1}),
       at_the_server(left_alone(challenge({})))},
      {"challenged_too_late", "GRP-AUTH-02", needs("a REGISTER or INVITE that is challenged"),
       challenged_too_late},
  };
}

}  // namespace sipharness::check_tests
