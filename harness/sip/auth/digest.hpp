#pragma once
// Digest authentication, both sides: MD5 and SHA-256, qop=auth or none, nonce counts, stale.
// @source RFC 3261 §22; RFC 7616; RFC 8760; RFC 2617 §3.2.2

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sipharness::sip {

enum class DigestAlgorithm : std::uint8_t { md5, sha256 };

std::string_view to_string(DigestAlgorithm algorithm);  ///< "MD5", "SHA-256"

struct Challenge {
  std::string realm = {};
  std::string nonce = {};
  std::string opaque = {};  ///< empty: none
  DigestAlgorithm algorithm = DigestAlgorithm::md5;
  bool algorithm_given = true;  ///< write or saw an algorithm parameter
  bool qop_auth = true;
  bool stale = false;
  bool operator==(const Challenge&) const = default;
};

/// The value of WWW-Authenticate or Proxy-Authenticate; nothing if not Digest, or of an algorithm
/// or qop we do not know (RFC 8760 §2.4: ignore it).
std::optional<Challenge> parse_challenge(std::string_view value);
std::string format_challenge(const Challenge& challenge);
/// The same challenge for an algorithm of any name.
std::string format_challenge(const Challenge& challenge, std::string_view algorithm);

/// What a credentials header says, all values unquoted.
struct Credentials {
  std::string username, realm, nonce, uri, response, cnonce, opaque, qop, nc, algorithm;
  bool uri_quoted = false;
};

std::optional<Credentials> parse_credentials(std::string_view value);

/// The nextnonce of an Authentication-Info; nothing if it has none. @source RFC 7616 §3.5
std::optional<std::string> parse_next_nonce(std::string_view value);
/// What Authentication-Info is called in a message.
inline constexpr std::string_view authentication_info = "Authentication-Info";

struct DigestInput {
  std::string_view username;
  std::string_view password;
  std::string_view method;
  std::string_view uri;          ///< the Request-URI
  std::string_view cnonce = {};  ///< used only with qop
  std::uint32_t nonce_count = 1;
};

/// The complete header value that answers `challenge`.
std::string answer_challenge(const Challenge& challenge, const DigestInput& input);

/// Whether `credentials` prove knowledge of `password` for `method`, as they state their own
/// realm, nonce, uri, qop and algorithm.
bool verify_credentials(const Credentials& credentials, std::string_view password,
                        std::string_view method);

}  // namespace sipharness::sip
