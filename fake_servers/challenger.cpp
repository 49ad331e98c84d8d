#include "fake_servers/challenger.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/sip/auth/digest.hpp"

namespace fake_servers {

namespace scenario = sipharness::scenario;
namespace sip = sipharness::sip;

namespace {

constexpr std::size_t remembered_nonces = 4'096;

}  // namespace

Challenger::Challenger(ServerCore& core, const std::vector<scenario::Account>& accounts)
    : core_(core), password_(resolve(accounts.front().password)), nonces_(remembered_nonces) {
  for (const scenario::Account& account : accounts) users_.insert(account.username());
}

bool Challenger::admits(ServerTransaction& transaction, const scenario::ChallengeWith& rule) {
  const CredentialStatus status = examine(transaction.request(), rule);
  if (status == CredentialStatus::valid && rule.admits) return true;

  const bool is_proxy = rule.status == 407;
  sip::Challenge challenge = rule.challenge;
  challenge.realm = realm_of(rule);
  challenge.nonce = core_.rng.hex(32);
  challenge.stale = challenge.stale || status == CredentialStatus::stale;
  nonces_[challenge.nonce].as_stale = rule.challenge.stale;
  auto response = core_.reply(transaction, rule.status);
  for (const std::string& algorithm : rule.algorithms)
    response.header(is_proxy ? HeaderId::proxy_authenticate : HeaderId::www_authenticate,
                    format_challenge(challenge, algorithm));
  transaction.respond(response.str());
  return false;
}

std::string Challenger::next_nonce() {
  nonces_[admitted_].is_spent = true;
  const std::string nonce = core_.rng.hex(32);
  nonces_[nonce] = {};
  return fmt::format("nextnonce=\"{}\"", nonce);
}

bool Challenger::knows(const std::string& user) const {
  return users_.contains(user) || users_.contains("*");
}

const std::string& Challenger::realm_of(const scenario::ChallengeWith& rule) const {
  return rule.challenge.realm.empty() ? core_.domain : rule.challenge.realm;
}

Challenger::CredentialStatus Challenger::examine(const MessageView& request,
                                                 const scenario::ChallengeWith& rule) {
  const HeaderId wanted =
      rule.status == 407 ? HeaderId::proxy_authorization : HeaderId::authorization;
  CredentialStatus best = CredentialStatus::none;
  for (const sip::Header& header : request.headers()) {
    if (header.id != wanted) continue;
    if (const auto credentials = sip::parse_credentials(sip::unfold(header.value)))
      best = std::max(best, examine(*credentials, request, rule));
  }
  return best;
}

Challenger::CredentialStatus Challenger::examine(const sip::Credentials& credentials,
                                                 const MessageView& request,
                                                 const scenario::ChallengeWith& rule) {
  if (credentials.realm != realm_of(rule) || !knows(credentials.username))
    return CredentialStatus::none;
  const std::string algorithm = credentials.algorithm.empty() ? "MD5" : credentials.algorithm;
  if (std::ranges::find(rule.algorithms, algorithm) == rule.algorithms.end())
    return CredentialStatus::none;
  if (password_ && !verify_credentials(credentials, *password_, request.method_text()))
    return CredentialStatus::none;
  const GivenNonce* given = nonces_.find(credentials.nonce);
  const bool is_current =
      given != nullptr && !given->is_spent && (!rule.challenge.stale || given->as_stale);
  if (is_current) admitted_ = credentials.nonce;
  return is_current ? CredentialStatus::valid : CredentialStatus::stale;
}

}  // namespace fake_servers
