// How the device acknowledges a 2xx to its INVITE.
// @source RFC 3261 §13.2.2.4, §8.1.1.7, §12.2.1.1, §22.1

#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/answered_invites.hpp"
#include "harness/observed/dialogs.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/strays.hpp"

namespace sipharness::check {
namespace {

void acknowledges_in_the_dialog(const Phone& phone, const AnsweredInvite& answered,
                                Occurrence& it) {
  for (const std::size_t ack : answered.acks) {
    if (const auto wrong = wrong_with_ack(phone, answered, phone.message(ack)))
      return it.cite(ack).violated_if(!wrong->may_be_policy, "ACK to a 2xx: " + wrong->what,
                                      Blame::user, outbound_proxy_unseen);
    const Stray* stray = stray_at(phone, *answered.dialog, ack);
    if (stray != nullptr && !stray->is_certain)
      return it.cite(ack).inconclusive(Blame::user, describe(*stray));
  }
  if (!answered.acks.empty())
    return it.cite(answered.acks.front())
        .pass("the 2xx was acknowledged in its dialog, on a branch of its own");
  const CaptureTime at = phone.at(answered.answer);
  if (next_power_change(phone, at) > at + time_to_react)
    it.violated_unless_lost("a 2xx was never acknowledged");
}

void acknowledges_every_copy(const Phone& phone, const AnsweredInvite& answered, Occurrence& it) {
  const auto copies =
      copies_of(phone, *answered.invite, answered.answer, end_of_duty(phone, answered));
  if (copies.size() < 2) return;
  for (const std::size_t ack : answered.acks) {
    const Stray* stray = stray_at(phone, *answered.dialog, ack);
    if (stray == nullptr) continue;
    // A certain one is ROUTE-03's: the copies came because of it.
    if (!stray->is_certain)
      it.cite(copies.back()).cite(ack).inconclusive(Blame::user, describe(*stray));
    return;
  }
  judge_acks(phone, copies, answered.acks, "the 2xx", it);
}

const std::array rfc3261_13_acknowledgement{
    Rule{.row = {.id = "RFC3261-ACK-2XX",
                 .clause = "RFC 3261 §13.2.2.4, §8.1.1.7, §22.1",
                 .severity = Severity::must,
                 .sentence = "The ACK to a 2xx is a request of the dialog.",
                 .observed =
                     "A branch of its own, the CSeq number and the credentials of the INVITE, and "
                     "Request-URI, Route and destination by the dialog's target and route set."},
         .needs = {"a call that was answered"},
         .judge = each<answered_invites, acknowledges_in_the_dialog>,
         .follows = {"RFC3261-ROUTE-03"}},
    Rule{.row = {.id = "RFC3261-ACK-2XX-REP",
                 .clause = "RFC 3261 §13.2.2.4",
                 .severity = Severity::must,
                 .sentence = "Each 2xx to an INVITE that comes again is acknowledged again.",
                 .observed = "As many ACKs in the dialog as copies of the 2xx that stand more than "
                             "50 ms apart, as long as the call is up.",
                 .tolerance = "policy: 50 ms"},
         .needs = {"a 2xx to an INVITE that came more than once", Blame::harness},
         .judge = each<answered_invites, acknowledges_every_copy>},
};

}  // namespace

std::span<const Rule> rfc3261_13_acknowledgement_rules() {
  return rfc3261_13_acknowledgement;
}

}  // namespace sipharness::check
