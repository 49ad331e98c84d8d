// CANCEL: when, what it must repeat, and how a call that its user gave up ends.
// @source RFC 3261 §9.1, §13.2.2.4, §15

#include <algorithm>

#include "harness/check/families.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/cancels.hpp"
#include "harness/observed/hang_ups.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/server_names.hpp"

namespace sipharness::check {
namespace {

using policy::race;

// --- When ----------------------------------------------------------------------------------------

void waits_for_a_provisional(const Phone& phone, const OwnInvite& own, Occurrence& it) {
  it.about(*own.invite);
  if (own.cancel == nullptr) {
    if (was_silent(phone, *own.invite))
      it.pass("no CANCEL for an INVITE without provisional response");
    return;
  }
  const std::size_t sent = own.cancel->sends.front();
  it.cite(sent);
  if (own.invite->provisional && *own.invite->provisional < sent)
    it.pass("CANCEL only after a provisional response");
  else if (may_follow_a_lost_response(phone, own, sent))
    it.inconclusive(Blame::network,
                    "CANCEL before any provisional response, but the INVITE was not sent again "
                    "before it, or was answered right behind it: the capture may lack a response");
  else
    it.violated("CANCEL before any provisional response");
}

void cancels_when_it_may(const Phone& phone, const CallLeg& of, Occurrence& it) {
  const Leg& leg = *of.leg;
  if (!had_to_wait_with_cancel(phone, *of.call, leg)) return;
  it.cite(leg.provisional).cite(leg.cancel);
  const CaptureTime heard = phone.at(*leg.provisional);
  if (leg.cancel)
    it.within(
        {.start = heard, .end = phone.at(*leg.cancel), .window = {.max = policy::time_to_cancel}},
        "CANCEL after the first provisional response to a call hung up before");
  else if (next_power_change(phone, heard) > heard + policy::time_to_cancel)
    it.violated_unless_lost("the call was hung up, a provisional response came, and no CANCEL");
}

void comes_before_the_final(const Phone& phone, const OwnInvite& own, Occurrence& it) {
  const auto& final = own.invite->final;
  it.cite(final);
  if (own.cancel == nullptr) {
    if (was_hung_up_after_final(phone, *own.invite))
      it.pass("no CANCEL for an INVITE that had its final response");
    return;
  }
  const std::size_t sent = own.cancel->sends.front();
  it.cite(sent);
  if (final && phone.at(*final) + race < phone.at(sent))
    it.violated_unless_lost("CANCEL {} after a {}",
                            format_seconds(phone.at(sent) - phone.at(*final)),
                            phone.message(*final).sip.status());
  else
    it.pass("CANCEL before any final response");
}

void is_no_invite(const Phone& /*phone*/, const CancelledOther& other, Occurrence& it) {
  it.cite(other.cancel->sends.front()).violated("CANCEL of a {}", other.request->sip.method_text());
}

// --- What ----------------------------------------------------------------------------------------

void repeats_the_invite(const Phone& phone, const OwnInvite& own, Occurrence& it) {
  if (own.cancel == nullptr) return;
  const Message& request = opening(phone, *own.invite);
  const Message& sent = opening(phone, *own.cancel);
  it.cite(sent.index);
  if (const auto wrong = departs_from(request, sent, request))
    it.violated("CANCEL: {}", *wrong);
  else
    it.expect(!sent.sip.has(HeaderId::require) && !sent.sip.has(HeaderId::proxy_require),
              "CANCEL repeats what it must of its INVITE", "CANCEL with Require or Proxy-Require");
}

// --- How it ends ---------------------------------------------------------------------------------

/// A cancelled leg rang somebody else after all: the fault that this requirement is for.
bool is_ghost(const Phone& phone, const CallLeg& of, Occurrence& it) {
  const CaptureTime cancelled = phone.at(*of.leg->cancel);
  const Transaction* ghost = invite_after(phone, *of.call, cancelled + round_trip_slack);
  if (ghost == nullptr) return false;
  const std::size_t sent = ghost->sends.front();
  if (of.call->hung_up && *of.call->hung_up <= cancelled + round_trip_slack)
    it.cite(sent).fail("an INVITE at {} {} after the call was cancelled", named(ghost->server),
                       format_seconds(phone.at(sent) - cancelled));
  else if (!phone.trace.has_journal() && ghost->server != of.leg->server)
    it.cite(sent).inconclusive(
        Blame::user, "an INVITE followed the CANCEL; whether the user had hung up is not known");
  else
    return false;
  return true;
}

void a_cancelled_call_is_over(const Phone& phone, const CallLeg& of, Occurrence& it) {
  const Leg& leg = *of.leg;
  if (!leg.cancel || is_ghost(phone, of, it.cite(leg.cancel))) return;
  if (is_answered(phone, leg)) return;  // see CANCEL-06
  if (!leg.final) {
    if (phone.trace.last > phone.at(*leg.cancel) + failover_limit(phone))
      it.pass("no final response after the CANCEL, and nothing followed");
    return;
  }
  it.cite(leg.final);
  const int status = phone.message(*leg.final).sip.status();
  if (!invite_of(phone, leg).acks.empty())
    it.pass("the {} after the CANCEL was acknowledged", status);
  else if (phone.trace.last > phone.at(*leg.final) + time_to_react)
    it.violated_unless_lost("the {} after the CANCEL was never acknowledged", status);
}

void an_unwanted_answer_is_ended(const Phone& phone, const CallLeg& of, Occurrence& it) {
  const Leg& leg = *of.leg;
  if (!crossed_the_hang_up(phone, *of.call, leg)) return;
  const CaptureTime at = phone.at(*leg.final);
  const CaptureTime deadline = at + time_to_react;
  if (next_power_change(phone, at) <= deadline) return;
  it.cite(leg.final);
  // Without a journal nobody tells why the device gave the call up: its user, or a timer.
  const std::string_view crossed =
      of.call->hung_up ? "an answer that crossed the hang-up" : "an answer that crossed the CANCEL";
  if (leg.acks_2xx.empty()) return it.violated_unless_lost("{} was never acknowledged", crossed);
  const std::size_t ack = leg.acks_2xx.front();
  it.cite(ack).within(
      {.start = at, .end = phone.at(ack), .window = {.max = phone.profile.timers.t1}}, "ACK to {}",
      crossed);
  if (leg.bye_to_device && phone.at(*leg.bye_to_device) <= deadline) return;
  if (!leg.bye_from_device) return it.violated("{} was never ended by BYE", crossed);
  it.cite(leg.bye_from_device)
      .within(
          {.start = at, .end = phone.at(*leg.bye_from_device), .window = {.max = time_to_react}},
          "BYE after {}", crossed);
}

void nothing_follows_a_hang_up(const Phone& phone, const CallGroup& call, Occurrence& it) {
  if (!call.hung_up || call.legs.empty() || was_answered_before(phone, call, *call.hung_up)) return;
  const Duration slack = std::max(round_trip_slack, phone.profile.tolerances.timer.absolute);
  it.about(call.legs.back());
  if (const Transaction* ghost = invite_after(phone, call, *call.hung_up + slack))
    it.cite(ghost->sends.front())
        .violated("an INVITE at {} {} after the user had hung up", named(ghost->server),
                  format_seconds(phone.at(ghost->sends.front()) - *call.hung_up));
  else if (std::min(call.until, phone.trace.last) > call.legs.back().i0 + failover_limit(phone))
    it.pass("no INVITE followed the hang-up");
}

const std::array rfc3261_9_cancel{
    Rule{.row = {.id = "RFC3261-CANCEL-01",
                 .clause = "RFC 3261 §9.1",
                 .severity = Severity::must,
                 .sentence = "The device sends no CANCEL before a provisional response to the "
                             "INVITE arrived, also when it leaves a silent primary for the "
                             "secondary.",
                 .observed = "Each CANCEL follows a 1xx on the branch of its INVITE."},
         .needs = {"an INVITE that is cancelled, or left without a provisional response"},
         .judge = each<own_invites, waits_for_a_provisional>},
    Rule{.row = {.id = "RFC3261-CANCEL-02",
                 .clause = "RFC 3261 §9.1",
                 .severity = Severity::must,
                 .sentence = "A CANCEL that had to wait for a provisional response is sent when "
                             "that comes.",
                 .observed = "When a call was hung up before any response and a 1xx arrives, "
                             "CANCEL follows within 0.5 s.",
                 .tolerance = "policy: 0.5 s"},
         .needs = {"a call that is hung up before its first response, a provisional one",
                   Blame::harness},
         .judge = each<call_legs, cancels_when_it_may>},
    Rule{.row = {.id = "RFC3261-CANCEL-03",
                 .clause = "RFC 3261 §9.1",
                 .severity = Severity::must,
                 .sentence = "A CANCEL repeats what identifies the INVITE and asks for no "
                             "extension.",
                 .observed = "One Via with the branch of the INVITE, its Request-URI, Call-ID, To, "
                             "From, CSeq number, Route and destination; no Require and no "
                             "Proxy-Require."},
         .needs = {"a call that is cancelled"},
         .judge = each<own_invites, repeats_the_invite>,
         .is_about_content = true},
    Rule{.row = {.id = "RFC3261-CANCEL-04",
                 .clause = "RFC 3261 §9.1",
                 .severity = Severity::should,
                 .sentence = "The device cancels neither an INVITE that has its final response nor "
                             "any other request.",
                 .observed = "No CANCEL later than 0.1 s after a final response on the branch it "
                             "names, and none on the branch of another method.",
                 .tolerance = "policy: 0.1 s"},
         .needs = {"a call that is hung up"},
         .judge = in_turn<each<cancelled_others, is_no_invite>,
                          each<own_invites, comes_before_the_final>>},
    Rule{.row = {.id = "RFC3261-CANCEL-05",
                 .clause = "RFC 3261 §9.1",
                 .severity = Severity::should,
                 .sentence = "A cancelled call is over: its 487 is acknowledged, and when none "
                             "comes it is dropped after 64*T1 and rings nowhere else.",
                 .observed = "ACK to the final response that follows the CANCEL; an INVITE of the "
                             "call anywhere after the user's CANCEL fails.",
                 .tolerance = "policy: 2 s"},
         .needs = {"a call that is cancelled, and time for it to end"},
         .judge = each<call_legs, a_cancelled_call_is_over>},
    Rule{.row = {.id = "RFC3261-CANCEL-06",
                 .clause = "RFC 3261 §13.2.2.4, §15",
                 .severity = Severity::must,
                 .sentence = "An answer that crosses the hang-up is acknowledged and then ended.",
                 .observed = "ACK within T1 of a 2xx that came after the user had hung up, or, "
                             "where nobody tells that, after a CANCEL; BYE within 2 s.",
                 .tolerance = "policy: 2 s"},
         .needs = {"a call that is answered when its user has hung up", Blame::harness},
         .judge = each<call_legs, an_unwanted_answer_is_ended>},
    Rule{.row = {.id = "FO-USERCANCEL",
                 .clause = "RFC 3261 §9.1",
                 .severity = Severity::must,
                 .sentence = "A hang-up ends the call in whatever state it is: no other server is "
                             "tried.",
                 .observed = "No INVITE of the call later than 50 ms after its user hung up, for "
                             "as long as a fallback could still come.",
                 .tolerance = "policy: 50 ms"},
         .needs = {"a call that is hung up before it is answered, and time for a fallback"},
         .judge = each<calls, nothing_follows_a_hang_up>},
};

}  // namespace

std::span<const Rule> rfc3261_9_cancel_rules() {
  return rfc3261_9_cancel;
}

}  // namespace sipharness::check
