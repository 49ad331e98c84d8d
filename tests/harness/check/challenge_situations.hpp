#pragma once
// Challenges and the credentials that answer them, for the cases on authentication.

#include "harness/sip/auth/digest.hpp"
#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {

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

/// A challenge to an INVITE.
inline const Deal of_the_proxy{.nonce = "p1", .status = 407};

/// How credentials are made.
struct Making {
  std::string method = "REGISTER";
  std::string password = "sipharness";
  std::uint32_t count = 1;
  sip::DigestAlgorithm algorithm = sip::DigestAlgorithm::md5;
};

/// The response that makes the offer, for each algorithm.
Fields challenge(const Deal& deal, const std::vector<std::string>& algorithms = {"MD5"});
/// The value of the header that answers it.
std::string credentials(const Deal& deal, const Making& making = {});
/// A request with these credentials.
Fields proof(const Deal& deal, const Making& making = {});
/// These fields with a change.
Fields changed(Fields fields, const std::function<void(Fields&)>& change);

// REGISTER.
/// Sent at `at`, answered 10 ms later by a challenge.
MessageId challenged(Setting s, trace::ServerRole server, Duration at, const Fields& refusal,
                     const Fields& request = {.from_tag = "f"});
/// Sent at `at`, answered 10 ms later by this status.
MessageId answered(Setting s, trace::ServerRole server, Duration at, const Fields& request,
                   int status = 200);
/// Challenged at 1 s at the primary; `retry` is the REGISTER at `at` that is accepted.
std::function<void(Setting)> retried(const Fields& retry, Duration at = 1050ms);
/// Challenged at 1 s at the primary, and not sent again.
std::function<void(Setting)> left_alone(const Fields& refusal);
/// Accepted without any challenge.
void unchallenged(Setting s);
/// Under one nonce with these counts, 10 s apart.
std::function<void(Setting)> counted(const std::vector<std::uint32_t>& counts);
/// The primary's nonce at the secondary, whose realm is the given one; the numbers run on.
std::function<void(Setting)> lent(const std::string& realm);
/// Challenged and accepted at the primary; `rest` writes what happens at the secondary.
std::function<void(Setting)> at_both(const std::function<void(Setting)>& rest);

// INVITE.
/// The second INVITE of `challenged_call`, with its credentials.
Fields invite_proof();
/// A call challenged at 5 s; its second INVITE comes at 5.05 s.
MessageId challenged_call(Setting s);
/// The same, answered at 7 s and acknowledged by this.
std::function<void(Setting)> acknowledged(const Fields& ack);

// Circumstances.
std::function<void(Setting)> without_password(const std::function<void(Setting)>& rest);
/// Captured at the server.
std::function<void(Setting)> at_the_server(const std::function<void(Setting)>& write);

}  // namespace sipharness::check_tests
