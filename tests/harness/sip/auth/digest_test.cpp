#include "harness/sip/auth/digest.hpp"

#include <gtest/gtest.h>

namespace sipharness::sip {
namespace {

/// @source RFC 2617 §3.5: the example request and its response.
const Challenge example_2617 = {.realm = "testrealm@host.com",
                                .nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093",
                                .opaque = "5ccc069c403ebaf9f0171e9517f40e41"};

/// @source RFC 7616 §3.9.1
const Challenge example_7616 = {.realm = "http-auth@example.org",
                                .nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
                                .opaque = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"};

constexpr DigestInput input_2617 = {.username = "Mufasa",
                                    .password = "Circle Of Life",
                                    .method = "GET",
                                    .uri = "/dir/index.html",
                                    .cnonce = "0a4f113b"};

constexpr DigestInput input_7616 = {.username = "Mufasa",
                                    .password = "Circle of Life",
                                    .method = "GET",
                                    .uri = "/dir/index.html",
                                    .cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"};

Credentials answer(const Challenge& challenge, const DigestInput& input) {
  const auto credentials = parse_credentials(answer_challenge(challenge, input));
  EXPECT_TRUE(credentials);
  return credentials.value_or(Credentials{});
}

TEST(Digest, known_answer_md5_rfc2617) {
  EXPECT_EQ(answer(example_2617, input_2617).response, "6629fae49393a05397450978507c4ef1");
}

TEST(Digest, known_answer_md5_rfc7616) {
  EXPECT_EQ(answer(example_7616, input_7616).response, "8ca523f5e9506fed4657c9700eebdbec");
}

TEST(Digest, known_answer_sha256_rfc7616) {
  Challenge challenge = example_7616;
  challenge.algorithm = DigestAlgorithm::sha256;
  EXPECT_EQ(answer(challenge, input_7616).response,
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

TEST(Digest, without_qop_there_is_neither_count_nor_cnonce) {
  Challenge challenge = example_2617;
  challenge.qop_auth = false;
  const Credentials credentials = answer(challenge, input_2617);
  EXPECT_EQ(credentials.response, "670fd8c2df070c60b045671b8b24ff02");
  EXPECT_TRUE(credentials.qop.empty());
  EXPECT_TRUE(credentials.nc.empty());
  EXPECT_TRUE(credentials.cnonce.empty());
}

TEST(Digest, an_answer_repeats_the_challenge_and_writes_the_count_as_eight_digits) {
  DigestInput input = input_2617;
  input.nonce_count = 26;
  const Credentials credentials = answer(example_2617, input);
  EXPECT_EQ(credentials.realm, example_2617.realm);
  EXPECT_EQ(credentials.nonce, example_2617.nonce);
  EXPECT_EQ(credentials.opaque, example_2617.opaque);
  EXPECT_EQ(credentials.uri, "/dir/index.html");
  EXPECT_TRUE(credentials.uri_quoted);
  EXPECT_EQ(credentials.nc, "0000001a");
  EXPECT_EQ(credentials.qop, "auth");
  EXPECT_EQ(credentials.algorithm, "MD5");
}

TEST(Digest, the_algorithm_is_left_out_where_the_challenge_had_none) {
  Challenge challenge = example_2617;
  challenge.algorithm_given = false;
  EXPECT_TRUE(answer(challenge, input_2617).algorithm.empty());
  EXPECT_EQ(format_challenge(challenge).find("algorithm"), std::string::npos);
}

TEST(Digest, credentials_are_accepted_for_the_right_password_and_method_only) {
  const Credentials credentials = answer(example_2617, input_2617);
  EXPECT_TRUE(verify_credentials(credentials, "Circle Of Life", "GET"));
  EXPECT_FALSE(verify_credentials(credentials, "circle of life", "GET"));
  EXPECT_FALSE(verify_credentials(credentials, "Circle Of Life", "REGISTER"));
}

TEST(Digest, whatever_is_changed_in_the_credentials_breaks_them) {
  const Credentials good = answer(example_2617, input_2617);
  for (const auto member : {&Credentials::username, &Credentials::realm, &Credentials::nonce,
                            &Credentials::uri, &Credentials::response, &Credentials::cnonce,
                            &Credentials::nc, &Credentials::qop, &Credentials::algorithm}) {
    Credentials bad = good;
    bad.*member += "x";
    EXPECT_FALSE(verify_credentials(bad, "Circle Of Life", "GET")) << bad.*member;
  }
}

TEST(Digest, integrity_protection_is_not_verified) {
  Credentials credentials = answer(example_2617, input_2617);
  credentials.qop = "auth-int";
  EXPECT_FALSE(verify_credentials(credentials, "Circle Of Life", "GET"));
}

TEST(DigestText, a_challenge_reads_back_as_it_was_written) {
  const Challenge written = {.realm = R"(the "lion", king\)",
                             .nonce = "n,1",
                             .opaque = "o",
                             .algorithm = DigestAlgorithm::sha256,
                             .algorithm_given = true,
                             .qop_auth = true,
                             .stale = true};
  const auto read = parse_challenge(format_challenge(written));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->realm, written.realm);
  EXPECT_EQ(read->nonce, written.nonce);
  EXPECT_EQ(read->opaque, written.opaque);
  EXPECT_EQ(read->algorithm, written.algorithm);
  EXPECT_TRUE(read->algorithm_given);
  EXPECT_TRUE(read->qop_auth);
  EXPECT_TRUE(read->stale);
}

TEST(DigestText, a_bare_challenge_means_md5_without_qop) {
  const auto challenge = parse_challenge("digest  Realm=\"r\" ,\r\n nonce = \"n\"");
  ASSERT_TRUE(challenge);
  EXPECT_EQ(challenge->realm, "r");
  EXPECT_EQ(challenge->nonce, "n");
  EXPECT_EQ(challenge->algorithm, DigestAlgorithm::md5);
  EXPECT_FALSE(challenge->algorithm_given);
  EXPECT_FALSE(challenge->qop_auth);
  EXPECT_FALSE(challenge->stale);
}

TEST(DigestText, auth_is_found_among_several_qops) {
  const auto challenge = parse_challenge(R"(Digest realm="r", nonce="n", qop="auth-int,auth")");
  ASSERT_TRUE(challenge);
  EXPECT_TRUE(challenge->qop_auth);
}

TEST(DigestText, challenges_that_cannot_be_answered_are_nothing) {
  for (const std::string_view value :
       {"", "Digest", "Basic realm=\"r\"", "Digest realm=\"r\"", "DigestX nonce=\"n\"",
        "Digest nonce=\"n\", algorithm=SHA-512-256", "Digest nonce=\"n\", algorithm=MD5-sess",
        "Digest nonce=\"n\", qop=\"auth-int\"", "Digest nonce=\"n\", nonsense"}) {
    EXPECT_FALSE(parse_challenge(value)) << value;
  }
}

TEST(DigestText, escapes_in_credentials_are_undone) {
  const auto credentials =
      parse_credentials(R"(Digest username="a\"b\\", realm="x,y", uri=sip:host, unknown=1)");
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->username, "a\"b\\");
  EXPECT_EQ(credentials->realm, "x,y");
  EXPECT_EQ(credentials->uri, "sip:host");
  EXPECT_FALSE(credentials->uri_quoted);
}

TEST(DigestText, a_name_with_quotes_authenticates) {
  DigestInput input = input_2617;
  input.username = "Simba \"the\\king\"";
  EXPECT_TRUE(verify_credentials(answer(example_2617, input), "Circle Of Life", "GET"));
}

TEST(DigestText, other_schemes_and_unreadable_credentials_are_nothing) {
  EXPECT_FALSE(parse_credentials("Basic QWxhZGRpbg=="));
  EXPECT_FALSE(parse_credentials("Digest username"));
}

}  // namespace
}  // namespace sipharness::sip
