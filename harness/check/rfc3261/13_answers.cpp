// What the device answers an INVITE with, and how long it stands by it: ringing, the 200 until its
// ACK, and copies on either side that mean nothing new.
// @source RFC 3261 §13.3.1.1, §13.3.1.4; RFC 6026 §7.1, §7.2, §8.7

#include <algorithm>

#include "harness/base/counted.hpp"
#include "harness/check/back_off.hpp"
#include "harness/check/families.hpp"
#include "harness/observed/accepted_calls.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/incoming.hpp"
#include "harness/observed/midcall.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/ringing.hpp"

namespace sipharness::check {
namespace {

/// §13.3.1.1: a response at least this often while it rings.
constexpr Duration ring_at_least_every = 60s;

// --- Ringing -------------------------------------------------------------------------------------

void rings_every_minute(const Phone& phone, const Transaction& invite, Occurrence& it) {
  if (!is_incoming_call(phone, invite)) return;
  const std::vector<std::size_t> rings = ringings(phone, invite);
  const CaptureTime end = ringing_ends(phone, invite);
  if (rings.empty() || is_reliable(phone.message(rings.front()).sip)) return;
  if (end <= phone.at(rings.front()) + ring_at_least_every) return;
  const auto tolerance = timer_tolerance(phone, ring_at_least_every);
  for (std::size_t i = 0; i < rings.size(); ++i) {
    const CaptureTime next = i + 1 < rings.size() ? phone.at(rings[i + 1]) : end;
    const bool is_late = next - phone.at(rings[i]) > ring_at_least_every + tolerance.value;
    it.about(opening(phone, invite)).cite(rings[i]);
    if (is_late && may_be_lost_on_the_way(phone))
      it.inconclusive(Blame::network,
                      "captured at the server: a 1xx may have been lost on the way");
    else
      it.within({.start = phone.at(rings[i]),
                 .end = next,
                 .window = {.max = ring_at_least_every + tolerance.value},
                 .tolerance = tolerance},
                "time from one 1xx to the next or to the end of ringing");
  }
}

// --- The 200 until its ACK -----------------------------------------------------------------------

void judge_bye(const Phone& phone, const Accepted& accepted, Occurrence& it) {
  if (!accepted.bye)
    return it.warn("a 200 that was never acknowledged, and no BYE ended the session");
  const Duration nominal = phone.profile.timers.sixty_four_t1();
  const auto tolerance = timer_tolerance(phone, nominal);
  it.cite(accepted.bye)
      .should_be_within(
          {.start = accepted.answered,
           .end = phone.at(*accepted.bye),
           .window = {.min = nominal - tolerance.value / 2,
                      .max = nominal + tolerance.value + phone.profile.tolerances.fo_grace},
           .tolerance = tolerance},
          "BYE after a 200 that was never acknowledged");
}

/// Nothing but Timer-like repeats can have gone on until the timeout.
void judge_unacknowledged(const Phone& phone, const Accepted& accepted, Occurrence& it) {
  const auto tolerance = timer_tolerance(phone, phone.profile.timers.sixty_four_t1());
  const CaptureTime over = accepted.timeout + tolerance.value + phone.profile.tolerances.fo_grace;
  if (phone.trace.last <= over ||
      repeats_may_end(phone, accepted) < accepted.timeout - tolerance.value / 2)
    return;
  const std::size_t expected = full_count(phone, doubling_to_t2(phone));
  if (accepted.copies.size() < expected && !may_be_lost_on_the_way(phone))
    it.violated("200 sent {} without ACK, {} expected", times(accepted.copies.size()), expected);
  else if (phone.at(accepted.copies.back()) > accepted.timeout + tolerance.value)
    it.violated("200 still sent after 64 x T1");
  judge_bye(phone, accepted, it);
}

void is_repeated_until_ack(const Phone& phone, const Accepted& accepted, Occurrence& it) {
  const CaptureTime end = repeats_may_end(phone, accepted);
  Copies copies{accepted.invite->server, accepted.copies, describe_final(phone, *accepted.invite)};
  std::erase_if(copies.messages, [&](std::size_t copy) { return phone.at(copy) > end; });
  const bool goes_by_t1 = judge_intervals(phone, copies, doubling_to_t2(phone), it);
  it.about(accepted);
  if (!accepted.ack && !goes_by_t1) return;
  if (!accepted.ack) return judge_unacknowledged(phone, accepted, it);
  const bool goes_on = phone.at(accepted.copies.back()) > phone.at(*accepted.ack) + in_flight;
  if (!goes_on || !is_captured_at_device(phone)) return;
  // A proxy that loses the transport of a Contact sends the ACK to where nobody may listen.
  const Transport asked = opening(phone, *accepted.invite).transport;
  const Transport told = phone.message(*accepted.ack).transport;
  if (told != asked)
    it.cite(accepted.ack)
        .inconclusive(Blame::network,
                      "200 sent again after an ACK over {} to an INVITE "
                      "over {}: who listens there is not known",
                      to_string(told), to_string(asked));
  else
    it.violated("200 sent again after its ACK");
}

// --- Copies that mean nothing new ----------------------------------------------------------------

/// A copy of an INVITE that the device had answered with a 2xx: nothing but that 2xx may follow.
void invite_copy_starts_nothing(const Phone& phone, const Transaction& invite, Occurrence& it) {
  if (invite.method != Method::invite || !is_absorbed(phone, invite)) return;
  const sip::MessageView& answer = phone.message(*invite.final).sip;
  for (const std::size_t response : invite.responses) {
    const sip::MessageView& sip = phone.message(response).sip;
    const bool is_the_answer = sip.status() == answer.status() && sip.to_tag() == answer.to_tag();
    if (response <= *invite.final || is_the_answer) continue;
    return it.violated("a copy of an answered INVITE got {}", sip.status());
  }
  if (phone.trace.last > phone.at(invite.sends.back()) + in_flight)
    it.pass("a copy of an answered INVITE started nothing new");
}

void success_copy_starts_nothing(const Phone& phone, const Dialog& dialog, Occurrence& it) {
  if (dialog.incoming) return;
  const auto again = repeated_success(phone, dialog);
  if (!again) return;
  const CaptureTime at = phone.at(*again);
  const CaptureTime until = at + policy::reaction_to_repeated_200;
  if (phone.trace.last < until) return;
  it.cite(again);
  if (!dialog.ended || *dialog.ended >= until)
    it.pass("a repeated 200 left the call as it was");
  else if (ends_by_itself(phone, dialog, at))
    it.rests_on(bye_of_device(phone, dialog, at)).violated("a repeated 200 ended the call");
}

const std::array rfc3261_13_answer{
    Rule{.row = {.id = "RFC3261-UAS-2XX",
                 .clause = "RFC 3261 §13.3.1.4",
                 .severity = Severity::must,
                 .sentence = "On any transport the device resends its 2xx to an INVITE after T1 "
                             "and then at intervals that double up to T2, until the ACK comes; "
                             "after 64*T1 it ends the session with BYE.",
                 .observed = "The intervals between copies of the 2xx; without ACK eleven copies "
                             "for 0.5 s and 4 s, and then a BYE, whose lack is a warning.",
                 .tolerance = "profile: timer, fo_grace"},
         .needs = {"a call that the device answers and whose ACK is withheld", Blame::harness},
         .judge = each<accepted_calls, is_repeated_until_ack>},
    Rule{.row = {.id = "RFC3261-UAS-1XX",
                 .clause = "RFC 3261 §13.3.1.1",
                 .severity = Severity::must,
                 .sentence =
                     "While it rings the device sends a 1xx other than 100 at least every minute.",
                 .observed = "The gaps between such responses, and from the last one to the end of "
                             "ringing, are 60 s at most.",
                 .tolerance = "profile: timer"},
         .needs = {"a call to the device that rings for more than a minute", Blame::user},
         .judge = each<server_transactions, rings_every_minute>},
    Rule{.row =
             {.id = "RFC6026-01",
              .clause = "RFC 6026 §7.1, §7.2, §8.7",
              .severity = Severity::must,
              .sentence =
                  "Copies of a 2xx and of an INVITE that was answered with one start nothing new.",
              .observed = "A copy of an answered INVITE gets nothing but its 2xx within 64*T1; a "
                          "repeated 2xx ends no call.",
              .tolerance = "policy: 2 s"},
         .needs = {"an INVITE or a 200 that comes again when the call is up", Blame::harness},
         .judge = in_turn<each<server_transactions, invite_copy_starts_nothing>,
                          each<dialogs, success_copy_starts_nothing>>},
};

}  // namespace

std::span<const Rule> rfc3261_13_answer_rules() {
  return rfc3261_13_answer;
}

}  // namespace sipharness::check
