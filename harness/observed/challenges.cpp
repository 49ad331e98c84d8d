#include "harness/observed/challenges.hpp"

#include <algorithm>

#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/auth/auth_parameters.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::observed {
namespace {

using sip::HeaderId;

bool lists_auth(std::string_view options) {
  while (!options.empty())
    if (sip::same_ignoring_case(sip::take_list_member(options), "auth")) return true;
  return false;
}

std::optional<Offer> read_offer(std::string_view value) {
  auto rest = sip::digest_parameters(value);
  if (!rest) return std::nullopt;
  Offer offer;
  while (!rest->empty()) {
    const auto parameter = sip::take_auth_parameter(*rest);
    if (!parameter) return std::nullopt;
    const auto is = [&](std::string_view name) {
      return sip::same_ignoring_case(parameter->name, name);
    };
    if (is("realm")) offer.realm = parameter->value;
    if (is("nonce")) offer.nonce = parameter->value;
    if (is("algorithm")) offer.algorithm = parameter->value;
    if (is("stale")) offer.stale = sip::same_ignoring_case(parameter->value, "true");
    if (!is("qop")) continue;
    offer.has_qop = true;
    offer.can_answer_qop = lists_auth(parameter->value);
  }
  return offer;
}

bool is_for(const Offer& offer, const Proof& proof) {
  return proof.credentials && proof.credentials->realm == offer.realm;
}

class ChallengeFinder {
 public:
  explicit ChallengeFinder(const Phone& phone) : phone_(phone) {}

  std::vector<Challenged> find() {
    for (const Transaction& transaction : transactions(phone_))
      if (transaction.direction == Direction::from_device && transaction.final &&
          transaction.method != sip::Method::cancel)  // it cannot be sent again (§22.1)
        take(transaction);
    std::ranges::stable_sort(found_, {},
                             [](const Challenged& one) { return one.challenge->index; });
    for (Challenged& one : found_) note_proof(one);
    return std::move(found_);
  }

 private:
  void take(const Transaction& transaction) {
    const Message& answer = phone_.message(*transaction.final);
    if (answer.sip.status() != 401 && answer.sip.status() != 407) return;
    Challenged one{.refused = &transaction, .challenge = &answer, .offers = offers_in(answer.sip)};
    if (one.offers.empty()) return;
    one.retry = retry_of(one);
    found_.push_back(std::move(one));
  }

  /// A server may give one nonce to several requests, so the Call-ID says more than the nonce does.
  const Transaction* retry_of(const Challenged& one) const {
    const std::string_view call_id = opening(phone_, *one.refused).sip.call_id();
    const Transaction* with_nonce = nullptr;
    for (const Transaction& next : transactions(phone_)) {
      const Message& request = opening(phone_, next);
      if (next.method != one.refused->method || next.server != one.refused->server ||
          next.direction != Direction::from_device || request.index < one.challenge->index)
        continue;
      if (request.sip.call_id() == call_id) return &next;
      if (with_nonce == nullptr && uses_nonce_of(request, one) && begins_call_id(next))
        with_nonce = &next;
    }
    return with_nonce;
  }

  bool begins_call_id(const Transaction& transaction) const {
    const std::string_view call_id = opening(phone_, transaction).sip.call_id();
    const auto first = std::ranges::find_if(transactions(phone_), [&](const Transaction& other) {
      return opening(phone_, other).sip.call_id() == call_id;
    });
    return &*first == &transaction;
  }

  static bool uses_nonce_of(const Message& request, const Challenged& one) {
    return std::ranges::any_of(proofs_in(request.sip), [&](const Proof& proof) {
      return proof.credentials && one.offer_of(proof.credentials->nonce) != nullptr;
    });
  }

  void note_proof(Challenged& one) const {
    for (const Proof& proof : proofs_in(opening(phone_, *one.refused).sip)) {
      if (proof.header != one.answer_header()) continue;
      if (std::ranges::none_of(one.offers, [&](const Offer& o) { return is_for(o, proof); }))
        continue;
      one.had_proof = true;
      const bool is_fresh = std::ranges::any_of(found_, [&](const Challenged& earlier) {
        return earlier.retry == one.refused && earlier.offer_of(proof.credentials->nonce);
      });
      one.is_rejection |= is_fresh && !one.offers.front().stale;
    }
  }

  const Phone& phone_;
  std::vector<Challenged> found_;
};

/// Nobody had given the request up: its timer ran, its user waited, its call had not moved on.
bool was_wanted(const Phone& phone, const Challenged& one) {
  const CaptureTime begun = opening(phone, *one.refused).at;
  const CaptureTime latest = one.challenge->at + time_to_answer_challenge;
  if (one.challenge->at >= begun + phone.profile.request_timeout()) return false;
  if (next_power_change(phone, begun) < std::min(latest, phone.trace.last)) return false;
  const CallGroup* call = call_of(phone, *one.refused);
  if (call == nullptr) return true;
  const auto has_moved = [&](const Leg& leg) {
    return leg.server != one.refused->server && reached_at(phone, leg) > begun &&
           reached_at(phone, leg) <= one.challenge->at;
  };
  const bool may_be_given_up =
      hung_up_before(*call, latest) ||
      (one.refused->method == sip::Method::invite && !phone.trace.has_journal());
  return !may_be_given_up && std::ranges::none_of(call->legs, has_moved);
}

bool can_be_answered(const Phone& phone, const Offer& offer) {
  const bool is_known =
      offer.is(sip::DigestAlgorithm::md5) ||
      (offer.is(sip::DigestAlgorithm::sha256) && phone.profile.sha256.value_or(false));
  return is_known && offer.can_answer_qop;
}

}  // namespace

bool Offer::is(sip::DigestAlgorithm wanted) const {
  return sip::same_ignoring_case(algorithm, to_string(wanted));
}

std::vector<Offer> offers_in(const sip::MessageView& response) {
  const HeaderId wanted =
      response.status() == 407 ? HeaderId::proxy_authenticate : HeaderId::www_authenticate;
  std::vector<Offer> offers;
  for (const sip::Header& header : response.headers())
    if (header.id == wanted)
      if (const auto offer = read_offer(sip::unfold(header.value))) offers.push_back(*offer);
  return offers;
}

std::vector<Proof> proofs_in(const sip::MessageView& request) {
  std::vector<Proof> proofs;
  for (const sip::Header& header : request.headers()) {
    if (header.id != HeaderId::authorization && header.id != HeaderId::proxy_authorization)
      continue;
    const std::string value = sip::unfold(header.value);
    if (sip::digest_parameters(value)) proofs.push_back({header.id, sip::parse_credentials(value)});
  }
  return proofs;
}

HeaderId Challenged::answer_header() const {
  return challenge->sip.status() == 407 ? HeaderId::proxy_authorization : HeaderId::authorization;
}

const Offer* Challenged::offer_of(const std::string& nonce) const {
  const auto offer = std::ranges::find(offers, nonce, &Offer::nonce);
  return offer == offers.end() ? nullptr : &*offer;
}

std::vector<Challenged> find_challenges(const Phone& phone) {
  return ChallengeFinder(phone).find();
}

bool is_answered(const Phone& phone, const Challenged& one) {
  return one.retry != nullptr &&
         opening(phone, *one.retry).at <= one.challenge->at + time_to_answer_challenge;
}

bool must_be_answered(const Phone& phone, const Challenged& one) {
  const bool has_password = phone.profile.account.password.has_value();
  // Whoever only wants to know whether the server is there (OPTIONS) knows it by the challenge.
  const bool may_stop =
      (one.had_proof && !one.is_stale()) || one.refused->method == sip::Method::options;
  return has_password && !may_stop && was_wanted(phone, one) &&
         phone.trace.last > one.challenge->at + time_to_answer_challenge &&
         std::ranges::any_of(one.offers,
                             [&](const Offer& offer) { return can_be_answered(phone, offer); });
}

}  // namespace sipharness::observed
