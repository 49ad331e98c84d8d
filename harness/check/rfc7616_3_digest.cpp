// What stands in the credentials: the digest itself, nonces and their counts, the choice among
// several challenges. @source RFC 7616 §3.3, §3.4; RFC 3261 §22.4; RFC 2617 §3.2; RFC 8760 §2.4

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/observed/challenges.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::check {
namespace {

using sip::Credentials;
using sip::DigestAlgorithm;
using trace::Message;
using trace::ServerRole;
using verdict::Blame;

/// Hands every piece of credentials of the device to `judge_one`, CANCEL aside, which cannot be
/// challenged.
template <class Judgement>
void for_each_proof(const Phone& phone, const Judgement& judge_one) {
  for (const Transaction& transaction : transactions(phone)) {
    if (transaction.direction != trace::Direction::from_device ||
        transaction.method == sip::Method::cancel)
      continue;
    for (const Proof& proof : proofs_in(opening(phone, transaction).sip))
      judge_one(transaction, proof);
  }
}

Evidence evidence_of_opening(const Phone& phone, const Transaction& transaction) {
  const Message& request = opening(phone, transaction);
  return {transaction.server, request.sip.call_id(), {request.index}};
}

// --- The digest ----------------------------------------------------------------------------------

/// What is wrong with the form of `credentials`; `offer` is the challenge they answer, if it was
/// seen.
std::optional<std::string> flaw_in(const Credentials& credentials, const Offer* offer) {
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

bool can_be_verified(const Credentials& credentials) {
  const bool is_known_algorithm =
      credentials.algorithm.empty() ||
      sip::same_ignoring_case(credentials.algorithm, to_string(DigestAlgorithm::md5)) ||
      sip::same_ignoring_case(credentials.algorithm, to_string(DigestAlgorithm::sha256));
  return is_known_algorithm && (credentials.qop.empty() || credentials.qop == "auth");
}

/// The server said that it does not take these credentials; any other answer says nothing of them.
bool was_rejected(const Phone& phone, const Transaction& transaction) {
  const int status = transaction.final ? phone.message(*transaction.final).sip.status() : 0;
  return status == 401 || status == 403 || status == 407;
}

class DigestJudge {
 public:
  DigestJudge(const Phone& phone, Judge& judge, std::string password)
      : phone_(phone), judge_(judge), password_(std::move(password)) {
    for (const Challenged& one : challenges(phone))
      for (const Offer& offer : one.offers) offers_.emplace(offer.nonce, offer);
  }

  void take(const Transaction& transaction, const Proof& proof) {
    const Evidence evidence = evidence_of_opening(phone_, transaction);
    if (!proof.credentials) return judge_.violated(evidence, "credentials that cannot be read");
    const auto offer = offers_.find(proof.credentials->nonce);
    const auto flaw =
        flaw_in(*proof.credentials, offer == offers_.end() ? nullptr : &offer->second);
    if (flaw) return judge_.violated(evidence, *flaw);
    if (!can_be_verified(*proof.credentials))
      return judge_.inconclusive(evidence, Blame::harness,
                                 fmt::format("algorithm \"{}\" with qop \"{}\" is not known here",
                                             proof.credentials->algorithm, proof.credentials->qop));
    const std::string_view method = opening(phone_, transaction).sip.method_text();
    if (sip::verify_credentials(*proof.credentials, password_, method))
      return judge_.pass(evidence, fmt::format("{} with a right response", method));
    if (!was_rejected(phone_, transaction) && !phone_.trace.has_journal())
      judge_.inconclusive(evidence, Blame::user,
                          "the profile's password does not verify what no server rejected");
    else
      judge_.violated(evidence, "the response does not verify with the account's password");
  }

 private:
  const Phone& phone_;
  Judge& judge_;
  std::string password_;
  std::map<std::string, Offer> offers_;  ///< by nonce
};

void digests_are_right(const Phone& phone, Judge& judge) {
  judge.needs("a request with credentials");
  const auto password = scenario::resolve(phone.profile.account.password);
  std::optional<DigestJudge> digests;
  for_each_proof(phone, [&](const Transaction& transaction, const Proof& proof) {
    if (!password)
      return judge.inconclusive(evidence_of_opening(phone, transaction), Blame::user,
                                "the account's password is not to be had");
    if (!digests) digests.emplace(phone, judge, *password);
    digests->take(transaction, proof);
  });
}

// --- Counting ------------------------------------------------------------------------------------

/// Eight hexadecimal digits; nothing if `nc` is something else.
std::optional<std::uint32_t> count_in(const std::string& nc) {
  std::uint32_t count = 0;
  const char* const end = nc.data() + nc.size();
  const auto [stop, failure] = std::from_chars(nc.data(), end, count, 16);
  if (nc.size() != 8 || failure != std::errc() || stop != end) return std::nullopt;
  return count;
}

/// The uses of one nonce at one server, in order, and what was used of it anywhere.
struct NonceUse {
  const Transaction* transaction = nullptr;
  std::uint32_t count = 0;
};

class NonceJudge {
 public:
  NonceJudge(const Phone& phone, Judge& judge)
      : phone_(phone), judge_(judge), challenged_(challenges(phone)) {}

  void take(const Transaction& transaction, const Proof& proof) {
    if (!proof.credentials || proof.credentials->qop.empty()) return;
    const Credentials& credentials = *proof.credentials;
    const auto count = count_in(credentials.nc);
    if (!count)
      return judge_.violated(evidence_of_opening(phone_, transaction),
                             fmt::format("nc={} is not eight hexadecimal digits", credentials.nc));
    uses_[{transaction.server, credentials.nonce}].push_back({&transaction, *count});
    used_[credentials.nonce].insert(*count);
  }

  /// Of an ACK: it should repeat its INVITE's credentials (AUTH-07), but one of its own is a use
  /// too.
  void note(const Proof& proof) {
    if (!proof.credentials || proof.credentials->qop.empty()) return;
    if (const auto count = count_in(proof.credentials->nc))
      used_[proof.credentials->nonce].insert(*count);
  }

  void conclude() {
    for (const auto& [where, uses] : uses_) judge_uses(where.second, uses);
    judge_mixing();
  }

 private:
  using Where = std::pair<ServerRole, std::string>;  ///< and the nonce

  void judge_uses(const std::string& nonce, const std::vector<NonceUse>& uses) {
    std::uint32_t before = was_used_before(nonce) ? uses.front().count - 1 : 0;
    bool is_whole = true;
    for (const NonceUse& use : uses) {
      const Evidence evidence = evidence_of_opening(phone_, *use.transaction);
      if (use.count <= before) {
        is_whole = false;
        judge_fall(evidence, before, use.count,
                   std::ranges::count(uses, use.count, &NonceUse::count) > 1);
      } else if (!is_next(nonce, before, use.count)) {
        is_whole = false;
        judge_gap(evidence, before, use.count);
      }
      before = std::max(before, use.count);
    }
    if (is_whole)
      judge_.pass(evidence_of_opening(phone_, *uses.front().transaction),
                  fmt::format("nc counts up to {:08x} under one nonce", before));
  }

  /// A capture that began in the device's life need not show where a nonce comes from.
  bool was_used_before(const std::string& nonce) const {
    return !phone_.trace.has_journal() &&
           std::ranges::none_of(
               challenged_, [&](const Challenged& one) { return one.offer_of(nonce) != nullptr; });
  }

  void judge_fall(const Evidence& evidence, std::uint32_t before, std::uint32_t now,
                  bool is_repeat) {
    const std::string seen = fmt::format("nc {:08x} after {:08x} under one nonce", now, before);
    if (!is_repeat && phone_.trace.vantage == trace::Vantage::server)
      judge_.inconclusive(evidence, Blame::network,
                          seen + ": a copy may have come where the first one was lost");
    else
      judge_.violated(evidence, seen);
  }

  /// Every number between was used at the other server, or by an ACK.
  bool is_next(const std::string& nonce, std::uint32_t before, std::uint32_t now) const {
    const std::set<std::uint32_t>& used = used_.at(nonce);
    const auto between = std::distance(used.upper_bound(before), used.lower_bound(now));
    return static_cast<std::uint32_t>(between) == now - before - 1;
  }

  void judge_gap(const Evidence& evidence, std::uint32_t before, std::uint32_t now) {
    const std::string seen = fmt::format("nc {:08x} after {:08x} under one nonce", now, before);
    if (phone_.trace.vantage == trace::Vantage::server)
      judge_.inconclusive(evidence, Blame::network, seen + ": what was lost on the way counts too");
    else
      judge_.warn(evidence, seen);
  }

  /// A nonce is good in its protection space only, so not at a server with another realm.
  void judge_mixing() {
    std::map<std::string, const Challenged*> givers;
    std::map<ServerRole, std::set<std::string>> realms;
    for (const Challenged& one : challenged_)
      for (const Offer& offer : one.offers) {
        givers.emplace(offer.nonce, &one);
        realms[one.refused->server].insert(offer.realm);
      }
    for (const auto& [where, uses] : uses_) {
      const auto giver = givers.find(where.second);
      if (giver == givers.end() || giver->second->refused->server == where.first) continue;
      const std::string& realm = giver->second->offer_of(where.second)->realm;
      if (realms[where.first].contains(realm)) continue;
      judge_.violated(
          evidence_of_opening(phone_, *uses.front().transaction),
          fmt::format("a nonce of the {} at the {}, which has another realm",
                      to_string(giver->second->refused->server), to_string(where.first)));
    }
  }

  const Phone& phone_;
  Judge& judge_;
  std::vector<Challenged> challenged_;
  std::map<Where, std::vector<NonceUse>> uses_;
  std::map<std::string, std::set<std::uint32_t>> used_;  ///< by nonce, at any server
};

void nonce_uses_are_counted(const Phone& phone, Judge& judge) {
  judge.needs("credentials with qop");
  NonceJudge nonces(phone, judge);
  for_each_proof(phone, [&](const Transaction& transaction, const Proof& proof) {
    nonces.take(transaction, proof);
  });
  for (const Message& message : phone.messages)
    if (message.from_device() && message.sip.is_request() &&
        message.sip.method() == sip::Method::ack)
      for (const Proof& proof : proofs_in(message.sip)) nonces.note(proof);
  nonces.conclude();
}

// --- Stale nonces --------------------------------------------------------------------------------

/// A server may renew several requests with one nonce.
bool is_first_use(const Phone& phone, const Transaction& request, const std::string& nonce) {
  return std::ranges::none_of(transactions(phone), [&](const Transaction& earlier) {
    if (earlier.direction != trace::Direction::from_device ||
        earlier.sends.front() >= request.sends.front())
      return false;
    return std::ranges::any_of(proofs_in(opening(phone, earlier).sip), [&](const Proof& proof) {
      return proof.credentials && proof.credentials->nonce == nonce;
    });
  });
}

/// What is wrong with the answer to a stale nonce; nothing if it is right.
std::optional<std::string> flaw_in_renewal(const Phone& phone, const Challenged& stale) {
  std::string username;
  for (const Proof& proof : proofs_in(opening(phone, *stale.refused).sip))
    if (proof.header == stale.answer_header() && proof.credentials)
      username = proof.credentials->username;
  for (const Proof& proof : proofs_in(opening(phone, *stale.retry).sip)) {
    if (proof.header != stale.answer_header() || !proof.credentials) continue;
    if (stale.offer_of(proof.credentials->nonce) == nullptr)
      return "another nonce than the new one";
    if (proof.credentials->username != username) return "another user name";
    const bool is_counted = !proof.credentials->qop.empty();
    if (is_counted && is_first_use(phone, *stale.retry, proof.credentials->nonce) &&
        proof.credentials->nc != "00000001")
      return fmt::format("nc={} under a new nonce", proof.credentials->nc);
    return std::nullopt;
  }
  return "no credentials";
}

void a_stale_nonce_is_replaced(const Phone& phone, Judge& judge) {
  judge.needs("credentials whose nonce a server calls stale", Blame::harness);
  for (const Challenged& one : challenges(phone)) {
    if (!one.is_stale()) continue;
    Evidence evidence = evidence_of_opening(phone, *one.refused);
    evidence.messages.push_back(one.challenge->index);
    if (is_answered(phone, one)) {
      evidence.messages.push_back(one.retry->sends.front());
      if (const auto flaw = flaw_in_renewal(phone, one))
        judge.violated(evidence, fmt::format("after stale=true: {}", *flaw));
      else
        judge.pass(evidence, "a stale nonce was replaced by the new one at once");
    } else if (must_be_answered(phone, one)) {
      if (phone.trace.vantage == trace::Vantage::device)
        judge.violated(evidence, "no request with the new nonce within 2 s of stale=true");
      else
        judge.inconclusive(evidence, Blame::network,
                           "not captured at the device: the challenge may not have come");
    }
  }
}

// --- Several challenges --------------------------------------------------------------------------

/// Which of the offers the retry answers; nothing if none.
std::optional<std::size_t> chosen_offer(const Phone& phone, const Challenged& one) {
  if (!is_answered(phone, one)) return std::nullopt;
  for (const Proof& proof : proofs_in(opening(phone, *one.retry).sip)) {
    if (proof.header != one.answer_header() || !proof.credentials) continue;
    const std::string& algorithm = proof.credentials->algorithm;
    for (std::size_t i = 0; i < one.offers.size(); ++i)
      if (one.offers[i].nonce == proof.credentials->nonce &&
          sip::same_ignoring_case(one.offers[i].algorithm, algorithm.empty() ? "MD5" : algorithm))
        return i;
  }
  return std::nullopt;
}

void judge_choice(const Phone& phone, Judge& judge, const Challenged& one, std::size_t chosen) {
  const Evidence evidence = evidence_of_opening(phone, *one.retry);
  const std::string& algorithm = one.offers[chosen].algorithm;
  const auto& sha256 = phone.profile.sha256;
  const auto above = std::ranges::find_if(
      one.offers.begin(), one.offers.begin() + static_cast<std::ptrdiff_t>(chosen),
      [&](const Offer& offer) {
        return offer.is(DigestAlgorithm::sha256) && offer.can_answer_qop &&
               offer.realm == one.offers[chosen].realm;
      });
  const bool passed_over = above != one.offers.begin() + static_cast<std::ptrdiff_t>(chosen);
  if (!passed_over || sha256 == false)
    judge.pass(evidence, fmt::format("answers {}, the topmost challenge it can", algorithm));
  else if (sha256)
    judge.violated(evidence, fmt::format("answers {} although it can SHA-256", algorithm));
  else
    judge.warn(evidence, fmt::format("answers {} where SHA-256 stands above it; the profile does "
                                     "not say whether the device has RFC 8760",
                                     algorithm));
}

/// More than what every device had before RFC 8760: one MD5 challenge.
bool is_choice(const Challenged& one) {
  return one.offers.size() > 1 || !one.offers.front().is(DigestAlgorithm::md5);
}

void the_topmost_known_challenge_is_answered(const Phone& phone, Judge& judge) {
  judge.needs("a 401 or 407 with several challenges, or one for SHA-256", Blame::harness);
  for (const Challenged& one : challenges(phone)) {
    if (one.had_proof || !is_choice(one)) continue;
    if (const auto chosen = chosen_offer(phone, one))
      judge_choice(phone, judge, one, *chosen);
    else if (must_be_answered(phone, one) && phone.trace.vantage == trace::Vantage::device)
      judge.fail(
          evidence_of_opening(phone, *one.refused),
          fmt::format("no answer to {} challenges, of which it can answer one", one.offers.size()));
  }
}

constexpr std::array table{
    Check{"AUTH-03", digests_are_right},
    Check{"AUTH-04", nonce_uses_are_counted},
    Check{"AUTH-05", a_stale_nonce_is_replaced},
    Check{"AUTH-08", the_topmost_known_challenge_is_answered},
};

}  // namespace

std::span<const Check> rfc7616_3_digest_checks() {
  return table;
}

}  // namespace sipharness::check
