// Challenges and how the device goes on with them: request, header, ACK, rejected credentials, and
// a realm that both servers share. @source RFC 3261 §8.1.3.5, §13.2.2.4, §22.1-§22.3

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/challenges.hpp"
#include "harness/observed/cseq_numbers.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::check {
namespace {

using sip::HeaderId;
using trace::Message;
using trace::ServerRole;
using verdict::Blame;

/// policy: sooner than this after a rejection nobody has had time to mend anything (AUTH-06).
constexpr Duration least_wait = 5s;

Evidence evidence_of(const Phone& phone, const Challenged& one) {
  Evidence evidence{one.refused->server, one.challenge->sip.call_id(), {one.challenge->index}};
  evidence.messages.push_back(one.refused->sends.front());
  if (is_answered(phone, one)) evidence.messages.push_back(one.retry->sends.front());
  return evidence;
}

bool has_same_uri(const sip::MessageView& a, const sip::MessageView& b, HeaderId header) {
  const auto one = sip::parse_address(a.header(header));
  const auto other = sip::parse_address(b.header(header));
  return one && other && sip::same_uri(one->uri, other->uri);
}

// --- The request that goes on --------------------------------------------------------------------

/// What else than credentials, CSeq and branch the device changed; nothing if all is kept.
std::optional<std::string> changed_part(const sip::MessageView& before,
                                        const sip::MessageView& now) {
  if (before.call_id() != now.call_id()) return "another Call-ID";
  if (before.from_tag() != now.from_tag()) return "another From tag";
  if (!has_same_uri(before, now, HeaderId::from)) return "another From";
  if (!has_same_uri(before, now, HeaderId::to)) return "another To";
  if (before.to_tag() != now.to_tag()) return "another To tag";
  if (before.via().branch == now.via().branch) return "the branch of the request that was refused";
  if (proofs_in(now).empty()) return "no credentials";
  return std::nullopt;
}

void judge_retry(const Phone& phone, Judge& judge, const Challenged& one,
                 const CseqNumbers& numbers) {
  const sip::MessageView& before = opening(phone, *one.refused).sip;
  const Message& retry = opening(phone, *one.retry);
  const Evidence evidence = evidence_of(phone, one);
  const bool keeps_count = before.call_id() != retry.sip.call_id() ||
                           numbers.is_next(before.call_id(), before.cseq(), retry.sip.cseq());
  if (!keeps_count)
    judge.fail(evidence, fmt::format("CSeq {} after the {} that was challenged", retry.sip.cseq(),
                                     before.cseq()));
  else if (const auto changed = changed_part(before, retry.sip))
    judge.violated(evidence, fmt::format("the request after a {} has {}",
                                         one.challenge->sip.status(), *changed));
  else
    judge.within(
        evidence,
        {.start = one.challenge->at, .end = retry.at, .window = {.max = time_to_answer_challenge}},
        fmt::format("{} with credentials after a {}", retry.sip.method_text(),
                    one.challenge->sip.status()));
}

void challenges_are_answered(const Phone& phone, Judge& judge) {
  judge.needs("a request that is answered with 401 or 407", Blame::harness);
  const CseqNumbers numbers(phone, sip::Method::unknown);
  for (const Challenged& one : challenges(phone)) {
    if (one.is_rejection) continue;
    if (is_answered(phone, one)) {
      judge_retry(phone, judge, one, numbers);
      continue;
    }
    if (!must_be_answered(phone, one)) continue;
    if (phone.trace.vantage == trace::Vantage::device)
      judge.violated(evidence_of(phone, one), fmt::format("no second request within 2 s of a {}",
                                                          one.challenge->sip.status()));
    else
      judge.inconclusive(evidence_of(phone, one), Blame::network,
                         "not captured at the device: the challenge may not have come");
  }
}

void credentials_stand_in_the_right_header(const Phone& phone, Judge& judge) {
  judge.needs("credentials after a 401 or 407");
  for (const Challenged& one : challenges(phone)) {
    if (!is_answered(phone, one)) continue;
    const auto proofs = proofs_in(opening(phone, *one.retry).sip);
    if (proofs.empty()) continue;
    const std::string_view wanted =
        one.challenge->sip.status() == 407 ? "Proxy-Authorization" : "Authorization";
    bool has_header = false;
    bool has_realm = false;
    for (const Proof& proof : proofs) {
      if (proof.header != one.answer_header()) continue;
      has_header = true;
      has_realm |= proof.credentials && std::ranges::any_of(one.offers, [&](const Offer& offer) {
                     return offer.realm == proof.credentials->realm;
                   });
    }
    const Evidence evidence = evidence_of(phone, one);
    if (!has_header)
      judge.violated(evidence, fmt::format("credentials after a {}, but no {}",
                                           one.challenge->sip.status(), wanted));
    else if (!has_realm)
      judge.violated(evidence, fmt::format("{} for another realm than \"{}\"", wanted,
                                           one.offers.front().realm));
    else
      judge.pass(evidence, fmt::format("a {} is answered in {} with its realm",
                                       one.challenge->sip.status(), wanted));
  }
}

// --- Rejected credentials ------------------------------------------------------------------------

/// The next request of the same kind that carries credentials for the realm that rejected them.
const Transaction* next_with_credentials(const Phone& phone, const Challenged& rejected) {
  const bool is_register = rejected.refused->method == sip::Method::register_;
  for (const Transaction& next : transactions(phone)) {
    const Message& request = opening(phone, next);
    const bool is_later = next.direction == trace::Direction::from_device &&
                          request.index > rejected.challenge->index;
    if (!is_later || next.server != rejected.refused->server ||
        next.method != rejected.refused->method)
      continue;
    if (!is_register && request.sip.call_id() != rejected.challenge->sip.call_id()) continue;
    for (const Proof& proof : proofs_in(request.sip))
      if (proof.credentials && proof.credentials->realm == rejected.offers.front().realm)
        return &next;
  }
  return nullptr;
}

/// The INVITE by which a call whose credentials were rejected went to the other server.
const Leg* leg_elsewhere(const Phone& phone, const Challenged& rejected) {
  const CallGroup* call = call_of(phone, *rejected.refused);
  if (call == nullptr) return nullptr;
  const Leg* leg = call->leg(other(rejected.refused->server));
  return leg != nullptr && reached_at(phone, *leg) > rejected.challenge->at ? leg : nullptr;
}

void judge_rejection(const Phone& phone, Judge& judge, const Challenged& rejected) {
  const CaptureTime at = rejected.challenge->at;
  const Duration wait = phone.profile.reg_retry_wait;
  const Transaction* next = next_with_credentials(phone, rejected);
  const bool is_other_boot =
      next != nullptr && next_power_change(phone, at) <= opening(phone, *next).at;
  if (const Leg* elsewhere = leg_elsewhere(phone, rejected))
    return judge.violated(check::evidence_of(phone, *elsewhere),
                          "the call went to the other server when its credentials were rejected");
  if (next == nullptr || is_other_boot) {
    if (phone.trace.last > at + least_wait)
      judge.pass(evidence_of(phone, rejected), "rejected credentials were not sent again");
    return;
  }
  const Duration after = opening(phone, *next).at - at;
  const std::string seen =
      fmt::format("credentials again {} after they were rejected (the profile waits {})",
                  format_seconds(after), format_duration(wait));
  const Evidence evidence{
      rejected.refused->server,
      rejected.challenge->sip.call_id(),
      {rejected.refused->sends.front(), rejected.challenge->index, next->sends.front()}};
  if (after < least_wait)
    judge.violated(evidence, seen);
  else if (after < wait - registration_tolerance(phone, wait).value)
    judge.warn(evidence, seen);
  else
    judge.pass(evidence, seen);
}

void rejected_credentials_are_not_repeated(const Phone& phone, Judge& judge) {
  judge.needs("credentials that a server rejects", Blame::harness);
  for (const Challenged& one : challenges(phone))
    if (one.is_rejection) judge_rejection(phone, judge, one);
}

// --- ACK -----------------------------------------------------------------------------------------

std::multiset<std::string> credentials_of(const sip::MessageView& request) {
  std::multiset<std::string> values;
  for (const sip::Header& header : request.headers())
    if (header.id == HeaderId::authorization || header.id == HeaderId::proxy_authorization)
      values.insert(sip::unfold(header.value));
  return values;
}

void ack_copies_credentials(const Phone& phone, Judge& judge) {
  judge.needs("an answered INVITE with credentials");
  for (const CallGroup& call : calls(phone))
    for (const Leg& leg : call.legs) {
      const Message& invite = opening(phone, transactions(phone)[leg.invites.back()]);
      const auto wanted = credentials_of(invite.sip);
      if (wanted.empty() || leg.acks_2xx.empty()) continue;
      const Message& ack = phone.message(leg.acks_2xx.front());
      const Evidence evidence{leg.server, invite.sip.call_id(), {invite.index, ack.index}};
      if (credentials_of(ack.sip) == wanted)
        judge.pass(evidence, "the ACK carries the credentials of its INVITE");
      else
        judge.violated(evidence, "the ACK does not carry the credentials of its INVITE");
    }
}

// --- One realm at both servers -------------------------------------------------------------------

std::set<std::string> realms_at(const std::vector<Challenged>& all, ServerRole server) {
  std::set<std::string> realms;
  for (const Challenged& one : all)
    if (one.refused->server == server)
      for (const Offer& offer : one.offers) realms.insert(offer.realm);
  return realms;
}

/// The last challenge of a registration attempt.
const Challenged* last_challenge(const Phone& phone, const std::vector<Challenged>& all,
                                 const RegisterAttempt& attempt) {
  const Challenged* last = nullptr;
  for (const Challenged& one : all)
    for (const std::size_t index : attempt.transactions)
      if (one.refused == &transactions(phone)[index]) last = &one;
  return last;
}

/// The refused request tried a nonce that the server had not given out.
bool tried_foreign_nonce(const Phone& phone, const std::vector<Challenged>& all,
                         const Challenged& last) {
  if (!last.had_proof) return false;
  const auto gave = [&](const std::string& nonce) {
    return std::ranges::any_of(all, [&](const Challenged& one) {
      return one.refused->server == last.refused->server && one.offer_of(nonce) != nullptr &&
             one.challenge->index < last.challenge->index;
    });
  };
  return std::ranges::none_of(
      proofs_in(opening(phone, *last.refused).sip),
      [&](const Proof& proof) { return proof.credentials && gave(proof.credentials->nonce); });
}

/// The device has answered a challenge for the realm at that server.
bool has_proved_itself(const Phone& phone, const std::vector<Challenged>& all, ServerRole server,
                       const std::string& realm) {
  return std::ranges::any_of(all, [&](const Challenged& one) {
    return one.refused->server == server && is_answered(phone, one) &&
           std::ranges::any_of(one.offers,
                               [&](const Offer& offer) { return offer.realm == realm; });
  });
}

void a_shared_realm_is_survived(const Phone& phone, Judge& judge) {
  judge.needs("two servers that challenge for the same realm", Blame::harness);
  const auto all = challenges(phone);
  for (const RegisterAttempt& attempt : attempts(phone)) {
    const Challenged* last = last_challenge(phone, all, attempt);
    if (last == nullptr) continue;
    const std::string& realm = last->offers.front().realm;
    if (!realms_at(all, other(attempt.server)).contains(realm)) continue;
    // A device that answers no challenge of the kind at all has not stumbled over the realm.
    if (!last->had_proof && !has_proved_itself(phone, all, other(attempt.server), realm)) continue;
    if (attempt.ok)
      judge.pass(check::evidence_of(phone, attempt),
                 fmt::format("registered at the {}, which shares the realm \"{}\"",
                             to_string(attempt.server), realm));
    else if (attempt.end &&
             (must_be_answered(phone, *last) || tried_foreign_nonce(phone, all, *last)))
      violated_unless_lost(
          phone, judge, check::evidence_of(phone, attempt),
          fmt::format("gave up at the {} when it challenged for the realm \"{}\" anew",
                      to_string(attempt.server), realm));
  }
}

constexpr std::array table{
    Check{"AUTH-01", challenges_are_answered},
    Check{"AUTH-02", credentials_stand_in_the_right_header},
    Check{"AUTH-06", rejected_credentials_are_not_repeated},
    Check{"AUTH-07", ack_copies_credentials},
    Check{"AUTH-09", a_shared_realm_is_survived},
};

}  // namespace

std::span<const Check> rfc3261_22_authentication_checks() {
  return table;
}

}  // namespace sipharness::check
