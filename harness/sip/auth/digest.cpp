#include "harness/sip/auth/digest.hpp"

#include <array>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "harness/base/assert.hpp"
#include "harness/sip/auth/auth_parameters.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::sip {
namespace {

std::string hash(DigestAlgorithm algorithm, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned int size = 0;
  const EVP_MD* const kind = algorithm == DigestAlgorithm::md5 ? EVP_md5() : EVP_sha256();
  const int done = EVP_Digest(text.data(), text.size(), sum.data(), &size, kind, nullptr);
  SIPHARNESS_ASSERT(done == 1, "digest", TimePoint{});
  std::string hexadecimal;
  for (unsigned int i = 0; i < size; ++i) hexadecimal += fmt::format("{:02x}", sum[i]);
  return hexadecimal;
}

std::optional<DigestAlgorithm> algorithm_of(std::string_view name) {
  for (const DigestAlgorithm known : {DigestAlgorithm::md5, DigestAlgorithm::sha256}) {
    if (same_ignoring_case(name, to_string(known))) return known;
  }
  return std::nullopt;
}

/// The request digest. `nc`, `cnonce` enter only with a qop. Quoted values enter with their escapes
/// undone: policy, RFC 7616 §3.4.2 is silent and this is what clients do.
/// @source RFC 7616 §3.4.1
std::string digest_response(DigestAlgorithm algorithm, const Credentials& credentials,
                            std::string_view password, std::string_view method) {
  const Credentials& c = credentials;
  const std::string secret =
      hash(algorithm, fmt::format("{}:{}:{}", c.username, c.realm, password));
  const std::string request = hash(algorithm, fmt::format("{}:{}", method, c.uri));
  if (c.qop.empty()) return hash(algorithm, fmt::format("{}:{}:{}", secret, c.nonce, request));
  return hash(algorithm,
              fmt::format("{}:{}:{}:{}:{}:{}", secret, c.nonce, c.nc, c.cnonce, c.qop, request));
}

bool lists_auth(std::string_view qop_options) {
  while (!qop_options.empty()) {
    if (same_ignoring_case(take_list_member(qop_options), "auth")) return true;
  }
  return false;
}

/// False where the parameter makes the whole challenge one we cannot answer.
bool read_challenge_parameter(const AuthParameter& parameter, Challenge& challenge) {
  const auto is = [&](std::string_view name) { return same_ignoring_case(parameter.name, name); };
  if (is("realm")) challenge.realm = parameter.value;
  if (is("nonce")) challenge.nonce = parameter.value;
  if (is("opaque")) challenge.opaque = parameter.value;
  if (is("stale")) challenge.stale = same_ignoring_case(parameter.value, "true");
  if (is("qop")) {
    challenge.qop_auth = lists_auth(parameter.value);
    return challenge.qop_auth;
  }
  if (is("algorithm")) {
    const auto algorithm = algorithm_of(parameter.value);
    challenge.algorithm = algorithm.value_or(DigestAlgorithm::md5);
    challenge.algorithm_given = true;
    return algorithm.has_value();
  }
  return true;
}

/// Where in `credentials` a parameter belongs; null for one we do not know.
std::string* field_of(Credentials& credentials, std::string_view name) {
  struct Field {
    std::string_view name;
    std::string Credentials::*member;
  };
  static constexpr std::array<Field, 10> fields = {{{"username", &Credentials::username},
                                                    {"realm", &Credentials::realm},
                                                    {"nonce", &Credentials::nonce},
                                                    {"uri", &Credentials::uri},
                                                    {"response", &Credentials::response},
                                                    {"cnonce", &Credentials::cnonce},
                                                    {"opaque", &Credentials::opaque},
                                                    {"qop", &Credentials::qop},
                                                    {"nc", &Credentials::nc},
                                                    {"algorithm", &Credentials::algorithm}}};
  for (const Field& field : fields) {
    if (same_ignoring_case(name, field.name)) return &(credentials.*field.member);
  }
  return nullptr;
}

std::string format_credentials(const Credentials& c) {
  std::string text =
      fmt::format("Digest username={}, realm={}, nonce={}, uri={}, response=\"{}\"",
                  quoted(c.username), quoted(c.realm), quoted(c.nonce), quoted(c.uri), c.response);
  if (!c.algorithm.empty()) text += fmt::format(", algorithm={}", c.algorithm);
  if (!c.opaque.empty()) text += fmt::format(", opaque={}", quoted(c.opaque));
  if (!c.qop.empty()) {
    text += fmt::format(", qop={}, nc={}, cnonce={}", c.qop, c.nc, quoted(c.cnonce));
  }
  return text;
}

}  // namespace

std::string_view to_string(DigestAlgorithm algorithm) {
  return algorithm == DigestAlgorithm::md5 ? "MD5" : "SHA-256";
}

std::optional<Challenge> parse_challenge(std::string_view value) {
  auto rest = digest_parameters(value);
  if (!rest) return std::nullopt;
  Challenge challenge{.algorithm_given = false, .qop_auth = false};
  while (!rest->empty()) {
    const auto parameter = take_auth_parameter(*rest);
    if (!parameter || !read_challenge_parameter(*parameter, challenge)) return std::nullopt;
  }
  if (challenge.nonce.empty()) return std::nullopt;
  return challenge;
}

std::optional<std::string> parse_next_nonce(std::string_view value) {
  while (!value.empty()) {
    const auto parameter = take_auth_parameter(value);
    if (!parameter) return std::nullopt;
    if (same_ignoring_case(parameter->name, "nextnonce") && !parameter->value.empty())
      return parameter->value;
  }
  return std::nullopt;
}

std::string format_challenge(const Challenge& challenge) {
  return format_challenge(challenge,
                          challenge.algorithm_given ? to_string(challenge.algorithm) : "");
}

std::string format_challenge(const Challenge& challenge, std::string_view algorithm) {
  std::string text =
      fmt::format("Digest realm={}, nonce={}", quoted(challenge.realm), quoted(challenge.nonce));
  if (!challenge.opaque.empty()) text += fmt::format(", opaque={}", quoted(challenge.opaque));
  if (challenge.stale) text += ", stale=true";
  if (!algorithm.empty()) text += fmt::format(", algorithm={}", algorithm);
  if (challenge.qop_auth) text += ", qop=\"auth\"";
  return text;
}

std::optional<Credentials> parse_credentials(std::string_view value) {
  auto rest = digest_parameters(value);
  if (!rest) return std::nullopt;
  Credentials credentials;
  while (!rest->empty()) {
    auto parameter = take_auth_parameter(*rest);
    if (!parameter) return std::nullopt;
    std::string* const field = field_of(credentials, parameter->name);
    if (field == &credentials.uri) credentials.uri_quoted = parameter->quoted;
    if (field) *field = std::move(parameter->value);
  }
  return credentials;
}

std::string answer_challenge(const Challenge& challenge, const DigestInput& input) {
  Credentials credentials;
  credentials.username = input.username;
  credentials.realm = challenge.realm;
  credentials.nonce = challenge.nonce;
  credentials.uri = input.uri;
  credentials.opaque = challenge.opaque;
  if (challenge.algorithm_given) credentials.algorithm = to_string(challenge.algorithm);
  if (challenge.qop_auth) {
    credentials.qop = "auth";
    credentials.cnonce = input.cnonce;
    credentials.nc = fmt::format("{:08x}", input.nonce_count);
  }
  credentials.response =
      digest_response(challenge.algorithm, credentials, input.password, input.method);
  return format_credentials(credentials);
}

bool verify_credentials(const Credentials& credentials, std::string_view password,
                        std::string_view method) {
  const auto algorithm =
      credentials.algorithm.empty() ? DigestAlgorithm::md5 : algorithm_of(credentials.algorithm);
  const bool qop_known = credentials.qop.empty() || credentials.qop == "auth";
  if (!algorithm || !qop_known) return false;
  return credentials.response == digest_response(*algorithm, credentials, password, method);
}

}  // namespace sipharness::sip
