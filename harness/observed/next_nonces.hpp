#pragma once
// Nonces that a server named for the next request, in the Authentication-Info of a 2xx, and the
// credentials that came next. @source RFC 7616 §3.5

#include <cstddef>
#include <string>
#include <vector>

#include "harness/observed/credentials.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {

struct NextNonce {
  ServerRole server = ServerRole::none;
  std::string realm;  ///< of the credentials that the 2xx answers
  std::string nonce;
  std::size_t response = 0;               ///< message
  const SentCredentials* next = nullptr;  ///< null: none for that realm came to that server
};

std::vector<NextNonce> find_next_nonces(const Phone& phone);
/// By the time of the responses. Credentials that may have been under way when the response came
/// are none that follow it.
inline const std::vector<NextNonce>& next_nonces(const Phone& phone) {
  return phone.derived<find_next_nonces>();
}

/// The response, and the credentials that came next.
Evidence evidence_of(const Phone& phone, const NextNonce& one);

}  // namespace sipharness::observed
