#include "tests/harness/check/challenge_situations.hpp"

namespace sipharness::check_tests {

Fields challenge(const Deal& deal, const std::vector<std::string>& algorithms) {
  Fields fields;
  for (const std::string& algorithm : algorithms)
    fields.headers.emplace_back(deal.status == 407 ? "Proxy-Authenticate" : "WWW-Authenticate",
                                sip::format_challenge(deal.challenge(), algorithm));
  return fields;
}

std::string credentials(const Deal& deal, const Making& making) {
  sip::Challenge answered = deal.challenge();
  answered.algorithm = making.algorithm;
  return sip::answer_challenge(answered, {.username = "1001",
                                          .password = making.password,
                                          .method = making.method,
                                          .uri = "sip:lab",
                                          .cnonce = "c",
                                          .nonce_count = making.count});
}

Fields proof(const Deal& deal, const Making& making) {
  return {.from_tag = "f",
          .headers = {{deal.status == 407 ? "Proxy-Authorization" : "Authorization",
                       credentials(deal, making)}}};
}

MessageId challenged(Setting s, trace::ServerRole server, Duration at, const Fields& refusal,
                     const Fields& request) {
  const auto sent = s.trace.at(at).from_device(server).request("REGISTER", request);
  s.trace.at(at + 10ms).to_device(server).response(401, refusal);
  return sent;
}

MessageId answered(Setting s, trace::ServerRole server, Duration at, const Fields& request,
                   int status) {
  const auto sent = s.trace.at(at).from_device(server).request("REGISTER", request);
  s.trace.at(at + 10ms).to_device(server).response(status);
  return sent;
}

std::function<void(Setting)> retried(const Fields& retry, Duration at) {
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

std::function<void(Setting)> lent(const std::string& realm) {
  return [=](Setting s) {
    counted({1, 2})(s);
    challenged(s, secondary, 30s, challenge({.realm = realm, .nonce = "n2"}),
               proof({}, {.count = 3}));
    answered(s, secondary, 30050ms, proof({.realm = realm, .nonce = "n2"}));
    s.trace.ends(40s);
  };
}

Fields invite_proof() {
  return changed(proof(of_the_proxy, {.method = "INVITE"}), [](Fields& fields) {
    fields.call_id = "the-call";
    fields.branch = "z9hG4bK-again";
  });
}

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

std::function<void(Setting)> at_both(const std::function<void(Setting)>& rest) {
  return [=](Setting s) {
    challenged(s, primary, 0s, challenge({}));
    answered(s, primary, 50ms, proof({}));
    rest(s);
    s.trace.ends(20s);
  };
}

std::function<void(Setting)> without_password(const std::function<void(Setting)>& rest) {
  return [=](Setting s) {
    s.profile.account.password = {};
    rest(s);
  };
}

std::function<void(Setting)> at_the_server(const std::function<void(Setting)>& write) {
  return [=](Setting s) {
    write(s);
    s.trace.vantage(trace::Vantage::server);
  };
}

}  // namespace sipharness::check_tests
