// What stands in the credentials: the digest itself, nonces and their counts, the choice among
// several challenges. @source RFC 7616 §3.3, §3.4; RFC 3261 §22.4; RFC 2617 §3.2; RFC 8760 §2.4

#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/challenges.hpp"
#include "harness/observed/credentials.hpp"
#include "harness/observed/digest_answers.hpp"
#include "harness/observed/next_nonces.hpp"
#include "harness/observed/password.hpp"
#include "harness/observed/protection_spaces.hpp"
#include "harness/observed/server_names.hpp"

namespace sipharness::check {
namespace {

using sip::Credentials;

// --- The digest ----------------------------------------------------------------------------------

void judge_response(const Phone& phone, const SentCredentials& sent, Occurrence& it) {
  if (is_response_right(phone, sent))
    it.pass("{} with a right response", opening(phone, *sent.transaction).sip.method_text());
  else if (may_have_another_password(phone))
    it.inconclusive(Blame::user, std::string(another_password));
  else if (!was_rejected(phone, *sent.transaction) && !phone.trace.has_journal())
    it.inconclusive(Blame::user, "the profile's password does not verify what no server rejected");
  else
    it.violated("the response does not verify with the account's password");
}

void proves_the_password(const Phone& phone, const SentCredentials& sent, Occurrence& it) {
  if (!sent.digest.values) return it.violated("credentials that cannot be read");
  const Credentials& credentials = *sent.digest.values;
  const GivenNonce* given = given_nonce(phone, credentials.nonce);
  if (const auto flaw = flaw_in(credentials, given == nullptr ? nullptr : given->offer))
    it.violated(*flaw);
  else if (!password(phone))
    return;
  else if (!can_be_verified(credentials))
    it.inconclusive(Blame::harness, "algorithm \"{}\" with qop \"{}\" is not known here",
                    credentials.algorithm, credentials.qop);
  else
    judge_response(phone, sent, it);
}

void credentials_prove_the_password(const Phone& phone, Judge& judge) {
  each<sent_credentials, proves_the_password>(phone, judge);
  if (!sent_credentials(phone).empty() && !password(phone)) lacks_password(phone, judge, "AUTH-03");
}

// --- Counting ------------------------------------------------------------------------------------

void has_a_nonce_count(const Phone& /*phone*/, const SentCredentials& sent, Occurrence& it) {
  const auto& credentials = sent.digest.values;
  if (credentials && !credentials->qop.empty() && !nonce_count(*credentials))
    it.in_itself().violated("nc={} is not eight hexadecimal digits", credentials->nc);
}

/// A count that does not follow the one before it. At the server, what was lost on the way counts
/// too, and a copy may have come where the first one was lost.
void judge_step(const Phone& phone, bool is_repeat, std::uint32_t before, std::uint32_t now,
                Occurrence& it) {
  const std::string seen = fmt::format("nc {:08x} after {:08x} under one nonce", now, before);
  const bool is_at_server = phone.trace.vantage == trace::Vantage::server;
  if (now > before && is_at_server)
    it.inconclusive(Blame::network, seen + ": what was lost on the way counts too");
  else if (now > before)
    it.warn(seen);
  else if (!is_repeat && is_at_server)
    it.inconclusive(Blame::network, seen + ": a copy may have come where the first one was lost");
  else
    it.violated(seen);
}

void counts_up(const Phone& phone, const NonceUses& uses, Occurrence& it) {
  std::uint32_t before = may_be_used_before(phone, uses) ? uses.uses.front().count - 1 : 0;
  bool is_whole = true;
  for (const auto& [transaction, count] : uses.uses) {
    if (count <= before || !follows(uses, before, count)) {
      is_whole = false;
      it.about(opening(phone, *transaction));
      judge_step(phone, uses.times.at(count) > 1, before, count, it);
    }
    before = std::max(before, count);
  }
  if (is_whole) it.pass("nc counts up to {:08x} under one nonce", before);
}

/// A nonce is good in its protection space only, so not at a server with another realm.
void stays_in_its_realm(const Phone& phone, const NonceUses& uses, Occurrence& it) {
  const GivenNonce* given = given_nonce(phone, uses.nonce);
  if (given == nullptr) return;
  const ServerRole giver = given->challenge->refused->server;
  if (giver != uses.server && !challenges_for(phone, uses.server, given->offer->realm))
    it.violated("a nonce of {} at {}, which has another realm", named(giver), named(uses.server));
}

// --- Stale nonces --------------------------------------------------------------------------------

void a_stale_nonce_is_replaced(const Phone& phone, const Challenged& one, Occurrence& it) {
  if (!one.is_stale() || one.is_stale_again) return;
  const bool is_replaced = is_answered_at_once(phone, one);
  if (!is_replaced && !must_be_answered(phone, one)) return;
  if (const auto flaw = is_replaced ? flaw_in_renewal(phone, one) : std::nullopt)
    it.violated("after stale=true: {}", *flaw);
  else if (is_replaced)
    it.pass("a stale nonce was replaced by the new one at once");
  else if (is_captured_at_device(phone))
    it.violated("no request with the new nonce within 2 s of stale=true");
  else
    it.inconclusive(Blame::network, "not captured at the device: the challenge may not have come");
}

// --- Several challenges --------------------------------------------------------------------------

void judge_choice(const Phone& phone, const Challenged& one, std::size_t chosen, Occurrence& it) {
  const std::string& algorithm = one.offers[chosen].algorithm;
  const auto& sha256 = phone.profile.sha256;
  it.about(opening(phone, *one.retry));
  if (!passes_over_sha256(one, chosen) || sha256 == false)
    it.pass("answers {}, the topmost challenge it can", algorithm);
  else if (sha256)
    it.violated("answers {} although it can SHA-256", algorithm);
  else
    it.warn(
        "answers {} where SHA-256 stands above it; the profile does not say whether the device has "
        "RFC 8760",
        algorithm);
}

void the_topmost_known_challenge_is_answered(const Phone& phone, const Challenged& one,
                                             Occurrence& it) {
  if (one.had_credentials || !is_choice(one)) return;
  if (const auto chosen = chosen_offer(phone, one))
    judge_choice(phone, one, *chosen, it);
  else if (must_be_answered(phone, one) && is_captured_at_device(phone))
    it.about(opening(phone, *one.refused))
        .fail("no answer to {} challenges, of which it can answer one", one.offers.size());
}

// --- The next nonce ------------------------------------------------------------------------------

void the_next_nonce_is_taken(const Phone& phone, const NextNonce& one, Occurrence& it) {
  if (one.next == nullptr) return;
  const std::string& used = one.next->digest.values->nonce;
  if (used == one.nonce)
    it.pass("the nonce of an Authentication-Info with the next credentials");
  else if (!was_challenged_since(phone, one, used) && !was_named_since(phone, one, used))
    it.violated_unless_lost("credentials under an old nonce although a 2xx named the next one");
}

const std::array rfc7616_digest{
    Rule{.row = {.id = "AUTH-03",
                 .clause = "RFC 3261 §22.4; RFC 7616 §3.4",
                 .severity = Severity::must,
                 .sentence = "The credentials prove the password: the response is right, uri is "
                             "quoted, qop is there exactly if offered, cnonce and nc only with "
                             "it.",
                 .observed = "The response of all credentials is computed anew from the "
                             "account's password."},
         .needs = {"a request with credentials"},
         .judge = credentials_prove_the_password,
         .is_about_content = true},
    Rule{.row = {.id = "AUTH-04",
                 .clause = "RFC 7616 §3.4; RFC 2617 §3.2.2",
                 .severity = Severity::must,
                 .sentence = "nc has eight hexadecimal digits, begins at 00000001 with each "
                             "nonce and rises by one with each use of it.",
                 .observed = "Per server and nonce the counts of all requests follow each other "
                             "without repeat or decrease; a gap is a warning. A nonce is not "
                             "used at a server of another realm."},
         .needs = {"credentials with qop"},
         .judge = in_turn<each<sent_credentials, has_a_nonce_count>, each<nonce_uses, counts_up>,
                          each<nonce_uses, stays_in_its_realm>>},
    Rule{.row = {.id = "AUTH-05",
                 .clause = "RFC 7616 §3.3; RFC 2617 §3.2.1",
                 .severity = Severity::must,
                 .sentence = "After stale=true the request is sent again at once under the new "
                             "nonce, without asking the user.",
                 .observed = "The request comes within 2 s, for the same user, with the new "
                             "nonce and nc 00000001. Where that too is called stale, nobody has "
                             "to try once more.",
                 .tolerance = "policy: 2 s"},
         .needs = {"credentials whose nonce a server calls stale", Blame::harness},
         .judge = each<challenges, a_stale_nonce_is_replaced>},
    Rule{.row = {.id = "AUTH-08",
                 .clause = "RFC 8760 §2.4",
                 .severity = Severity::should,
                 .sentence = "Among several challenges the topmost one that the device supports "
                             "is answered; an unknown algorithm is passed over.",
                 .observed = "The nonce and algorithm of the credentials are those of the "
                             "topmost challenge, of SHA-256 and MD5, that the profile says it "
                             "can; no answer at all fails."},
         .needs = {"a 401 or 407 with several challenges, or one for SHA-256", Blame::harness},
         .judge = each<challenges, the_topmost_known_challenge_is_answered>},
    Rule{.row = {.id = "AUTH-11",
                 .clause = "RFC 7616 §3.5",
                 .severity = Severity::should,
                 .sentence = "A nonce that a server names for the next request is taken for it.",
                 .observed =
                     "The first credentials for that realm sent to that server 0.5 s or more "
                     "after a 2xx with nextnonce in Authentication-Info have that nonce, or "
                     "that of a challenge which came since.",
                 .tolerance = "policy: 0.5 s"},
         .needs = {"a 2xx that names the next nonce, and a request after it", Blame::harness},
         .judge = each<next_nonces, the_next_nonce_is_taken>},
};

}  // namespace

std::span<const Rule> rfc7616_digest_rules() {
  return rfc7616_digest;
}

}  // namespace sipharness::check
