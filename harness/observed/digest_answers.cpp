#include "harness/observed/digest_answers.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "harness/observed/protection_spaces.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::observed {

std::optional<std::string> flaw_in(const sip::Credentials& credentials, const Offer* offer) {
  if (!credentials.uri_quoted) return "uri is not quoted";
  if (credentials.qop.empty() && !(credentials.cnonce.empty() && credentials.nc.empty()))
    return "cnonce or nc without qop";
  if (!credentials.qop.empty() && (credentials.cnonce.empty() || credentials.nc.empty()))
    return "qop without cnonce or nc";
  if (offer == nullptr) return std::nullopt;
  if (credentials.qop.empty() && offer->has_qop) return "no qop although the challenge offers it";
  if (!credentials.qop.empty() && !offer->has_qop) return "qop although the challenge has none";
  return std::nullopt;
}

bool can_be_verified(const sip::Credentials& credentials) {
  const bool is_known_algorithm =
      credentials.algorithm.empty() ||
      sip::same_ignoring_case(credentials.algorithm, to_string(sip::DigestAlgorithm::md5)) ||
      sip::same_ignoring_case(credentials.algorithm, to_string(sip::DigestAlgorithm::sha256));
  return is_known_algorithm && (credentials.qop.empty() || credentials.qop == "auth");
}

bool was_rejected(const Phone& phone, const Transaction& transaction) {
  const int status = final_status(phone, transaction);
  return status == 401 || status == 403 || status == 407;
}

bool follows(const NonceUses& uses, std::uint32_t before, std::uint32_t now) {
  const auto between =
      std::distance(uses.used_anywhere.upper_bound(before), uses.used_anywhere.lower_bound(now));
  return static_cast<std::uint32_t>(between) == now - before - 1;
}

bool may_be_used_before(const Phone& phone, const NonceUses& uses) {
  return !phone.trace.has_journal() && given_nonce(phone, uses.nonce) == nullptr;
}

std::optional<std::string> flaw_in_renewal(const Phone& phone, const Challenged& stale) {
  std::string username;
  for (const DigestCredentials& of : credentials_in(opening(phone, *stale.refused).sip))
    if (of.header == stale.answer_header() && of.values) username = of.values->username;
  for (const DigestCredentials& of : credentials_in(opening(phone, *stale.retry).sip)) {
    if (of.header != stale.answer_header() || !of.values) continue;
    if (stale.offer_of(of.values->nonce) == nullptr) return "another nonce than the new one";
    if (of.values->username != username) return "another user name";
    // A server may renew several requests with one nonce.
    const bool begins_count =
        !of.values->qop.empty() && first_use_of(phone, of.values->nonce) == stale.retry;
    if (begins_count && of.values->nc != "00000001")
      return fmt::format("nc={} under a new nonce", of.values->nc);
    return std::nullopt;
  }
  return "no credentials";
}

std::optional<std::size_t> chosen_offer(const Phone& phone, const Challenged& one) {
  if (!is_answered(phone, one)) return std::nullopt;
  for (const DigestCredentials& of : credentials_in(opening(phone, *one.retry).sip)) {
    if (of.header != one.answer_header() || !of.values) continue;
    const std::string& algorithm = of.values->algorithm;
    for (std::size_t i = 0; i < one.offers.size(); ++i)
      if (one.offers[i].nonce == of.values->nonce &&
          sip::same_ignoring_case(one.offers[i].algorithm, algorithm.empty() ? "MD5" : algorithm))
        return i;
  }
  return std::nullopt;
}

bool is_choice(const Challenged& one) {
  return one.offers.size() > 1 || !one.offers.front().is(sip::DigestAlgorithm::md5);
}

bool was_challenged_since(const Phone& phone, const NextNonce& one, const std::string& nonce) {
  const GivenNonce* const given = given_nonce(phone, nonce);
  return given != nullptr && given->challenge->challenge->index > one.response;
}

bool was_named_since(const Phone& phone, const NextNonce& one, const std::string& nonce) {
  return std::ranges::any_of(next_nonces(phone), [&](const NextNonce& other) {
    return other.response > one.response && other.server == one.server && other.nonce == nonce;
  });
}

bool passes_over_sha256(const Challenged& one, std::size_t chosen) {
  return std::any_of(one.offers.begin(), one.offers.begin() + static_cast<std::ptrdiff_t>(chosen),
                     [&](const Offer& offer) {
                       return offer.is(sip::DigestAlgorithm::sha256) && offer.can_answer_qop &&
                              offer.realm == one.offers[chosen].realm;
                     });
}

}  // namespace sipharness::observed
