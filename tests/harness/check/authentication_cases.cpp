#include "harness/sip/auth/digest.hpp"
#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace {

using test_support::Fields;
using test_support::MessageId;

constexpr auto method_of_registration = "REGISTER";

/// A challenge of a server.
struct Deal {
  std::string realm = "lab";
  std::string nonce = "n1";
  int status = 401;
  bool stale = false;
  bool qop = true;

  sip::Challenge challenge() const {
    return {.realm = realm, .nonce = nonce, .qop_auth = qop, .stale = stale};
  }
};

/// The response that makes the offer, for each algorithm.
Fields challenge(const Deal& deal, const std::vector<std::string>& algorithms = {"MD5"}) {
  Fields fields;
  for (const std::string& algorithm : algorithms)
    fields.headers.emplace_back(deal.status == 407 ? "Proxy-Authenticate" : "WWW-Authenticate",
                                sip::format_challenge(deal.challenge(), algorithm));
  return fields;
}

/// How credentials are made.
struct Making {
  std::string method = method_of_registration;
  std::string password = "sipharness";
  std::uint32_t count = 1;
  sip::DigestAlgorithm algorithm = sip::DigestAlgorithm::md5;
};

std::string credentials(const Deal& deal, const Making& making = {}) {
  sip::Challenge answered = deal.challenge();
  answered.algorithm = making.algorithm;
  return sip::answer_challenge(answered, {.username = "1001",
                                          .password = making.password,
                                          .method = making.method,
                                          .uri = "sip:lab",
                                          .cnonce = "c",
                                          .nonce_count = making.count});
}

Fields proof(const Deal& deal, const Making& making = {}) {
  return {.from_tag = "f",
          .headers = {{deal.status == 407 ? "Proxy-Authorization" : "Authorization",
                       credentials(deal, making)}}};
}

/// Credentials for this deal in which one thing is written otherwise.
Fields rewritten(std::string_view what, std::string_view by, const Deal& deal = {}) {
  Fields fields = proof(deal);
  std::string& value = fields.headers.front().second;
  value.replace(value.find(what), what.size(), by);
  return fields;
}

/// A REGISTER at `at`, answered 10 ms later by a challenge.
MessageId challenged(Setting s, trace::ServerRole server, Duration at, const Fields& refusal,
                     const Fields& request = {.from_tag = "f"}) {
  const auto sent = s.trace.at(at).from_device(server).request("REGISTER", request);
  s.trace.at(at + 10ms).to_device(server).response(401, refusal);
  return sent;
}

/// A REGISTER at `at`, answered 10 ms later by this status.
MessageId answered(Setting s, trace::ServerRole server, Duration at, const Fields& request,
                   int status = 200) {
  const auto sent = s.trace.at(at).from_device(server).request("REGISTER", request);
  s.trace.at(at + 10ms).to_device(server).response(status);
  return sent;
}

/// Challenged at 1 s at the primary; `retry` is the REGISTER at `at` that is accepted.
std::function<void(Setting)> retried(const Fields& retry, Duration at = 1050ms) {
  return [=](Setting s) {
    challenged(s, primary, 1s, challenge({}));
    answered(s, primary, at, retry);
    s.trace.ends(10s);
  };
}

std::function<void(Setting)> left_alone(const Fields& refusal) {
  return [=](Setting s) {
    challenged(s, primary, 1s, refusal);
    s.trace.ends(10s);
  };
}

void unchallenged(Setting s) {
  registrations(s.trace, 100s);
}

Fields changed(Fields fields, const std::function<void(Fields&)>& change) {
  change(fields);
  return fields;
}

// --- nc ------------------------------------------------------------------------------------------

/// REGISTERs under one nonce with these counts, 10 s apart.
std::function<void(Setting)> counted(const std::vector<std::uint32_t>& counts) {
  return [=](Setting s) {
    challenged(s, primary, 1s, challenge({}));
    Duration at = 1050ms;
    for (const std::uint32_t count : counts) {
      answered(s, primary, at, proof({}, {.count = count}));
      at += 10s;
    }
    s.trace.ends(at);
  };
}

/// The primary's nonce at the secondary, whose realm is the given one; the numbers run on.
std::function<void(Setting)> lent(const std::string& realm) {
  return [=](Setting s) {
    counted({1, 2})(s);
    challenged(s, secondary, 30s, challenge({.realm = realm, .nonce = "n2"}),
               proof({}, {.count = 3}));
    answered(s, secondary, 30050ms, proof({.realm = realm, .nonce = "n2"}));
    s.trace.ends(40s);
  };
}

// --- stale and rejected --------------------------------------------------------------------------

/// Registered under n1; at 20 s that is stale, the new nonce is n2, and `retry` follows.
std::function<void(Setting)> gone_stale(const std::optional<Fields>& retry) {
  return [=](Setting s) {
    counted({1})(s);
    challenged(s, primary, 20s, challenge({.nonce = "n2", .stale = true}), proof({}, {.count = 2}));
    if (retry) answered(s, primary, 20050ms, *retry);
    s.trace.ends(30s);
  };
}

/// Credentials rejected at 1.06 s; others `again` after that if there are any.
std::function<void(Setting)> rejected(std::optional<Duration> again) {
  return [=](Setting s) {
    challenged(s, primary, 1s, challenge({}));
    challenged(s, primary, 1050ms, challenge({.nonce = "n2"}), proof({}));
    if (again) answered(s, primary, 1060ms + *again, proof({.nonce = "n2"}), 401);
    s.trace.ends(60s);
  };
}

// --- calls ---------------------------------------------------------------------------------------

const Deal of_the_proxy{.nonce = "p1", .status = 407};

Fields invite_proof() {
  return changed(proof(of_the_proxy, {.method = "INVITE"}), [](Fields& fields) {
    fields.call_id = "the-call";
    fields.branch = "z9hG4bK-again";
  });
}

/// A call challenged at 5 s; its second INVITE comes at 5.05 s.
MessageId challenged_call(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(5s).dial();
  const auto first = s.trace.at(5s).from_device(primary).request(
      "INVITE", {.call_id = "the-call", .from_tag = "f"});
  s.trace.at(5010ms).to_device(primary).response(407, challenge(of_the_proxy));
  s.trace.at(5020ms).from_device(primary).request("ACK", {.in = first});
  return s.trace.at(5050ms).from_device(primary).request("INVITE", invite_proof());
}

std::function<void(Setting)> acknowledged(const Fields& ack) {
  return [=](Setting s) {
    const auto invite = challenged_call(s);
    s.trace.at(7s).to_device(primary).response(200, {.to = invite});
    s.trace.at(7010ms).from_device(primary).request(
        "ACK", changed(ack, [&](Fields& fields) { fields.in = invite; }));
    s.trace.ends(20s);
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

void hung_up_at_the_challenge(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(5s).dial();
  const auto first = s.trace.at(5s).from_device(primary).request("INVITE");
  s.trace.at(5005ms).hang_up();
  s.trace.at(5010ms).to_device(primary).response(407, challenge(of_the_proxy));
  s.trace.at(5020ms).from_device(primary).request("ACK", {.in = first});
  s.trace.ends(20s);
}

void dialled(Setting s, bool reported_ok) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(5s).action("dial", "1002", reported_ok);
  s.trace.ends(40s);
}

// --- both servers --------------------------------------------------------------------------------

/// Both challenge for `realm_of_secondary` and "lab"; the secondary's attempt is written by `rest`.
std::function<void(Setting)> at_both(const std::function<void(Setting)>& rest) {
  return [=](Setting s) {
    challenged(s, primary, 0s, challenge({}));
    answered(s, primary, 50ms, proof({}));
    rest(s);
    s.trace.ends(20s);
  };
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

/// The secondary's first REGISTER so long after the challenged one at the primary.
std::function<void(Setting)> second_after(Duration later) {
  return at_both([=](Setting s) { answered(s, secondary, later, {}); });
}

std::function<void(Setting)> without_password(const std::function<void(Setting)>& rest) {
  return [=](Setting s) {
    s.profile.account.password = {};
    rest(s);
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

// --- Seen by others, at other times --------------------------------------------------------------

std::function<void(Setting)> at_the_server(const std::function<void(Setting)>& write) {
  return [=](Setting s) {
    write(s);
    s.trace.vantage(trace::Vantage::server);
  };
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

std::vector<Case> elsewhere_cases() {
  return {
      {"seen_elsewhere", "GRP-AUTH-02",
       inconclusive("ended the attempt at the primary; but the capture was not taken at the device",
                    {1}),
       at_the_server(left_alone(challenge({})))},
      {"challenged_too_late", "GRP-AUTH-02", needs("a REGISTER or INVITE that is challenged"),
       challenged_too_late},
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

std::vector<Case> guide_cases() {
  return {
      {"nobody_asks", "GRP-AUTH-01", Verdict::pass, unchallenged},
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
      {"side_by_side", "AUTH-10", Verdict::pass, second_after(20ms)},
      {"waits", "AUTH-10", warns("the one at the primary: 15.000 s", {1, 5}), second_after(15s)},
      {"nobody_asks", "AUTH-10", needs("a first REGISTER that is challenged"), unchallenged},
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
      {"late", "AUTH-01", warns("no second request", {1, 2}), retried(proof({}), 4s)},
      {"never", "AUTH-01", warns("no second request", {1, 2}), left_alone(challenge({}))},
      {"without_a_password", "AUTH-01", needs("a request that is answered with 401 or 407"),
       without_password(left_alone(challenge({})))},
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
      {"own_nonces", "AUTH-09", Verdict::pass, at_both(own_nonce)},
      {"recovers", "AUTH-09", Verdict::pass, at_both(foreign_nonce(true))},
      {"does_not_recover", "AUTH-09", fails("gave up at the secondary", {5}),
       at_both(foreign_nonce(false))},
      {"another_password_there", "AUTH-09", Verdict::pass, at_both(wrong_at_the_secondary)},
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
      {"password_not_to_be_had", "AUTH-03", inconclusive("password is not to be had", {3}),
       without_password(retried(proof({})))},
      {"foreign_and_accepted", "AUTH-03", inconclusive("what no server rejected", {3}),
       [=](Setting s) {
         retried(proof({}, wrong))(s);
         s.trace.without_journal();
       }},
      {"nobody_asks", "AUTH-03", needs("a request with credentials"), unchallenged},
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
      {"never_stale", "AUTH-05", needs("credentials whose nonce a server calls stale"),
       counted({1, 2})},
      {"given_up", "AUTH-06", Verdict::pass, rejected({})},
      {"insisted", "AUTH-06", fails("credentials again 0.050 s", {3, 4, 5}), rejected(50ms)},
      {"soon", "AUTH-06", warns("credentials again 10.000 s", {3, 4, 5}), rejected(10s)},
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

}  // namespace

std::vector<Case> authentication_cases() {
  std::vector<Case> all;
  for (const auto part :
       {guide_cases, exchange_cases, digest_cases, renewal_cases, choice_cases, elsewhere_cases})
    for (Case& one : part()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
