// @source RFC 3261 §22; RFC 7616

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/sip/auth/digest.hpp"
#include "tests/fake_servers/stage.hpp"

namespace fake_servers::test {
namespace {

using testing::ElementsAre;

constexpr auto test_password = "sipharness";

sip::Challenge of_realm(const std::string& realm) {
  sip::Challenge challenge;
  challenge.realm = realm;
  return challenge;
}

sip::Challenge without_qop() {
  sip::Challenge challenge;
  challenge.qop_auth = false;
  return challenge;
}

scenario::Rule challenging(int status, const sip::Challenge& challenge = {},
                           std::vector<std::string> algorithms = {"MD5"}) {
  return rule(scenario::ChallengeWith{
      .status = status, .challenge = challenge, .algorithms = std::move(algorithms)});
}

/// A client that answers every challenge once, with this password.
class Answerer {
 public:
  Answerer(Stage& stage, std::string password, std::string user = "1001")
      : stage_(stage), password_(std::move(password)), user_(std::move(user)) {
    stage.client.on_received = [this](const Seen& seen) {
      const MessageView response = seen.view();
      if (response.status() == 401 || response.status() == 407) answer(response);
    };
  }

  std::vector<sip::Challenge> challenges;
  std::size_t answers_allowed = 1;

 private:
  void answer(const MessageView& response) {
    const bool is_proxy = response.status() == 407;
    const auto challenge = sip::parse_challenge(
        response.header(is_proxy ? HeaderId::proxy_authenticate : HeaderId::www_authenticate));
    ASSERT_TRUE(challenge.has_value());
    challenges.push_back(*challenge);
    if (challenges.size() > answers_allowed) return;
    Request again{.branch = "z9hG4bKagain" + std::to_string(challenges.size()),
                  .cseq = static_cast<std::uint32_t>(challenges.size() + 1)};
    again.headers = {{is_proxy ? "Proxy-Authorization" : "Authorization",
                      answer_challenge(*challenge, {.username = user_,
                                                    .password = password_,
                                                    .method = again.method,
                                                    .uri = again.uri,
                                                    .cnonce = "client"})}};
    stage_.client.send(again);
  }

  Stage& stage_;
  std::string password_;
  std::string user_;
};

struct RoundTripCase {
  const char* name;
  int status;
  sip::Challenge challenge;
  sip::DigestAlgorithm algorithm = sip::DigestAlgorithm::md5;
};

class ChallengeRoundTrip : public testing::TestWithParam<RoundTripCase> {};

TEST_P(ChallengeRoundTrip, ends_well_with_the_password) {
  const std::string algorithm(to_string(GetParam().algorithm));
  Stage stage({challenging(GetParam().status, GetParam().challenge, {algorithm})});
  Answerer answerer(stage, test_password);
  stage.send_at(1s, {});
  stage.run_until(2s);
  EXPECT_THAT(stage.client.statuses(), ElementsAre(GetParam().status, 200));
  ASSERT_EQ(answerer.challenges.size(), 1u);
  const std::string& realm = GetParam().challenge.realm;
  EXPECT_EQ(answerer.challenges[0].realm, realm.empty() ? "10.0.0.11" : realm);
  EXPECT_EQ(answerer.challenges[0].algorithm, GetParam().algorithm);
  EXPECT_EQ(answerer.challenges[0].nonce.size(), 32u);
}

INSTANTIATE_TEST_SUITE_P(
    Challenge, ChallengeRoundTrip,
    testing::Values(RoundTripCase{"registrar_md5", 401, {}}, RoundTripCase{"proxy_md5", 407, {}},
                    RoundTripCase{"sha256", 401, {}, sip::DigestAlgorithm::sha256},
                    RoundTripCase{"without_qop", 401, without_qop()},
                    RoundTripCase{"realm_of_the_rule", 401, of_realm("lab")}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Challenge, a_wrong_password_draws_a_new_nonce_and_no_stale) {
  Stage stage({challenging(401)});
  Answerer answerer(stage, "wrong");
  stage.send_at(1s, {});
  stage.run_until(2s);
  EXPECT_THAT(stage.client.statuses(), ElementsAre(401, 401));
  ASSERT_EQ(answerer.challenges.size(), 2u);
  EXPECT_NE(answerer.challenges[0].nonce, answerer.challenges[1].nonce);
  EXPECT_FALSE(answerer.challenges[1].stale);
}

TEST(Challenge, another_user_is_not_admitted) {
  Stage stage({challenging(401)});
  Answerer answerer(stage, test_password, "1002");
  stage.send_at(1s, {});
  stage.run_until(2s);
  EXPECT_THAT(stage.client.statuses(), ElementsAre(401, 401));
}

TEST(Challenge, a_nonce_of_another_server_is_stale) {
  Stage stage({challenging(401)});
  Answerer answerer(stage, test_password);
  sip::Challenge foreign = of_realm("10.0.0.11");
  foreign.nonce = "not-ours";
  Request request;
  request.headers = {{"Authorization", answer_challenge(foreign, {.username = "1001",
                                                                  .password = test_password,
                                                                  .method = request.method,
                                                                  .uri = request.uri,
                                                                  .cnonce = "client"})}};
  stage.send_at(1s, request);
  stage.run_until(2s);
  EXPECT_THAT(stage.client.statuses(), ElementsAre(401, 200));
  EXPECT_TRUE(answerer.challenges.at(0).stale);
}

TEST(Challenge, a_stale_rule_takes_only_nonces_it_gave_out_itself) {
  sip::Challenge challenge;
  challenge.stale = true;
  auto stale = challenging(401, challenge);
  stale.nth_from = stale.nth_to.emplace(2);
  Stage stage({stale, challenging(401)});
  Answerer answerer(stage, test_password);
  answerer.answers_allowed = 2;
  stage.send_at(1s, {});
  stage.run_until(2s);
  EXPECT_THAT(stage.client.statuses(), ElementsAre(401, 401, 200));
  EXPECT_TRUE(answerer.challenges.at(1).stale);
}

TEST(Challenge, lists_its_algorithms_topmost_first_under_one_nonce) {
  Stage stage({challenging(401, {}, {"SHA-512-256", "SHA-256", "MD5"})});
  stage.send_at(1s, {});
  stage.run_until(2s);
  std::vector<std::string> listed;
  const sip::MessageView challenge = stage.client.last().view();
  for (const sip::Header& header : challenge.headers())
    if (header.id == HeaderId::www_authenticate) listed.emplace_back(header.value);
  ASSERT_THAT(listed, testing::SizeIs(3));
  EXPECT_THAT(listed[0], testing::HasSubstr("algorithm=SHA-512-256"));
  EXPECT_FALSE(sip::parse_challenge(listed[0]).has_value());
  EXPECT_EQ(sip::parse_challenge(listed[1])->algorithm, sip::DigestAlgorithm::sha256);
  EXPECT_EQ(sip::parse_challenge(listed[1])->nonce, sip::parse_challenge(listed[2])->nonce);
}

TEST(Challenge, an_algorithm_it_did_not_list_proves_nothing) {
  Stage stage({challenging(401, {}, {"SHA-256"})});
  stage.client.on_received = [&](const Seen& seen) {
    const std::string header(seen.view().header(HeaderId::www_authenticate));
    auto challenge = sip::parse_challenge(header);
    if (seen.view().status() != 401 || !challenge || challenge->stale) return;
    if (stage.client.statuses().size() > 1) return;
    challenge->algorithm = sip::DigestAlgorithm::md5;
    Request again{.branch = "z9hG4bKagain", .cseq = 2};
    again.headers = {{"Authorization", answer_challenge(*challenge, {.username = "1001",
                                                                     .password = test_password,
                                                                     .method = again.method,
                                                                     .uri = again.uri,
                                                                     .cnonce = "client"})}};
    stage.client.send(again);
  };
  stage.send_at(1s, {});
  stage.run_until(2s);
  EXPECT_THAT(stage.client.statuses(), ElementsAre(401, 401));
}

TEST(Challenge, that_admits_nobody_rejects_right_credentials_without_stale) {
  auto never = challenging(401);
  std::get<scenario::ChallengeWith>(never.verb).admits = false;
  Stage stage({never});
  Answerer answerer(stage, test_password);
  stage.send_at(1s, {});
  stage.run_until(2s);
  EXPECT_THAT(stage.client.statuses(), ElementsAre(401, 401));
  EXPECT_FALSE(answerer.challenges.at(1).stale);
}

TEST(Challenge, leaves_ack_and_cancel_alone) {
  Stage stage({challenging(407)});
  stage.send_at(1s, {.method = "CANCEL"});
  stage.send_at(2s, {.method = "ACK"});
  stage.run_until(3s);
  EXPECT_THAT(stage.client.statuses(), ElementsAre(481));
}

}  // namespace
}  // namespace fake_servers::test
