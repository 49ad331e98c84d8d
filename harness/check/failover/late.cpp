// What the primary still says when the call has gone on to the secondary.
// @source RFC 3261 §9.1, §13.2.2.4, §17.1.1.2, §18.1.2; RFC 6026 §8.3

#include <array>
#include <optional>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/failover.hpp"
#include "harness/observed/late_responses.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

struct Problem {
  std::string what;
  std::optional<std::size_t> message{};  ///< that shows it
};

/// What is wrong with how a late 200 was resolved; nothing if it was resolved cleanly.
std::optional<Problem> unresolved(const Phone& phone, const LateResponse& late) {
  const Leg& primary = *late.primary;
  const bool took_it_instead = late.secondary->cancel && !late.secondary->final;
  const auto end = end_of_call(phone, late);
  if (end && !took_it_instead)
    return Problem{"the call over the secondary was ended because of it", end};
  if (primary.acks_2xx.empty()) {
    if (!late.transaction_is_over)
      return Problem{"it was not acknowledged although its transaction was alive"};
    if (left_bye_unanswered(phone, late))
      return Problem{"the primary's BYE for it was not answered", primary.bye_to_device};
    return std::nullopt;
  }
  if (primary.bye_to_device || took_it_instead) return std::nullopt;
  if (!primary.bye_from_device)
    return Problem{"it was acknowledged and never ended", primary.acks_2xx.front()};
  const Duration lasted = phone.at(*primary.bye_from_device) - late.at;
  if (lasted > policy::time_to_clean_up)
    return Problem{
        fmt::format("it was acknowledged and ended only {} later", format_seconds(lasted)),
        primary.bye_from_device};
  return std::nullopt;
}

void a_late_200_is_resolved(const Phone& phone, const LateResponse& late, Occurrence& it) {
  if (late.status / 100 != 2 || phone.trace.last < late.at + policy::time_to_clean_up) return;
  if (const auto wrong = unresolved(phone, late))
    it.cite(wrong->message)
        .rests_on(end_of_call(phone, late))
        .violated("200 of the primary after the call had moved on: {}", wrong->what);
  else
    it.pass(late.primary->acks_2xx.empty() ? "a late 200 was ignored"
                                           : "a late 200 was acknowledged and ended");
}

void a_late_1xx_is_cancelled(const Phone& phone, const LateResponse& late, Occurrence& it) {
  if (late.status >= 200 || late.transaction_is_over) return;
  const Leg& primary = *late.primary;
  // A final answer that comes first leaves nothing to cancel (RFC 3261 §9.1).
  const bool was_final =
      primary.final && phone.at(*primary.final) <= late.at + policy::time_to_cancel;
  if (primary.cancel)
    it.within({late.at, phone.at(*primary.cancel)}, {.max = policy::time_to_cancel},
              "CANCEL after a 1xx for a call that has moved on");
  else if (!was_final && phone.trace.last > late.at + policy::time_to_cancel)
    it.violated("a 1xx for a call that has moved on, no CANCEL");
}

void a_late_error_is_acknowledged(const Phone& phone, const LateResponse& late, Occurrence& it) {
  if (late.status < 300 || late.transaction_is_over) return;
  const bool is_acknowledged = !invite_of(phone, *late.primary).acks.empty();
  if (!is_acknowledged && phone.trace.last < late.at + policy::time_to_react) return;
  if (!is_acknowledged)
    it.violated("a late {} was never acknowledged", late.status);
  else if (const auto end = end_of_call(phone, late))
    it.cite(end).rests_on(end).violated("a late {} ended the call over the secondary", late.status);
  else
    it.pass("a late {} was acknowledged and changed nothing", late.status);
}

void strays_have_no_effect(const Phone& phone, const LateResponse& late, Occurrence& it) {
  if (!late.transaction_is_over) return;
  const auto end = end_of_call(phone, late);
  it.cite(end).rests_on(end).expect(
      !end, fmt::format("a {} that matched no transaction left the call alone", late.status),
      fmt::format("a {} that matched no transaction ended the call", late.status));
}

// --- Requests arrive, responses are lost ---------------------------------------------------------

void a_one_way_primary_is_left_cleanly(const Phone& phone, const SilentPrimary& failed,
                                       Occurrence& it) {
  if (!was_muted(phone, *failed.primary) || !failed.was_observed) return;
  if (failed.secondary == nullptr) return it.violated("the call never went to the secondary");
  const LateResponse* late = late_success(phone, *failed.call);
  const auto wrong = late != nullptr ? unresolved(phone, *late) : std::nullopt;
  if (wrong)
    it.cite(wrong->message)
        .rests_on(end_of_call(phone, *late))
        .violated("what the primary had answered stayed: {}", wrong->what);
  else
    it.pass("the call moved on and nothing of it stayed at the primary");
}

const std::array failover_late{
    Rule{
        .row =
            {.id = "FO-LATE-200",
             .clause = "RFC 3261 §13.2.2.4, §18.1.2; RFC 6026 §8.3",
             .severity = Severity::must,
             .sentence =
                 "A 200 of the primary that comes after the call has moved on is resolved cleanly.",
             .observed =
                 "It is acknowledged and ended by BYE within 2 s, or, after Timer B only, ignored "
                 "and the primary's own BYE answered; the call over the secondary goes on.",
             .tolerance = "policy: 2 s"},
        .needs = {.what = "a 200 of the primary after the call had moved on",
                  .blamed = blame_for_no_move},
        .judge = each<late_responses, a_late_200_is_resolved>},
    Rule{.row = {.id = "FO-LATE-1XX",
                 .clause = "RFC 3261 §9.1",
                 .severity = Severity::should,
                 .sentence = "A device that left the primary before Timer B cancels there when a "
                             "1xx comes after all.",
                 .observed = "CANCEL to the primary within 0.5 s of the late 1xx.",
                 .tolerance = "policy: 0.5 s"},
         .needs = {"a 1xx of the primary after the device left it before Timer B"},
         .judge = each<late_responses, a_late_1xx_is_cancelled>},
    Rule{.row = {.id = "FO-LATE-ERR",
                 .clause = "RFC 3261 §17.1.1.2",
                 .severity = Severity::must,
                 .sentence = "A device that left the primary before Timer B acknowledges an error "
                             "that comes after all, and the call over the secondary goes on.",
                 .observed = "ACK on the branch of the primary's INVITE; no BYE or CANCEL at the "
                             "secondary within 2 s of the error.",
                 .tolerance = "policy: 2 s"},
         .needs = {"an error of the primary after the device left it before Timer B"},
         .judge = each<late_responses, a_late_error_is_acknowledged>},
    Rule{.row = {.id = "RFC6026-02",
                 .clause = "RFC 3261 §18.1.2; RFC 6026 §8.3",
                 .severity = Severity::must,
                 .sentence = "A response that matches no transaction any more has no effect but "
                             "what resolves it.",
                 .observed = "A response of the primary after Timer B neither ends nor cancels the "
                             "call that has moved to the secondary.",
                 .tolerance = "policy: 2 s"},
         .needs = {.what = "a response of the primary after Timer B, to a call that had moved on",
                   .blamed = blame_for_no_move},
         .judge = each<late_responses, strays_have_no_effect>},
    Rule{
        .row = {.id = "FO-ONEWAY",
                .clause = "RFC 3261 §13.2.2.4; RFC 3263 §4.3",
                .severity = Severity::must,
                .sentence = "A primary that receives and whose responses are lost is left, and "
                            "what it answered is cleaned up.",
                .observed = "The call goes to the secondary; a 200 that gets through later is "
                            "resolved as FO-LATE-200 asks.",
                .tolerance = "profile: fo_grace"},
        .needs = {"a call whose answers the primary gave and the device never got", Blame::harness},
        .judge = each<calls_to_silent_primary, a_one_way_primary_is_left_cleanly>},
};

}  // namespace

std::span<const Rule> failover_late_rules() {
  return failover_late;
}

}  // namespace sipharness::check
