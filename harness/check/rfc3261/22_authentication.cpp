// Challenges and how the device goes on with them: request, header, ACK, rejected credentials, and
// a realm that both servers share. @source RFC 3261 §8.1.3.5, §13.2.2.4, §22.1-§22.3

#include <algorithm>

#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/challenges.hpp"
#include "harness/observed/cseq_numbers.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/protection_spaces.hpp"
#include "harness/observed/server_faults.hpp"

namespace sipharness::check {
namespace {

// --- The request that goes on --------------------------------------------------------------------

void judge_retry(const Phone& phone, const Challenged& one, Occurrence& it) {
  const Message& refused = opening(phone, *one.refused);
  const sip::MessageView& before = refused.sip;
  const Message& retry = opening(phone, *one.retry);
  const bool keeps_count = before.call_id() != retry.sip.call_id() ||
                           is_next(phone, cseq_numbers(phone), refused, retry);
  const int status = one.challenge->sip.status();
  const Endpoint& challenger = refused.destination;
  const bool is_in_vain = !is_accepted(phone, *one.retry) && one.retry->final;
  const bool is_late = !is_answered_at_once(phone, one) && answer_due(phone, one) != AnswerDue::yes;
  if (retry.destination.address != challenger.address && is_in_vain)
    return it.cite(one.retry->final)
        .violated("the challenge of {} was answered at {}", challenger.text(),
                  retry.destination.text());
  if (!keeps_count)
    it.fail("CSeq {} after the {} that was challenged", retry.sip.cseq(), before.cseq());
  else if (const auto changed = changed_part(before, retry.sip))
    it.violated("the request after a {} has {}", status, *changed);
  else if (is_late && challenge_of(phone, *one.retry) == nullptr)
    it.pass("{} with credentials {} after a {}: somebody may have been asked for them",
            retry.sip.method_text(), format_seconds(retry.at - one.challenge->at), status);
  else
    it.within({.start = heard_before(phone, one, retry.at),
               .end = retry.at,
               .window = {.max = policy::time_to_answer_challenge}},
              "{} with credentials after a {}", retry.sip.method_text(), status);
}

void is_sent_again(const Phone& phone, const Challenged& one, Occurrence& it) {
  if (one.is_rejection) return;
  if (is_answered(phone, one)) return judge_retry(phone, one, it);
  const AnswerDue due = answer_due(phone, one);
  if (due == AnswerDue::no) return;
  const std::string seen =
      fmt::format("no second request within 2 s of a {}", one.challenge->sip.status());
  if (is_captured_at_device(phone))
    violated_if_known(it, due == AnswerDue::yes, "whether the device has a password", seen);
  else
    it.inconclusive(Blame::network, "not captured at the device: the challenge may not have come");
}

void credentials_stand_in_the_right_header(const Phone& phone, const Challenged& one,
                                           Occurrence& it) {
  if (!is_answered(phone, one)) return;
  auto credentials = credentials_in(opening(phone, *one.retry).sip);
  if (credentials.empty()) return;
  std::erase_if(credentials, [&](const auto& of) { return of.header != one.answer_header(); });
  const bool has_realm = std::ranges::any_of(credentials, [&](const DigestCredentials& of) {
    return of.values && std::ranges::count(one.offers, of.values->realm, &Offer::realm) > 0;
  });
  const int status = one.challenge->sip.status();
  const std::string_view wanted = status == 407 ? "Proxy-Authorization" : "Authorization";
  if (credentials.empty())
    it.violated("credentials after a {}, but no {}", status, wanted);
  else if (!has_realm)
    it.violated("{} for another realm than \"{}\"", wanted, one.offers.front().realm);
  else
    it.pass("a {} is answered in {} with its realm", status, wanted);
}

// --- Rejected credentials ------------------------------------------------------------------------

void are_not_repeated(const Phone& phone, const Challenged& rejected, Occurrence& it) {
  if (!rejected.is_rejection) return;
  if (const Leg* elsewhere = leg_elsewhere(phone, rejected))
    return it.about(*elsewhere)
        .violated("the call went to the other server when its credentials were rejected");
  const CaptureTime at = rejected.challenge->at;
  const Message* next = rejected.repeated ? &opening(phone, *rejected.repeated) : nullptr;
  if (next == nullptr || next_power_change(phone, at) <= next->at) {
    if (phone.trace.last > at + policy::least_wait)
      it.pass("rejected credentials were not sent again");
    return;
  }
  const Duration wait = phone.profile.reg_retry_wait.value_or(policy::least_wait);
  const Duration after = next->at - at;
  const std::string seen = fmt::format("credentials again {} after they were rejected{}",
                                       format_seconds(after), stated_retry_wait(phone));
  it.about(*rejected.challenge).cite(rejected.refused->sends.front()).cite(next->index);
  if (after < policy::least_wait)
    it.violated(seen);
  else if (after < wait - registration_tolerance(phone, wait).value)
    it.warn(seen);
  else
    it.pass(seen);
}

// --- ACK -----------------------------------------------------------------------------------------

void ack_copies_credentials(const Phone& phone, const CallLeg& of, Occurrence& it) {
  const auto wanted = credentials_of(opening(phone, invite_of(phone, *of.leg)).sip);
  if (wanted.empty() || of.leg->acks_2xx.empty()) return;
  const std::size_t ack = of.leg->acks_2xx.front();
  it.cite(ack).expect(credentials_of(phone.message(ack).sip) == wanted,
                      "the ACK carries the credentials of its INVITE",
                      "the ACK does not carry the credentials of its INVITE");
}

// --- One realm at both servers -------------------------------------------------------------------

void a_shared_realm_is_survived(const Phone& phone, const RegisterAttempt& attempt,
                                Occurrence& it) {
  const Challenged* last = last_challenge(phone, attempt);
  if (last == nullptr) return;
  const std::string& realm = last->offers.front().realm;
  if (!challenges_for(phone, other(attempt.server), realm)) return;
  // A device that answers no challenge of the kind at all has not stumbled over the realm.
  if (!last->had_credentials && !has_answered_for(phone, other(attempt.server), realm)) return;
  if (attempt.ok)
    it.pass("registered at the {}, which shares the realm \"{}\"", to_string(attempt.server),
            realm);
  else if (attempt.end && !is_answered(phone, *last) &&
           (must_be_answered(phone, *last) || tried_foreign_nonce(phone, *last)))
    it.violated_unless_lost(
        "gave up at the {} when it challenged for the realm "
        "\"{}\" anew",
        to_string(attempt.server), realm);
}

const std::array rfc3261_22_authentication{
    Rule{.row = {.id = "AUTH-01",
                 .clause = "RFC 3261 §8.1.3.5, §22.2, §22.3",
                 .severity = Severity::should,
                 .sentence = "A challenged request is sent again with credentials: the same "
                             "Call-ID, To and From, CSeq higher by one, a new branch.",
                 .observed = "Within 2 s of each 401 or 407 the next request of that method "
                             "differs from the one refused in CSeq, branch and credentials "
                             "only; another CSeq than the next one fails, and so does another "
                             "machine that does not take them.",
                 .tolerance = "policy: 2 s"},
         .needs = {"a request that is answered with 401 or 407", Blame::harness},
         .judge = each<challenges, is_sent_again>},
    Rule{.row = {.id = "AUTH-02",
                 .clause = "RFC 3261 §22.2, §22.3",
                 .severity = Severity::must,
                 .sentence = "A 401 is answered in Authorization and a 407 in "
                             "Proxy-Authorization, for the realm of the challenge.",
                 .observed = "The request after a challenge carries credentials in the header "
                             "that belongs to the status, and their realm is one of the "
                             "challenge."},
         .needs = {"credentials after a 401 or 407"},
         .judge = each<challenges, credentials_stand_in_the_right_header>},
    Rule{.row = {.id = "AUTH-06",
                 .clause = "RFC 3261 §22.1",
                 .severity = Severity::must,
                 .sentence = "Credentials that were rejected are not sent again, and their "
                             "rejection moves no call to the other server.",
                 .observed = "When credentials under a fresh nonce get another challenge "
                             "without stale=true, none follow for at least 5 s; before the "
                             "profile's retry wait is a warning.",
                 .tolerance = "profile: registration"},
         .needs = {"credentials that a server rejects", Blame::harness},
         .judge = each<challenges, are_not_repeated>},
    Rule{.row = {.id = "AUTH-07",
                 .clause = "RFC 3261 §13.2.2.4, §22.1",
                 .severity = Severity::must,
                 .sentence = "The ACK for a 2xx carries the credentials of its INVITE.",
                 .observed = "Authorization and Proxy-Authorization of INVITE and ACK are "
                             "compared."},
         .needs = {"an answered INVITE with credentials"},
         .judge = each<call_legs, ack_copies_credentials>,
         .is_about_content = true,
         .follows = {"RFC3261-ACK-2XX"}},
    Rule{.row = {.id = "AUTH-09",
                 .clause = "RFC 3261 §22.1",
                 .severity = Severity::must,
                 .sentence = "A realm that both servers share does not keep the device from "
                             "answering each server's own challenge.",
                 .observed = "Where both servers challenge for one realm, every challenged "
                             "registration attempt at either ends with 2xx."},
         .needs = {"two servers that challenge for the same realm", Blame::harness},
         .judge = each<attempts, a_shared_realm_is_survived>},
};

}  // namespace

std::span<const Rule> rfc3261_22_authentication_rules() {
  return rfc3261_22_authentication;
}

}  // namespace sipharness::check
