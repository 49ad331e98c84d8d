// INVITE client transactions that were answered: what stops, and what is acknowledged.
// @source RFC 3261 §17.1.1.2 (Timers A, D), §17.1.1.3; RFC 6026 §8.4

#include <algorithm>

#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/refusals.hpp"

namespace sipharness::check {
namespace {

void rests_after_a_provisional(const Phone& phone, const Transaction& invite, Occurrence& it) {
  if (invite.provisional) judge_rest(phone, invite, *invite.provisional, it);
}

void acknowledges_every_copy_of_a_refusal(const Phone& phone, const RefusedInvite& refused,
                                          Occurrence& it) {
  const Transaction& invite = *refused.invite;
  if (!is_unreliable(phone, invite)) return;
  const CaptureTime first = phone.at(refused.response);
  const CaptureTime last =
      std::min({first + phone.profile.timers.d(), phone.trace.last - phone.profile.timers.t1,
                next_power_change(phone, first)});
  const auto copies = copies_of(phone, invite, refused.response, last);
  judge_acks(phone, copies, refused.acks,
             std::to_string(phone.message(refused.response).sip.status()), it);
}

void acknowledges_in_the_transaction(const Phone& phone, const RefusedInvite& refused,
                                     Occurrence& it) {
  const Message& response = phone.message(refused.response);
  const int status = response.sip.status();
  for (const std::size_t ack : refused.acks)
    if (const auto wrong =
            departs_from(opening(phone, *refused.invite), phone.message(ack), response))
      return it.cite(ack).in_itself().violated("ACK to a {}: {}", status, *wrong);
  const bool was_observed = next_power_change(phone, response.at) > response.at + time_to_react;
  if (!refused.acks.empty())
    it.pass("ACK to a {} repeats what it must", status);
  else if (was_observed)
    it.violated_unless_lost("a {} was never acknowledged", status);
}

const std::array rfc3261_17_invite{
    Rule{.row = {.id = "RFC3261-TIMER-A-STOP",
                 .clause = "RFC 3261 §17.1.1.2",
                 .severity = Severity::should,
                 .sentence = "An INVITE that got a provisional response is not sent again.",
                 .observed = "No transmission later than 50 ms after the first 1xx, when another "
                             "one would have been due while that stood.",
                 .tolerance = "policy: 50 ms"},
         .needs = {"an INVITE whose provisional response stands until it would have been sent "
                   "again",
                   Blame::harness},
         .judge = each<udp_invites, rests_after_a_provisional>},
    Rule{.row = {.id = "RFC3261-TIMER-D",
                 .clause = "RFC 3261 §17.1.1.2; RFC 6026 §8.4",
                 .severity = Severity::must,
                 .sentence = "Over UDP an error response to INVITE that comes again within 32 s is "
                             "acknowledged again each time.",
                 .observed = "As many ACKs on the branch of the INVITE as copies of the response "
                             "that stand more than 50 ms apart.",
                 .tolerance = "policy: 50 ms"},
         .needs = {"an INVITE whose error response came more than once", Blame::harness},
         .judge = each<refused_invites, acknowledges_every_copy_of_a_refusal>},
    Rule{.row = {.id = "RFC3261-ACK-NON2XX",
                 .clause = "RFC 3261 §17.1.1.3",
                 .severity = Severity::must,
                 .sentence = "The ACK to an error response is part of the INVITE's transaction and "
                             "repeats what made it.",
                 .observed = "One Via with the branch of the INVITE, its Request-URI, Call-ID, "
                             "From, CSeq number, Route and destination; To as in the response."},
         .needs = {"an INVITE that is refused", Blame::harness},
         .judge = each<refused_invites, acknowledges_in_the_transaction>},
};

}  // namespace

std::span<const Rule> rfc3261_17_invite_rules() {
  return rfc3261_17_invite;
}

}  // namespace sipharness::check
