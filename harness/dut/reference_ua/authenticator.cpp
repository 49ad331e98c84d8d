#include "harness/dut/reference_ua/authenticator.hpp"

#include <optional>

namespace sipharness::dut {
namespace {

using sip::HeaderId;

/// The topmost challenge whose algorithm we know. @source RFC 8760 §2.4
std::optional<sip::Challenge> topmost(const sip::MessageView& response, HeaderId wanted) {
  for (const sip::Header& header : response.headers()) {
    if (header.id != wanted) continue;
    if (const auto challenge = sip::parse_challenge(header.value)) return challenge;
  }
  return std::nullopt;
}

}  // namespace

Authenticator::Authenticator(const Rng& rng, std::string username, std::string password)
    : rng_(rng), username_(std::move(username)), password_(std::move(password)) {}

bool Authenticator::accept(const sip::MessageView& sent, const sip::MessageView& challenge) {
  const bool proxy = challenge.status() == 407;
  const HeaderId answer = proxy ? HeaderId::proxy_authorization : HeaderId::authorization;
  const auto found =
      topmost(challenge, proxy ? HeaderId::proxy_authenticate : HeaderId::www_authenticate);
  if (!found) return false;
  const auto tried = sip::parse_credentials(sent.header(answer));
  const bool rejected = tried && tried->realm == found->realm && !found->stale;
  if (rejected) {
    // §22.1: the same credentials must not be sent again; the next attempt starts afresh.
    spaces_.erase(answer);
    return false;
  }
  spaces_[answer] = Space{*found};
  return true;
}

void Authenticator::authorize(sip::MessageBuilder& request, std::string_view method,
                              std::string_view uri) {
  for (auto& [header, space] : spaces_) {
    const std::string cnonce = rng_.hex(16);
    request.header(header, sip::answer_challenge(space.challenge, {.username = username_,
                                                                   .password = password_,
                                                                   .method = method,
                                                                   .uri = uri,
                                                                   .cnonce = cnonce,
                                                                   .nonce_count = ++space.uses}));
  }
}

}  // namespace sipharness::dut
