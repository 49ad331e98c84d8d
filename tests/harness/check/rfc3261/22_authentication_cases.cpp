#include "tests/harness/check/challenge_situations.hpp"

namespace sipharness::check_tests {
namespace rfc3261_22_authentication {

/// Credentials rejected at 1.06 s; others `again` after that if there are any.
std::function<void(Setting)> rejected(std::optional<Duration> again) {
  return [=](Setting s) {
    challenged(s, primary, 1s, challenge({}));
    challenged(s, primary, 1050ms, challenge({.nonce = "n2"}), proof({}));
    if (again) answered(s, primary, 1060ms + *again, proof({.nonce = "n2"}), 401);
    s.trace.ends(60s);
  };
}

/// The call that was rejected at the primary goes on at the secondary.
void moved_by_rejection(Setting s) {
  const auto invite = challenged_call(s);
  s.trace.at(5060ms).to_device(primary).response(
      407, changed(challenge({.nonce = "p2", .status = 407}),
                   [&](Fields& fields) { fields.to = invite; }));
  s.trace.at(5070ms).from_device(primary).request("ACK", {.in = invite});
  s.trace.complete_call(secondary, 5100ms);
  s.trace.ends(20s);
}

void hung_up_at_the_challenge(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(5s).dial();
  const auto first = s.trace.at(5s).from_device(primary).request("INVITE");
  s.trace.at(5005ms).hang_up();
  s.trace.at(5010ms).to_device(primary).response(407, challenge(of_the_proxy));
  s.trace.at(5020ms).from_device(primary).request("ACK", {.in = first});
  s.trace.ends(20s);
}

void own_nonce(Setting s) {
  challenged(s, secondary, 20ms, challenge({.nonce = "s1"}));
  answered(s, secondary, 70ms, proof({.nonce = "s1"}));
}

/// Tries the primary's nonce, and takes the secondary's or leaves it.
std::function<void(Setting)> foreign_nonce(bool recovers) {
  return [=](Setting s) {
    challenged(s, secondary, 1s, challenge({.nonce = "s1"}), proof({}, {.count = 2}));
    if (recovers) answered(s, secondary, 1050ms, proof({.nonce = "s1"}));
  };
}

void wrong_at_the_secondary(Setting s) {
  challenged(s, secondary, 20ms, challenge({.nonce = "s1"}));
  challenged(s, secondary, 70ms, challenge({.nonce = "s2"}), proof({.nonce = "s1"}));
}

/// Two subscriptions draw the same nonce within a moment and go on in the other order.
void one_nonce_for_two(Setting s) {
  const auto asks = [&](Duration at, const std::string& call_id, Fields fields, int status) {
    fields.call_id = call_id;
    fields.from_tag = call_id;
    const auto sent = s.trace.at(at).from_device(primary).request("SUBSCRIBE", fields);
    Fields answer = status == 401 ? challenge({}) : Fields{};
    answer.to = sent;
    s.trace.at(at + 10ms).to_device(primary).response(status, answer);
  };
  asks(1s, "a", {}, 401);
  asks(1001ms, "b", {}, 401);
  asks(1050ms, "b", proof({}, {.method = "SUBSCRIBE"}), 200);
  asks(1060ms, "a", proof({}, {.method = "SUBSCRIBE", .count = 2}), 200);
  s.trace.ends(10s);
}

/// The device leaves after two repeats, at 3.5 s; the challenge comes at 6 s.
void left_before_the_challenge(Setting s) {
  s.profile.max_request_retries = 2;
  const auto sent = s.trace.at(1s).from_device(primary).request("REGISTER", {.from_tag = "f"});
  s.trace.retransmissions(sent, {500ms, 1500ms});
  s.trace.at(6s).to_device(primary).response(401, challenge({}));
  s.trace.ends(20s);
}

void challenged_cancel(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  const auto invite = s.trace.at(5s).from_device(primary).request("INVITE");
  s.trace.at(5010ms).to_device(primary).response(180, {.to = invite});
  const auto cancel = s.trace.at(8s).from_device(primary).request("CANCEL", {.in = invite});
  Fields refusal = challenge({});
  refusal.to = cancel;
  s.trace.at(8010ms).to_device(primary).response(401, refusal);
  s.trace.ends(20s);
}

std::vector<Case> elsewhere_cases() {
  return {
      {"one_nonce_for_two", "AUTH-01", Verdict::pass, one_nonce_for_two},
      {"left_before_the_challenge", "AUTH-01", needs("a request that is answered with 401 or 407"),
       left_before_the_challenge},
      {"challenged_cancel", "AUTH-01", needs("a request that is answered with 401 or 407"),
       challenged_cancel},
      {"challenged_keep_alive", "AUTH-01", needs("a request that is answered with 401 or 407"),
       [](Setting s) {
         s.trace.at(1s).from_device(primary).request("OPTIONS");
         s.trace.at(1010ms).to_device(primary).response(401, challenge({}));
         s.trace.ends(10s);
       }},
  };
}

std::vector<Case> exchange_cases() {
  const Deal wrong_realm{.realm = "elsewhere"};
  return {
      {"goes_on", "AUTH-01", Verdict::pass, retried(proof({}))},
      {"another_from_tag", "AUTH-01", warns("has another From tag", {1, 2, 3}),
       retried(changed(proof({}), [](Fields& f) { f.from_tag = "g"; }))},
      {"another_call_id", "AUTH-01", warns("has another Call-ID", {1, 2, 3}),
       retried(changed(proof({}), [](Fields& f) { f.call_id = "new"; }))},
      {"the_same_cseq", "AUTH-01", fails("CSeq 1 after the 1", {1, 2, 3}),
       retried(changed(proof({}), [](Fields& f) { f.cseq = 1; }))},
      {"a_number_left_out", "AUTH-01", fails("CSeq 3 after the 1", {1, 2, 3}),
       retried(changed(proof({}), [](Fields& f) { f.cseq = 3; }))},
      {"no_credentials", "AUTH-01", warns("has no credentials", {1, 2, 3}),
       retried({.from_tag = "f"})},
      {"a_to_tag", "AUTH-01", warns("has another To tag", {1, 2, 3}),
       retried(changed(proof({}), [](Fields& f) { f.to_tag = "t"; }))},
      {"late", "AUTH-01", warns("REGISTER with credentials after a 401: 17.290 s", {1, 2, 3}),
       retried(proof({}), 18300ms)},
      {"typed_in", "AUTH-01", Verdict::pass,
       foreign(without_password(retried(proof({}), 18300ms)))},
      {"typed_in_for_nothing", "AUTH-01",
       warns("REGISTER with credentials after a 401: 17.290 s", {1, 2, 3}),
       foreign(without_password([](Setting s) {
         challenged(s, primary, 1s, challenge({}));
         challenged(s, primary, 18300ms, challenge({.nonce = "n2"}), proof({}));
         s.trace.ends(30s);
       }))},
      {"never", "AUTH-01", warns("no second request", {1, 2}), left_alone(challenge({}))},
      {"without_a_password", "AUTH-01", needs("a request that is answered with 401 or 407"),
       without_password(left_alone(challenge({})))},
      {"perhaps_without_a_password", "AUTH-01",
       inconclusive("whether the device has a password is not known", {1, 2}),
       foreign(without_password(left_alone(challenge({}))))},
      {"of_an_algorithm_nobody_knows", "AUTH-01",
       needs("a request that is answered with 401 or 407"),
       left_alone(challenge({}, {"SHA-512-256"}))},
      {"seen_elsewhere", "AUTH-01", inconclusive("the challenge may not have come", {1, 2}),
       [](Setting s) {
         left_alone(challenge({}))(s);
         s.trace.vantage(trace::Vantage::server);
       }},
      {"hung_up", "AUTH-01", needs("a request that is answered with 401 or 407"),
       hung_up_at_the_challenge},
      {"rejection_is_no_challenge", "AUTH-01", Verdict::pass, rejected({})},
      {"nobody_asks", "AUTH-01", needs("a request that is answered with 401 or 407"), unchallenged},
      {"in_authorization", "AUTH-02", Verdict::pass, retried(proof({}))},
      {"in_the_other_header", "AUTH-02",
       fails("credentials after a 401, but no Authorization", {1, 2, 3}),
       retried({.from_tag = "f", .headers = {{"Proxy-Authorization", credentials({})}}})},
      {"for_another_realm", "AUTH-02", fails("for another realm than \"lab\"", {1, 2, 3}),
       retried(proof(wrong_realm))},
      {"nobody_asks", "AUTH-02", needs("credentials after a 401 or 407"), unchallenged},
      {"in_the_ack", "AUTH-07", Verdict::pass, acknowledged({.headers = invite_proof().headers})},
      {"not_in_the_ack", "AUTH-07", fails("does not carry the credentials", {8, 10}),
       acknowledged({})},
      {"nobody_asks", "AUTH-07", needs("an answered INVITE with credentials"), unchallenged},
  };
}

std::vector<Case> shared_realm_cases() {
  return {
      {"own_nonces", "AUTH-09", Verdict::pass, at_both(own_nonce)},
      {"recovers", "AUTH-09", Verdict::pass, at_both(foreign_nonce(true))},
      {"does_not_recover", "AUTH-09", fails("gave up at the secondary", {5}),
       at_both(foreign_nonce(false))},
      {"another_password_there", "AUTH-09", Verdict::pass, at_both(wrong_at_the_secondary)},
      {"refused_everywhere", "AUTH-09", needs("two servers that challenge for the same realm"),
       [](Setting s) {
         for (const auto server : {primary, secondary}) {
           challenged(s, server, 1s, challenge({}));
           const auto retry = s.trace.at(1050ms).from_device(server).request(
               "REGISTER", proof({}, {.password = "guess"}));
           s.trace.at(1060ms).to_device(server).response(403, {.to = retry});
         }
         s.trace.ends(10s);
       }},
      {"one_realm_each", "AUTH-09", needs("two servers that challenge for the same realm"),
       lent("other")},
      {"answers_no_challenge_at_all", "AUTH-09",
       needs("two servers that challenge for the same realm"),
       [](Setting s) {
         for (const auto server : {primary, secondary}) challenged(s, server, 1s, challenge({}));
         s.trace.ends(10s);
       }},
  };
}

std::vector<Case> renewal_cases() {
  return {
      {"given_up", "AUTH-06", Verdict::pass, rejected({})},
      {"insisted", "AUTH-06", fails("credentials again 0.050 s", {3, 4, 5}), rejected(50ms)},
      {"soon", "AUTH-06", warns("credentials again 10.000 s", {3, 4, 5}), rejected(10s)},
      {"tries_another_user", "AUTH-06", Verdict::pass,
       [](Setting s) {
         rejected({})(s);
         Fields other = proof({.nonce = "n2"});
         std::string& value = other.headers.front().second;
         value.replace(value.find("username=\"1001\""), 15, "username=\"guest\"");
         answered(s, primary, 1110ms, other, 401);
       }},
      {"typed_in_for_a_nonce_that_was_old", "AUTH-06", needs("credentials that a server rejects"),
       [](Setting s) {
         challenged(s, primary, 1s, challenge({}));
         challenged(s, primary, 60s, challenge({.nonce = "n2"}), proof({}));
         answered(s, primary, 60050ms, proof({.nonce = "n2"}));
         s.trace.ends(80s);
       }},
      {"after_the_wait", "AUTH-06", Verdict::pass, rejected(20s)},
      {"moved_the_call", "AUTH-06", fails("the call went to the other server", {11}),
       moved_by_rejection},
      {"an_old_nonce_is_no_password", "AUTH-06", needs("credentials that a server rejects"),
       [](Setting s) {
         counted({1})(s);
         challenged(s, primary, 20s, challenge({.nonce = "n2"}), proof({}, {.count = 2}));
         answered(s, primary, 20050ms, proof({.nonce = "n2"}));
         s.trace.ends(30s);
       }},
      {"accepted", "AUTH-06", needs("credentials that a server rejects"), retried(proof({}))},
  };
}

}  // namespace rfc3261_22_authentication

std::vector<Case> rfc3261_22_authentication_cases() {
  using namespace rfc3261_22_authentication;
  std::vector<Case> all = exchange_cases();
  for (const auto more : {shared_realm_cases, renewal_cases, elsewhere_cases})
    for (Case& one : more()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
