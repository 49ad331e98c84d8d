#include "harness/observed/challenges.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/password.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/auth/auth_parameters.hpp"
#include "harness/sip/text.hpp"
#include "harness/sip/uri.hpp"

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

bool is_for(const Offer& offer, const DigestCredentials& digest) {
  return digest.values && digest.values->realm == offer.realm;
}

/// What requests have in common of which one may follow from the other.
struct ChallengeKind {
  std::string_view carried;  ///< Call-ID, nonce or realm
  std::string_view call_id;  ///< empty where it does not matter
  std::string_view user;     ///< of the credentials; empty where it does not matter
  sip::Method method = sip::Method::unknown;
  ServerRole server = ServerRole::none;
  auto operator<=>(const ChallengeKind&) const = default;
};

/// Requests of the device by their kind, each list by time.
class RequestIndex {
 public:
  void add(const Transaction& request, std::string_view carried, std::string_view call_id = {},
           std::string_view user = {}) {
    requests_[{carried, call_id, user, request.method, request.server}].push_back(&request);
  }

  /// The first one after the challenge that is of the refused request's method and server.
  const Transaction* first_after(const Challenged& one, std::string_view carried,
                                 std::string_view call_id = {}, std::string_view user = {}) const {
    const auto kind =
        requests_.find({carried, call_id, user, one.refused->method, one.refused->server});
    if (kind == requests_.end()) return nullptr;
    const auto next =
        std::ranges::lower_bound(kind->second, one.challenge->index, {},
                                 [](const Transaction* request) { return request->sends.front(); });
    return next == kind->second.end() ? nullptr : *next;
  }

 private:
  std::map<ChallengeKind, std::vector<const Transaction*>> requests_;
};

class ChallengeFinder {
 public:
  explicit ChallengeFinder(const Phone& phone) : phone_(phone) {}

  std::vector<Challenged> find() {
    for (const Transaction& transaction : transactions(phone_))
      if (transaction.direction == Direction::from_device && transaction.final &&
          transaction.method != sip::Method::cancel)  // it cannot be sent again (§22.1)
        take(transaction);
    if (found_.empty()) return {};
    index_requests();
    for (Challenged& one : found_) one.retry = retry_of(one);
    std::ranges::stable_sort(found_, {},
                             [](const Challenged& one) { return one.challenge->index; });
    for (const Challenged& one : found_)
      for (const Offer& offer : one.offers)
        answers_.emplace(std::pair(one.retry, offer.nonce), one.challenge->at);
    for (Challenged& one : found_) note_credentials(one);
    note_stale_again();
    return std::move(found_);
  }

 private:
  void index_requests() {
    std::unordered_set<std::string_view> call_ids;
    std::unordered_set<const Transaction*> beginnings;
    for (const Transaction& transaction : transactions(phone_)) {
      const std::string_view call_id = call_id_of(transaction);
      if (call_ids.insert(call_id).second) beginnings.insert(&transaction);
      if (transaction.direction == Direction::from_device) by_call_id_.add(transaction, call_id);
    }
    for (const SentCredentials& sent : sent_credentials(phone_)) {
      if (!sent.digest.values) continue;
      const Transaction& request = *sent.transaction;
      if (beginnings.contains(&request)) by_nonce_.add(request, sent.digest.values->nonce);
      by_realm_.add(request, sent.digest.values->realm, call_of_repeat(request),
                    sent.digest.values->username);
    }
  }

  std::string_view call_id_of(const Transaction& transaction) const {
    return opening(phone_, transaction).sip.call_id();
  }

  /// Rejected credentials are repeated in the same call; a registration may change its Call-ID.
  std::string_view call_of_repeat(const Transaction& request) const {
    return request.method == sip::Method::register_ ? std::string_view() : call_id_of(request);
  }

  void take(const Transaction& transaction) {
    const Message& answer = phone_.message(*transaction.final);
    if (answer.sip.status() != 401 && answer.sip.status() != 407) return;
    Challenged one{.refused = &transaction, .challenge = &answer, .offers = offers_in(answer.sip)};
    if (!one.offers.empty()) found_.push_back(std::move(one));
  }

  /// A server may give one nonce to several requests, so the Call-ID says more than the nonce does.
  const Transaction* retry_of(const Challenged& one) const {
    if (const auto* next = by_call_id_.first_after(one, call_id_of(*one.refused))) return next;
    const Transaction* first = nullptr;
    for (const Offer& offer : one.offers) {
      const Transaction* next = by_nonce_.first_after(one, offer.nonce);
      if (next != nullptr && (first == nullptr || next->sends.front() < first->sends.front()))
        first = next;
    }
    return first;
  }

  void note_credentials(Challenged& one) const {
    for (const DigestCredentials& digest : credentials_in(opening(phone_, *one.refused).sip)) {
      if (digest.header != one.answer_header()) continue;
      if (std::ranges::none_of(one.offers, [&](const Offer& o) { return is_for(o, digest); }))
        continue;
      one.had_credentials = true;
      // Whoever took long to answer, as somebody typed the password, may have met another nonce.
      const auto answered = answers_.find({one.refused, digest.values->nonce});
      if (answered == answers_.end() || one.offers.front().stale ||
          opening(phone_, *one.refused).at - answered->second > policy::time_to_answer_challenge)
        continue;
      one.is_rejection = true;
      if (one.repeated == nullptr)
        one.repeated = by_realm_.first_after(one, one.offers.front().realm,
                                             call_of_repeat(*one.refused), digest.values->username);
    }
  }

  void note_stale_again() {
    std::unordered_set<const Transaction*> renewed;
    for (Challenged& one : found_) {
      one.is_stale_again = one.is_stale() && renewed.contains(one.refused);
      if (one.is_stale() && is_answered_at_once(phone_, one)) renewed.insert(one.retry);
    }
  }

  const Phone& phone_;
  RequestIndex by_call_id_;
  RequestIndex by_nonce_;  ///< those that begin a Call-ID
  RequestIndex by_realm_;
  /// Requests with a nonce that they were given, and when.
  std::map<std::pair<const Transaction*, std::string>, CaptureTime> answers_;
  std::vector<Challenged> found_;
};

using ChallengesByRequest = std::unordered_map<const Transaction*, const Challenged*>;

ChallengesByRequest find_challenges_by_request(const Phone& phone) {
  ChallengesByRequest found;
  for (const Challenged& one : challenges(phone)) found.emplace(one.refused, &one);
  return found;
}

/// Nobody had given the request up: its timer ran, its user waited, its call had not moved on.
bool was_wanted(const Phone& phone, const Challenged& one) {
  const CaptureTime begun = opening(phone, *one.refused).at;
  const CaptureTime latest = one.challenge->at + policy::time_to_answer_challenge;
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

bool has_same_uri(const sip::MessageView& a, const sip::MessageView& b, HeaderId header) {
  const auto one = sip::parse_address(a.header(header));
  const auto other = sip::parse_address(b.header(header));
  return one && other && sip::same_uri(one->uri, other->uri);
}

}  // namespace

bool Offer::is(sip::DigestAlgorithm wanted) const {
  return sip::same_ignoring_case(algorithm, to_string(wanted));
}

std::vector<Offer> offers_in(const sip::MessageView& response) {
  const HeaderId wanted =
      response.status() == 407 ? HeaderId::proxy_authenticate : HeaderId::www_authenticate;
  std::vector<Offer> offers;
  for (const sip::Header& header : response.headers_from(wanted))
    if (header.id == wanted)
      if (const auto offer = read_offer(sip::unfold(header.value))) offers.push_back(*offer);
  return offers;
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

const Challenged* challenge_of(const Phone& phone, const Transaction& refused) {
  const ChallengesByRequest& by_request = phone.derived<find_challenges_by_request>();
  const auto found = by_request.find(&refused);
  return found == by_request.end() ? nullptr : found->second;
}

bool has_challenge(const Phone& phone, const std::vector<std::size_t>& chain) {
  return std::ranges::any_of(chain, [&](std::size_t one) {
    return challenge_of(phone, transactions(phone)[one]) != nullptr;
  });
}

const Challenged* challenge_that_ended(const Phone& phone, const std::vector<std::size_t>& chain) {
  const Challenged* last = challenge_of(phone, transactions(phone)[chain.back()]);
  return last != nullptr && !last->is_rejection ? last : nullptr;
}

Evidence evidence_of(const Phone& phone, const Challenged& one) {
  Evidence evidence = evidence_of(phone, *one.challenge);
  evidence.messages.push_back(one.refused->sends.front());
  if (is_answered(phone, one)) evidence.messages.push_back(one.retry->sends.front());
  return evidence;
}

bool is_answered_at_once(const Phone& phone, const Challenged& one) {
  return one.retry != nullptr &&
         opening(phone, *one.retry).at <= one.challenge->at + policy::time_to_answer_challenge;
}

bool is_answered(const Phone& phone, const Challenged& one) {
  if (one.retry == nullptr || is_answered_at_once(phone, one)) return one.retry != nullptr;
  const std::string_view call_id = opening(phone, *one.refused).sip.call_id();
  if (opening(phone, *one.retry).sip.call_id() != call_id) return false;
  return std::ranges::any_of(
      credentials_in(opening(phone, *one.retry).sip), [&](const DigestCredentials& digest) {
        return digest.values && one.offer_of(digest.values->nonce) != nullptr;
      });
}

AnswerDue answer_due(const Phone& phone, const Challenged& one) {
  // Whoever only wants to know whether the server is there (OPTIONS) knows it by the challenge.
  const bool may_stop = (one.had_credentials && (!one.is_stale() || one.is_stale_again)) ||
                        one.refused->method == sip::Method::options;
  const bool is_over = phone.trace.last > one.challenge->at + policy::time_to_answer_challenge;
  if (may_stop || !is_over || !was_wanted(phone, one)) return AnswerDue::no;
  // Nobody says that the device has a password, nor that the challenge came to it.
  const bool is_doubtful = phone.trace.vantage != trace::Vantage::device;
  if (is_doubtful && !phone.profile.account.password) return AnswerDue::no;
  AnswerDue due = AnswerDue::no;
  for (const Offer& offer : one.offers) {
    if (!can_be_answered(phone, offer)) continue;
    if (has_password_for(phone, offer.realm, one.challenge->index)) return AnswerDue::yes;
    if (!phone.trace.has_journal()) due = AnswerDue::with_a_password;
  }
  return due;
}

std::optional<std::string> changed_part(const sip::MessageView& before,
                                        const sip::MessageView& now) {
  if (before.call_id() != now.call_id()) return "another Call-ID";
  if (before.from_tag() != now.from_tag()) return "another From tag";
  if (!has_same_uri(before, now, HeaderId::from)) return "another From";
  if (!has_same_uri(before, now, HeaderId::to)) return "another To";
  if (before.to_tag() != now.to_tag()) return "another To tag";
  if (before.branch() == now.branch()) return "the branch of the request that was refused";
  if (credentials_in(now).empty()) return "no credentials";
  return std::nullopt;
}

CaptureTime heard_before(const Phone& phone, const Challenged& one, CaptureTime retry) {
  CaptureTime heard = one.challenge->at;
  if (is_captured_at_device(phone)) return heard;
  for (const std::size_t response : one.refused->responses)
    if (phone.at(response) <= retry && phone.message(response).sip.is_final())
      heard = std::max(heard, phone.at(response));
  return heard;
}

const Challenged* last_challenge(const Phone& phone, const RegisterAttempt& attempt) {
  const Challenged* last = nullptr;
  for (const std::size_t index : attempt.transactions) {
    const Challenged* one = challenge_of(phone, transactions(phone)[index]);
    if (one != nullptr && (last == nullptr || one->challenge->index > last->challenge->index))
      last = one;
  }
  return last;
}

const Leg* leg_elsewhere(const Phone& phone, const Challenged& rejected) {
  const CallGroup* call = call_of(phone, *rejected.refused);
  if (call == nullptr) return nullptr;
  const Leg* leg = call->leg(other(rejected.refused->server));
  return leg != nullptr && reached_at(phone, *leg) > rejected.challenge->at ? leg : nullptr;
}

}  // namespace sipharness::observed
