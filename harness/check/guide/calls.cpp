// Calls as the guide describes them: the registered primary first, the secondary when the primary
// does not react or is known to be lost. @source guide.txt, "SIP Server Redundancy", Cases 1 and 2

#include <array>
#include <optional>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/observed/connections.hpp"
#include "harness/observed/failover.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/preloaded_routes.hpp"
#include "harness/observed/primary.hpp"
#include "harness/observed/primary_answers.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/server_names.hpp"
#include "harness/observed/strays.hpp"

namespace sipharness::check {
namespace {

void starts_at_the_primary(const Phone& phone, const CallGroup& call, Occurrence& it) {
  if (call.legs.empty() || !is_primary_usable(phone, start_of(call))) return;
  if (failed_connection(phone, call)) return;  // it could not start there
  const ServerRole first = call.legs.front().server;
  const PossibleMove* move = possible_move_of(phone, call);
  if (move != nullptr && first == ServerRole::secondary)
    return it.inconclusive(Blame::user, describe(phone, *move));
  it.expect(first == ServerRole::primary,
            fmt::format("call to {} starts at {}", call.number, named(first)));
}

constexpr std::string_view dialled_anew =
    "cancelled at the primary, then an INVITE with another Call-ID at the secondary: dialled anew? "
    "With --journal the dials would tell";

void leaves_the_secondary_alone(const Phone& phone, const CallGroup& call, Occurrence& it) {
  const Leg* primary = call.leg(ServerRole::primary);
  if (primary == nullptr || !answers_at_once(phone, *primary)) return;
  const Leg* secondary = call.leg(ServerRole::secondary);
  if (may_be_dialled_anew(phone, primary, secondary))
    return it.about(*secondary).inconclusive(Blame::user, std::string(dialled_anew));
  it.about(secondary != nullptr ? *secondary : *primary)
      .expect(secondary == nullptr, "the primary answered; nothing went to the secondary",
              "INVITE at the secondary although the primary had answered");
}

void falls_back_to_the_secondary(const Phone& phone, const SilentPrimary& failed, Occurrence& it) {
  const CaptureTime i0 = failed.primary->i0;
  if (!registered(phone, ServerRole::secondary, i0) ||
      is_out(phone, ServerRole::secondary, failed.deadline))
    return;
  if (failed.secondary != nullptr && routes_to_other_server(phone, *failed.secondary))
    it.violated("the INVITE at the secondary routes to the primary");
  else if (failed.secondary != nullptr)
    it.should_be_within(
        {.start = i0,
         .end = reached_at(phone, *failed.secondary),
         .window = {.min = failed.has_signal ? Duration::zero() : phone.profile.timers.t1,
                    .max = failover_limit(phone),
                    .min_open = true},
         .tolerance = failover_grace(phone)},
        "INVITE reached the secondary after the first INVITE to the silent primary");
  else if (const std::string excuse = excuse_for_staying(phone, failed); !excuse.empty())
    it.inconclusive(Blame::user, excuse);
  else if (failed.was_observed)
    it.violated("no INVITE at the secondary within {} of silence; {}",
                format_seconds(phone.trace.last - i0), describe_tries(phone, failed));
  else
    it.inconclusive(Blame::harness, "the capture ends before the fallback was due");
}

void judge_at_secondary(const Phone& phone, const CallGroup& call, const Leg& secondary,
                        Occurrence& it) {
  it.about(secondary);
  if (routes_to_other_server(phone, secondary))
    return it.violated("the INVITE at the secondary routes to the primary");
  const bool was_acknowledged = !secondary.acks_2xx.empty();
  if (!is_answered(phone, secondary) || awaits_ack(phone, secondary)) return;
  if (!was_acknowledged && !call.hung_up)
    it.violated("the secondary answered and its 200 was never acknowledged");
  else if (may_be_dialled_anew(phone, call.leg(ServerRole::primary), &secondary))
    it.inconclusive(Blame::user, std::string(dialled_anew));
  else if (was_acknowledged && call.legs.front().server == ServerRole::primary)
    it.warn("tried the primary first although it was known to be lost");
  else if (was_acknowledged)
    it.within({start_of(call), reached_at(phone, secondary)}, {.max = policy::prompt_start},
              "INVITE straight to the secondary after the dial");
}

void goes_straight_to_the_secondary(const Phone& phone, const CallGroup& call, Occurrence& it) {
  const CaptureTime start = start_of(call);
  if (!known_down(phone, ServerRole::primary, start) ||
      !registered(phone, ServerRole::secondary, start) ||
      is_out(phone, ServerRole::secondary, start))
    return;
  if (const Leg* secondary = call.leg(ServerRole::secondary))
    judge_at_secondary(phone, call, *secondary, it);
  else if (!call.legs.empty() &&
           phone.trace.last - start > failover_limit(phone) + policy::prompt_start)
    it.violated("the primary was known to be lost, and the secondary was never tried");
}

/// What is missing from a call that the secondary answered; nothing if it is complete.
std::optional<std::string> missing_from(const Phone& phone, const CallGroup& call, const Leg& leg) {
  const CaptureTime answered = phone.at(*leg.final);
  if (const Message* wrong = astray_after(phone, *leg.final))
    return fmt::format("frame {} of its dialog went to the primary", wrong->frame);
  if (leg.acks_2xx.empty()) return "its 200 was never acknowledged";
  const Duration late = phone.at(leg.acks_2xx.front()) - answered;
  if (late > phone.profile.timers.t1)
    return fmt::format("ACK {} after the 200", format_seconds(late));
  const bool must_hang_up = call.hung_up && *call.hung_up > answered && !leg.bye_to_device;
  const bool had_time = phone.trace.last - call.hung_up.value_or(answered) > policy::prompt_start;
  if (must_hang_up && had_time && !leg.bye_from_device) return "no BYE after the user hung up";
  return std::nullopt;
}

void is_complete_over_the_secondary(const Phone& phone, const CallGroup& call, Occurrence& it) {
  const Leg* leg = call.leg(ServerRole::secondary);
  if (leg == nullptr || !is_answered(phone, *leg) || awaits_ack(phone, *leg)) return;
  it.about(*leg).cite(leg->final);
  if (const auto missing = missing_from(phone, call, *leg))
    it.violated("call over the secondary: {}", *missing);
  else
    it.pass("answer, ACK and hang-up of the call all went over the secondary");
}

void lost_secondary_does_not_matter(const Phone& phone, const CallGroup& call, Occurrence& it) {
  const CaptureTime start = start_of(call);
  if (call.legs.empty() || !is_out(phone, ServerRole::secondary, start) ||
      !is_primary_usable(phone, start) || is_out(phone, ServerRole::primary, start))
    return;
  const Leg* primary = call.leg(ServerRole::primary);
  if (primary == nullptr || call.leg(ServerRole::secondary) != nullptr)
    it.violated("the call went to {}",
                named(primary != nullptr ? ServerRole::secondary : call.legs.front().server));
  else if (is_answered(phone, *primary) && primary->acks_2xx.empty())
    it.violated("the primary answered and its 200 was never acknowledged");
  else if (call.dialled)
    it.within({start, reached_at(phone, *primary)}, {.max = policy::prompt_start},
              "INVITE to the primary after the dial, the secondary being out");
}

const std::array guide_call{
    Rule{.row = {.id = "GRP-CALL-01",
                 .clause = "guide, SIP Server Redundancy; Case 1",
                 .severity = Severity::vendor,
                 .sentence = "While the primary is registered and answering, an outgoing call "
                             "starts at the primary.",
                 .observed = "The first INVITE of the call goes to the primary."},
         .needs = {"a call while the primary is registered and not known to be lost"},
         .judge = each<calls, starts_at_the_primary>},
    Rule{.row = {.id = "GRP-CALL-02",
                 .clause = "guide, Case 1",
                 .severity = Severity::vendor,
                 .sentence =
                     "While the primary answers, no INVITE of that call goes to the secondary.",
                 .observed = "The primary responds within T1 with anything but a server failure, "
                             "and no INVITE of the call is sent to the secondary."},
         .needs = {"a call that the primary answers within T1", Blame::harness},
         .judge = each<calls, leaves_the_secondary_alone>},
    Rule{.row = {.id = "GRP-CALL-03",
                 .clause = "guide, Case 2 and Figure 7",
                 .severity = Severity::vendor,
                 .sentence = "If the primary does not react to the INVITE, the device tries the "
                             "call at the secondary.",
                 .observed = "An INVITE of the call reaches the secondary more than T1 and at most "
                             "64*T1 and fo_grace after the first INVITE to the silent primary.",
                 .tolerance = "profile: fo_grace"},
         .needs = {"a call to a silent primary with the secondary registered and answering",
                   Blame::harness},
         .judge = each<calls_to_silent_primary, falls_back_to_the_secondary>,
         .follows = {"RFC3608-01"}},
    Rule{.row = {.id = "GRP-CALL-04",
                 .clause = "guide, SIP Server Redundancy; Case 2",
                 .severity = Severity::vendor,
                 .sentence = "If the registration at the primary is already known to be lost, the "
                             "call is served by the secondary.",
                 .observed = "The call is answered and acknowledged at the secondary; the first "
                             "INVITE goes there within 2 s of dialling. Trying the silent primary "
                             "first again is a warning."},
         .needs = {"a call after the primary's registration was seen to fail"},
         .judge = each<calls, goes_straight_to_the_secondary>,
         .follows = {"RFC3608-01"}},
    Rule{.row = {.id = "GRP-CALL-05",
                 .clause = "guide, Case 2 and Figure 7",
                 .severity = Severity::vendor,
                 .sentence = "A call over the secondary is complete: ringing, answer, ACK and BYE "
                             "are all exchanged with the secondary.",
                 .observed =
                     "The ACK follows the secondary's 200 within T1, the BYE goes to the secondary "
                     "and is answered, and no message of that dialog goes to the primary.",
                 .tolerance = "profile: timer"},
         .needs = {"a call that the secondary answered"},
         .judge = each<calls, is_complete_over_the_secondary>,
         .follows = {"RFC3261-ROUTE-03"}},
    Rule{.row = {.id = "GRP-CALL-09",
                 .clause = "guide, Case 1",
                 .severity = Severity::vendor,
                 .sentence = "A secondary that fails does not disturb calls over the primary.",
                 .observed =
                     "While the secondary is out, the first INVITE goes to the primary within 2 s "
                     "of dialling, none goes to the secondary, and the call completes."},
         .needs = {"a call while the secondary is out and the primary is healthy", Blame::harness},
         .judge = each<calls, lost_secondary_does_not_matter>},
};

}  // namespace

std::span<const Rule> guide_call_rules() {
  return guide_call;
}

}  // namespace sipharness::check
