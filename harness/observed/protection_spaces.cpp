#include "harness/observed/protection_spaces.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "harness/observed/next_nonces.hpp"

namespace sipharness::observed {
namespace {

using AtServer = std::pair<ServerRole, std::string>;  ///< and a nonce, or a realm

struct ProtectionSpaces {
  std::unordered_map<std::string, GivenNonce> nonces;
  std::map<AtServer, std::size_t> nonces_at;  ///< the message that gave each out first
  std::set<AtServer> realms;
  std::set<AtServer> answered_realms;
};

ProtectionSpaces find_protection_spaces(const Phone& phone) {
  ProtectionSpaces spaces;
  for (const Challenged& one : challenges(phone))
    for (const Offer& offer : one.offers) {
      const ServerRole server = one.refused->server;
      spaces.nonces.emplace(offer.nonce, GivenNonce{&one, &offer});
      spaces.nonces_at.emplace(AtServer{server, offer.nonce}, one.challenge->index);
      spaces.realms.emplace(server, offer.realm);
      if (is_answered(phone, one)) spaces.answered_realms.emplace(server, offer.realm);
    }
  for (const NextNonce& one : next_nonces(phone))
    spaces.nonces_at.emplace(AtServer{one.server, one.nonce}, one.response);
  return spaces;
}

const ProtectionSpaces& spaces_of(const Phone& phone) {
  return phone.derived<find_protection_spaces>();
}

}  // namespace

const GivenNonce* given_nonce(const Phone& phone, const std::string& nonce) {
  const auto& nonces = spaces_of(phone).nonces;
  const auto found = nonces.find(nonce);
  return found == nonces.end() ? nullptr : &found->second;
}

bool gave_nonce(const Phone& phone, ServerRole server, const std::string& nonce,
                std::size_t before) {
  const auto& nonces = spaces_of(phone).nonces_at;
  const auto found = nonces.find({server, nonce});
  return found != nonces.end() && found->second < before;
}

bool challenges_for(const Phone& phone, ServerRole server, const std::string& realm) {
  return spaces_of(phone).realms.contains({server, realm});
}

bool has_answered_for(const Phone& phone, ServerRole server, const std::string& realm) {
  return spaces_of(phone).answered_realms.contains({server, realm});
}

bool tried_foreign_nonce(const Phone& phone, const Challenged& last) {
  if (!last.had_credentials) return false;
  return std::ranges::none_of(
      credentials_in(opening(phone, *last.refused).sip), [&](const DigestCredentials& of) {
        return of.values &&
               gave_nonce(phone, last.refused->server, of.values->nonce, last.challenge->index);
      });
}

}  // namespace sipharness::observed
