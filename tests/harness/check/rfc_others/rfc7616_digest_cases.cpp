#include "tests/harness/check/challenge_situations.hpp"

namespace sipharness::check_tests {
namespace rfc7616_3_digest {

/// Credentials for this deal in which one thing is written otherwise.
Fields rewritten(std::string_view what, std::string_view by, const Deal& deal = {}) {
  Fields fields = proof(deal);
  std::string& value = fields.headers.front().second;
  value.replace(value.find(what), what.size(), by);
  return fields;
}

/// Registered under n1; at 20 s that is stale, the new nonce is n2, and `retry` follows.
std::function<void(Setting)> gone_stale(const std::optional<Fields>& retry) {
  return [=](Setting s) {
    counted({1})(s);
    challenged(s, primary, 20s, challenge({.nonce = "n2", .stale = true}), proof({}, {.count = 2}));
    if (retry) answered(s, primary, 20050ms, *retry);
    s.trace.ends(30s);
  };
}

std::function<void(Setting)> with_sha256(std::optional<bool> can,
                                         const std::function<void(Setting)>& rest) {
  return [=](Setting s) {
    s.profile.sha256 = can;
    rest(s);
  };
}

/// SHA-256 and MD5 are offered; the device answers one of them.
std::function<void(Setting)> chose(sip::DigestAlgorithm algorithm) {
  return [=](Setting s) {
    challenged(s, primary, 1s, challenge({}, {"SHA-256", "MD5"}));
    answered(s, primary, 1050ms, proof({}, {.algorithm = algorithm}));
    s.trace.ends(10s);
  };
}

/// Another request takes the new nonce before the one that was refused as stale goes on.
void renewed_for_two(Setting s) {
  counted({1})(s);
  challenged(s, primary, 20s, challenge({.nonce = "n2", .stale = true}), proof({}, {.count = 2}));
  Fields fields = proof({.nonce = "n2"}, {.method = "OPTIONS"});
  fields.call_id = "ping";
  s.trace.at(20040ms).from_device(primary).request("OPTIONS", fields);
  answered(s, primary, 20050ms, proof({.nonce = "n2"}, {.count = 2}));
  s.trace.ends(30s);
}

/// Each realm is answered with the only algorithm that it offers.
void two_realms(Setting s) {
  const Deal hashed{.realm = "core", .nonce = "c1"};
  Fields refusal = challenge(hashed, {"SHA-256"});
  const Fields second = challenge({}, {"MD5"});
  refusal.headers.push_back(second.headers.front());
  challenged(s, primary, 1s, refusal);
  Fields retry = proof({});
  retry.headers.push_back(
      proof(hashed, {.algorithm = sip::DigestAlgorithm::sha256}).headers.front());
  answered(s, primary, 1050ms, retry);
  s.trace.ends(10s);
}

/// REGISTERs under a nonce that was given before the capture.
void counts_on(Setting s) {
  answered(s, primary, 1s, proof({}, {.count = 57}));
  answered(s, primary, 50s, proof({}, {.count = 58}));
  s.trace.ends(60s);
}

std::function<void(Setting)> guessed(int status) {
  return foreign([=](Setting s) {
    challenged(s, primary, 1s, challenge({}));
    const auto retry = s.trace.at(1050ms).from_device(primary).request(
        "REGISTER", proof({}, {.password = "guess"}));
    if (status != 0) s.trace.at(1060ms).to_device(primary).response(status, {.to = retry});
    s.trace.ends(10s);
  });
}

/// The device has its password from whoever set it up, not from the harness.
std::function<void(Setting)> by_hand(const std::function<void(Setting)>& write) {
  return [=](Setting s) {
    s.profile.kind = "external";
    write(s);
  };
}

std::vector<Case> elsewhere_cases() {
  return {
      {"foreign_and_unanswered", "AUTH-03", inconclusive("what no server rejected", {3}),
       guessed(0)},
      {"foreign_and_rejected", "AUTH-03", fails("response does not verify", {3}), guessed(403)},
      {"goes_on_from_before_the_capture", "AUTH-04", Verdict::pass, foreign(counts_on)},
      {"never_given", "AUTH-04", warns("nc 00000039 after 00000000", {1}), counts_on},
      {"a_lost_copy_comes_again", "AUTH-04", inconclusive("a copy may have come", {7}),
       at_the_server(counted({1, 3, 2}))},
      {"repeats_at_the_server", "AUTH-04", fails("nc 00000002 after 00000002", {7}),
       at_the_server(counted({1, 2, 2}))},
      {"renewed_for_two", "AUTH-05", Verdict::pass, renewed_for_two},
      {"two_realms", "AUTH-08", Verdict::pass, with_sha256(true, two_realms)},
  };
}

std::vector<Case> digest_cases() {
  const Making wrong{.password = "guess"};
  const Deal plain{.qop = false};
  return {
      {"right", "AUTH-03", Verdict::pass, retried(proof({}))},
      {"of_another_password", "AUTH-03", fails("response does not verify", {3}),
       retried(proof({}, wrong))},
      {"unquoted_uri", "AUTH-03", fails("uri is not quoted", {3}),
       retried(rewritten("uri=\"sip:lab\"", "uri=sip:lab"))},
      {"nc_without_qop", "AUTH-03", fails("cnonce or nc without qop", {3}),
       retried(rewritten(", qop=auth", ""))},
      {"qop_without_nc", "AUTH-03", fails("qop without cnonce or nc", {3}),
       retried(rewritten(", nc=00000001", ""))},
      {"no_qop", "AUTH-03", fails("no qop although the challenge", {3}), retried(proof(plain))},
      {"unreadable", "AUTH-03", fails("credentials that cannot be read", {3}),
       retried({.from_tag = "f", .headers = {{"Authorization", "Digest nonsense"}}})},
      {"another_scheme", "AUTH-03", needs("a request with credentials"),
       retried({.from_tag = "f", .headers = {{"Authorization", "Bearer token"}}})},
      {"password_not_available", "AUTH-03", inconclusive("password is not available"),
       without_password(retried(proof({})))},
      {"unquoted_uri_of_any_password", "AUTH-03", fails("uri is not quoted", {3}),
       without_password(retried(rewritten("uri=\"sip:lab\"", "uri=sip:lab")))},
      {"perhaps_another_password", "AUTH-03",
       inconclusive("verifies with the profile's password: is it the device's?", {3}),
       by_hand(retried(proof({}, wrong)))},
      {"wrong_although_it_knows_it", "AUTH-03", fails("response does not verify", {7}),
       by_hand([=](Setting s) {
         retried(proof({}))(s);
         challenged(s, primary, 30s, challenge({}));
         const auto retry =
             s.trace.at(30050ms).from_device(primary).request("REGISTER", proof({}, wrong));
         s.trace.at(30060ms).to_device(primary).response(403, {.to = retry});
       })},
      {"answers_no_challenge", "AUTH-03", needs("a request with credentials"),
       retried({.from_tag = "f",
                .headers = {{"Authorization",
                             "Digest username=\"1001\", realm=\"lab\", nonce=\"\", "
                             "uri=\"sip:lab\", response=\"\""}}})},
      {"foreign_and_accepted", "AUTH-03", inconclusive("what no server rejected", {3}),
       [=](Setting s) {
         retried(proof({}, wrong))(s);
         s.trace.without_journal();
       }},
      {"nobody_asks", "AUTH-03", needs("a request with credentials"), unchallenged},
  };
}

std::vector<Case> count_cases() {
  return {
      {"counts", "AUTH-04", Verdict::pass, counted({1, 2, 3})},
      {"repeats", "AUTH-04", fails("nc 00000001 after 00000001", {5}), counted({1, 1})},
      {"decreases", "AUTH-04", fails("nc 00000001 after 00000002", {7}), counted({1, 2, 1})},
      {"begins_late", "AUTH-04", warns("nc 00000002 after 00000000", {3}), counted({2})},
      {"leaves_one_out", "AUTH-04", warns("nc 00000003 after 00000001", {5}), counted({1, 3})},
      {"uses_one_for_an_ack", "AUTH-04", Verdict::pass,
       [](Setting s) {
         counted({1, 3})(s);
         const auto invite = s.trace.at(5s).from_device(primary).request("INVITE");
         s.trace.at(6s).to_device(primary).response(200, {.to = invite});
         Fields ack = proof({}, {.method = "ACK", .count = 2});
         ack.in = invite;
         s.trace.at(6010ms).from_device(primary).request("ACK", ack);
       }},
      {"leaves_one_out_on_the_way", "AUTH-04", inconclusive("what was lost on the way", {5}),
       [](Setting s) {
         counted({1, 3})(s);
         s.trace.vantage(trace::Vantage::server);
       }},
      {"not_eight_digits", "AUTH-04", fails("nc=1 is not eight", {3}),
       retried(rewritten("nc=00000001", "nc=1"))},
      {"goes_on_at_a_server_of_that_realm", "AUTH-04", Verdict::pass, lent("lab")},
      {"goes_on_at_a_server_of_another_realm", "AUTH-04",
       fails("a nonce of the primary at the secondary", {7}), lent("other")},
      {"nobody_asks", "AUTH-04", needs("credentials with qop"), unchallenged},
  };
}

std::vector<Case> renewal_cases() {
  const Deal renewed{.nonce = "n2"};
  return {
      {"replaced", "AUTH-05", Verdict::pass, gone_stale(proof(renewed))},
      {"kept", "AUTH-05", fails("another nonce than the new one", {5, 6, 7}),
       gone_stale(proof({}, {.count = 3}))},
      {"counted_on", "AUTH-05", fails("nc=00000003 under a new nonce", {5, 6, 7}),
       gone_stale(proof(renewed, {.count = 3}))},
      {"another_user", "AUTH-05", fails("another user name", {5, 6, 7}),
       gone_stale(rewritten("username=\"1001\"", "username=\"1009\"", renewed))},
      {"taken_for_a_rejection", "AUTH-05", fails("no request with the new nonce", {5, 6}),
       gone_stale({})},
      {"stale_again_is_nobodys_duty", "AUTH-05", Verdict::pass,
       [renewed](Setting s) {
         gone_stale({})(s);
         challenged(s, primary, 20050ms, challenge({.nonce = "n3", .stale = true}), proof(renewed));
         s.trace.ends(60s);
       }},
      {"never_stale", "AUTH-05", needs("credentials whose nonce a server calls stale"),
       counted({1, 2})},
  };
}

std::vector<Case> choice_cases() {
  using sip::DigestAlgorithm;
  const auto unanswered = left_alone(challenge({}, {"SHA-512-256", "MD5"}));
  const auto only_sha256 = left_alone(challenge({}, {"SHA-256"}));
  return {
      {"topmost", "AUTH-08", Verdict::pass, with_sha256(true, chose(DigestAlgorithm::sha256))},
      {"passed_over", "AUTH-08", warns("although it can SHA-256", {3}),
       with_sha256(true, chose(DigestAlgorithm::md5))},
      {"topmost_it_can", "AUTH-08", Verdict::pass, with_sha256(false, chose(DigestAlgorithm::md5))},
      {"may_not_know_it", "AUTH-08", warns("SHA-256 stands above it", {3}),
       chose(DigestAlgorithm::md5)},
      {"stopped_by_the_unknown", "AUTH-08", fails("no answer to 2 challenges", {1}), unanswered},
      {"cannot_do_it", "AUTH-08", needs("a 401 or 407 with several challenges"),
       with_sha256(false, only_sha256)},
      {"can_do_it_and_does_not", "AUTH-08", fails("no answer to 1 challenges", {1}),
       with_sha256(true, only_sha256)},
      {"one_md5", "AUTH-08", needs("a 401 or 407 with several challenges"), retried(proof({}))},
  };
}

/// A 200 at 1.06 s names n2; `next` follows.
std::function<void(Setting)> renewed(const Fields& next, Duration at = 20s) {
  return [=](Setting s) {
    challenged(s, primary, 1s, challenge({}));
    const auto retry = s.trace.at(1050ms).from_device(primary).request("REGISTER", proof({}));
    s.trace.at(1060ms).to_device(primary).response(
        200, {.headers = {{"Authentication-Info", "qop=auth, nextnonce=\"n2\""}}, .to = retry});
    answered(s, primary, at, next);
    s.trace.ends(30s);
  };
}

/// The next request is challenged all the same, and answers that.
void renewed_and_challenged(Setting s) {
  renewed({.from_tag = "f"})(s);
  challenged(s, primary, 40s, challenge({.nonce = "n3"}));
  answered(s, primary, 40050ms, proof({.nonce = "n3"}));
  s.trace.ends(60s);
}

/// Another 2xx names n3 shortly before the next credentials, which take that one.
void renewed_twice(Setting s) {
  renewed(proof({.nonce = "n3"}), 1700ms)(s);
  const auto other =
      s.trace.at(1400ms).from_device(primary).request("REGISTER", proof({}, {.count = 2}));
  s.trace.at(1410ms).to_device(primary).response(
      200, {.headers = {{"Authentication-Info", "qop=auth, nextnonce=\"n3\""}}, .to = other});
}

std::vector<Case> next_nonce_cases() {
  constexpr std::string_view id = "AUTH-11";
  constexpr std::string_view needed = "a 2xx that names the next nonce";
  const Fields old = proof({}, {.count = 2});
  return {
      {"taken", id, Verdict::pass, renewed(proof({.nonce = "n2"}))},
      {"overlooked", id, warns("under an old nonce although a 2xx", {4, 5}), renewed(old)},
      {"overlooked_at_the_server", id,
       inconclusive("named the next one; but the capture was not", {4, 5}),
       at_the_server(renewed(old))},
      {"under_way_already", id, needs(needed), renewed(old, 1200ms)},
      {"named_twice", id, needs(needed), renewed_twice},
      {"challenged_since", id, needs(needed), renewed_and_challenged},
      {"for_another_realm", id, needs(needed), renewed(proof({.realm = "core", .nonce = "c1"}))},
      {"none_named", id, needs(needed), counted({1, 2})},
  };
}

}  // namespace rfc7616_3_digest

std::vector<Case> rfc7616_3_digest_cases() {
  using namespace rfc7616_3_digest;
  std::vector<Case> all = digest_cases();
  for (const auto more :
       {count_cases, renewal_cases, choice_cases, elsewhere_cases, next_nonce_cases})
    for (Case& one : more()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
