#pragma once
// The Digest credentials that a phone sent, and how often it used each nonce.
// @source RFC 7616 §3.4; RFC 3261 §22

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/auth/digest.hpp"

namespace sipharness::observed {

/// One Authorization or Proxy-Authorization of the Digest scheme.
struct DigestCredentials {
  sip::HeaderId header{};
  std::optional<sip::Credentials> values;  ///< nothing if they cannot be read
};

/// In the order of the message. Those with an empty nonce answer no challenge and only tell who
/// asks: they are none. @source 3GPP TS 24.229 §5.1.1.2
std::vector<DigestCredentials> credentials_in(const sip::MessageView& request);

/// Credentials in the request that opened a transaction of the phone.
struct SentCredentials {
  const Transaction* transaction = nullptr;
  DigestCredentials digest;
};

std::vector<SentCredentials> find_sent_credentials(const Phone& phone);
/// By time, those of a CANCEL left out: it cannot be challenged (RFC 3261 §22.1).
inline const std::vector<SentCredentials>& sent_credentials(const Phone& phone) {
  return phone.derived<find_sent_credentials>();
}
/// The first transmission of the request.
Evidence evidence_of(const Phone& phone, const SentCredentials& sent);

/// The first request that carried credentials with the nonce; null if none did.
const Transaction* first_use_of(const Phone& phone, const std::string& nonce);

/// The value of nc; nothing if it is not eight hexadecimal digits.
std::optional<std::uint32_t> nonce_count(const sip::Credentials& credentials);

/// The uses of one nonce at one server.
struct NonceUses {
  struct Use {
    const Transaction* transaction = nullptr;
    std::uint32_t count = 0;
  };
  ServerRole server = ServerRole::none;
  std::string nonce;
  std::vector<Use> uses;                       ///< by time, never empty
  std::map<std::uint32_t, std::size_t> times;  ///< how often each count was used here
  std::set<std::uint32_t> used_anywhere;       ///< counts at any server, in ACKs too
};

std::vector<NonceUses> find_nonce_uses(const Phone& phone);
/// By server, then by nonce; of credentials with qop and a readable nc.
inline const std::vector<NonceUses>& nonce_uses(const Phone& phone) {
  return phone.derived<find_nonce_uses>();
}
/// The first use.
Evidence evidence_of(const Phone& phone, const NonceUses& uses);

/// The values of all headers with credentials, whatever their order and their folding.
std::multiset<std::string> credentials_of(const sip::MessageView& request);

}  // namespace sipharness::observed
