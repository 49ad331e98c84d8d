#include "harness/dut/reference_ua/authenticator.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/sip/named_header.hpp"

namespace sipharness::dut {
namespace {

using sip::HeaderId;

/// Of the deviation leaves_digest_uri_unquoted.
std::string without_quotes_around_uri(std::string credentials, std::string_view uri) {
  const std::string quoted = fmt::format("uri=\"{}\"", uri);
  return credentials.replace(credentials.find(quoted), quoted.size(), fmt::format("uri={}", uri));
}

}  // namespace

Authenticator::Authenticator(const Rng& rng, Account account, const DeviationSet& deviations)
    : rng_(rng), account_(std::move(account)), deviations_(deviations) {}

std::optional<sip::Challenge> Authenticator::choose(const sip::MessageView& response,
                                                    HeaderId wanted) const {
  std::optional<sip::Challenge> chosen;
  for (const sip::Header& header : response.headers()) {
    if (header.id != wanted) continue;
    const auto challenge = sip::parse_challenge(header.value);
    if (!challenge) continue;
    chosen = challenge;
    // RFC 8760 §2.4: the server listed what it likes best first.
    if (!has(deviations_, Deviation::prefers_the_last_challenge)) break;
  }
  return chosen;
}

bool Authenticator::can_borrow(HeaderId header, const std::string& realm) const {
  if (lender_ == nullptr) return false;
  const auto space = lender_->spaces_.find(header);
  return space != lender_->spaces_.end() && space->second.challenge.realm == realm;
}

bool Authenticator::accept(const sip::MessageView& sent, const sip::MessageView& challenge) {
  const bool proxy = challenge.status() == 407;
  const HeaderId answer = proxy ? HeaderId::proxy_authorization : HeaderId::authorization;
  const auto found =
      choose(challenge, proxy ? HeaderId::proxy_authenticate : HeaderId::www_authenticate);
  if (!found) return false;
  const auto tried = sip::parse_credentials(sent.header(answer));
  borrows_ = can_borrow(answer, found->realm);
  if (borrows_ && tried) lender_ = nullptr;
  if (borrows_) return !tried;
  const bool was_stale = found->stale && !has(deviations_, Deviation::takes_stale_for_a_refusal);
  const bool rejected = tried && tried->realm == found->realm && !was_stale;
  if (rejected && !has(deviations_, Deviation::insists_on_rejected_credentials)) {
    // §22.1: the same credentials must not be sent again; the next attempt starts afresh.
    spaces_.erase(answer);
    return false;
  }
  spaces_[answer] = Space{*found};
  return true;
}

void Authenticator::take_next_nonce(const sip::MessageView& response) {
  if (has(deviations_, Deviation::keeps_a_spent_nonce)) return;
  const auto space = spaces_.find(HeaderId::authorization);
  if (space == spaces_.end()) return;
  const auto nonce = sip::parse_next_nonce(sip::header_named(response, sip::authentication_info));
  if (!nonce) return;
  space->second.challenge.nonce = *nonce;
  space->second.uses = 0;
}

void Authenticator::authorize(sip::MessageBuilder& request, std::string_view method,
                              std::string_view uri) {
  const bool borrows = borrows_ && lender_ != nullptr;
  for (auto& [header, space] : borrows ? lender_->spaces_ : spaces_) {
    const std::string cnonce = rng_.hex(16);
    ++space.uses;
    const bool counts = !has(deviations_, Deviation::never_counts_nonce_uses);
    std::string credentials =
        sip::answer_challenge(space.challenge, {.username = account_.username,
                                                .password = account_.password,
                                                .method = method,
                                                .uri = uri,
                                                .cnonce = cnonce,
                                                .nonce_count = counts ? space.uses : 1});
    if (has(deviations_, Deviation::leaves_digest_uri_unquoted))
      credentials = without_quotes_around_uri(std::move(credentials), uri);
    const bool misplaces =
        has(deviations_, Deviation::answers_a_first_407_in_authorization) && answers_++ == 0;
    request.header(misplaces ? HeaderId::authorization : header, credentials);
  }
}

}  // namespace sipharness::dut
