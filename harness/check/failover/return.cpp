// The way back: calls after the primary has returned, calls while nothing answers, a primary that
// comes and goes, and a link that loses packets.
// @source guide.txt, Case 1 ("always"); RFC 3261 §12, §17.1.1.2; requirements AMB-13

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/check/unless.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/calls_to_nobody.hpp"
#include "harness/observed/failover.hpp"
#include "harness/observed/journal_facts.hpp"
#include "harness/observed/outages.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/primary_answers.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/returns.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

/// The primary had answered when the call went on: an answer that comes later moved nothing.
bool went_on_in_spite_of_an_answer(const Phone& phone, const Leg& primary, const Leg& secondary) {
  const auto response = first_response(phone, primary);
  return response && phone.at(*response) < secondary.i0;
}

void calls_use_the_returned_primary(const Phone& phone, const CallAfterReturn& after,
                                    Occurrence& it) {
  const Leg& first = after.call->legs.front();
  const Leg* secondary = after.call->leg(ServerRole::secondary);
  if (first.server != ServerRole::primary)
    it.violated("a call after the primary's return started at the secondary");
  else if (secondary != nullptr && went_on_in_spite_of_an_answer(phone, first, *secondary))
    it.about(*secondary).violated("a call after the primary's return went on to the secondary");
  else
    it.pass("a call after the primary's return uses the primary");
}

void the_next_call_fails_back(const Phone& phone, const CallAfterReturn& after, Occurrence& it) {
  if (after.is_first) calls_use_the_returned_primary(phone, after, it);
}

void a_running_call_stays(const Phone& phone, const DialogAcrossReturn& across, Occurrence& it) {
  if (!phone.trace.has_journal()) return;
  if (const Message* wrong = disturbance_of(phone, across))
    it.cite(wrong->index)
        .rests_on(wrong)
        .violated("{} in the call over the secondary {} after the primary's return",
                  wrong->sip.method_text(), format_seconds(wrong->at - across.back));
  else
    it.pass("the call over the secondary went on when the primary returned");
}

// --- Nothing answers -----------------------------------------------------------------------------

void judge_time_tried(const Phone& phone, const trace::Span& tried, Occurrence& it) {
  it.within(tried, {.max = 2 * failover_limit(phone)},
            "from the dial to the last INVITE of a call that nobody answers",
            failover_grace(phone));
}

void a_call_without_dial_ends(const Phone& phone, const CallGroup& call, Occurrence& it) {
  if (!has_found_nobody(phone, call)) return;
  const Duration limit = 2 * failover_limit(phone);
  const trace::Span whole = time_tried(phone, call);
  const trace::Span surely_one = longest_with_one_call_id(phone, call);
  if (whole.until - whole.from <= limit)
    judge_time_tried(phone, whole, it);
  else if (surely_one.until - surely_one.from > limit)
    judge_time_tried(phone, surely_one, it);
  else
    it.inconclusive(Blame::user,
                    "INVITEs with several Call-IDs, one after the other: dialled anew? With "
                    "--journal the dials would tell");
}

void a_call_to_nobody_ends(const Phone& phone, const CallGroup& call, Occurrence& it) {
  if (!phone.trace.has_journal()) return a_call_without_dial_ends(phone, call, it);
  const CaptureTime start = start_of(call);
  if (call.legs.empty() || !are_both_out(phone, start) ||
      !are_both_out(phone, start + 2 * failover_limit(phone)))
    return;
  if (const auto again = second_try(phone, call))
    it.cite(again).violated("a server that had not answered was tried again in the same call");
  else
    judge_time_tried(phone, time_tried(phone, call), it.cite(last_invite(phone, call)));
}

// --- A primary that comes and goes ---------------------------------------------------------------

void is_not_stormed(const Phone& phone, ServerRole server, Occurrence& it) {
  if (std::ranges::count_if(outages(phone, ServerRole::primary), &Outage::recovered) < 3) return;
  const auto busiest = busiest_minute(phone, server);
  if (busiest.empty()) return;
  it.about(*busiest.front());
  for (const RegisterAttempt* attempt : busiest)
    it.cite(evidence_of(phone, *attempt).messages.front());
  it.expect(busiest.size() <= policy::most_attempts_a_minute,
            fmt::format("at most {} in a minute at the {}",
                        counted(busiest.size(), "registration attempt"), to_string(server)));
}

// --- Loss ----------------------------------------------------------------------------------------

/// The primary refused the call before it went on.
bool was_refused_first(const Phone& phone, const Leg& primary, const Leg& secondary) {
  return primary.final && phone.at(*primary.final) < reached_at(phone, secondary) &&
         phone.message(*primary.final).sip.status() >= 300;
}

void judge_call_over_lossy_link(const Phone& phone, const PrimaryCall& call, Occurrence& it) {
  const auto response = first_response(phone, *call.primary);
  const bool was_answered =
      response && phone.at(*response) < call.primary->i0 + phone.profile.timers.sixty_four_t1();
  if (call.secondary == nullptr)
    it.pass("the call stayed at the primary in spite of the loss");
  else if (!was_refused_first(phone, *call.primary, *call.secondary))
    it.expect(!was_answered, "every copy or its answer was lost: the call rightly moved on",
              "left the primary although one of its answers came in time");
}

void loss_alone_moves_no_call(const Phone& phone, Judge& judge) {
  if (phone.journal.is_lossy()) each<primary_calls, judge_call_over_lossy_link>(phone, judge);
}

constexpr Needs a_call_after_the_return{"a call after the primary was lost and registered again"};

const std::array failover_return{
    Rule{.row = {.id = "GRP-CALL-08",
                 .clause = "guide, Case 1",
                 .severity = Severity::vendor,
                 .sentence = "After the primary has returned and the device is registered there "
                             "again, new calls use the primary.",
                 .observed = "Every call dialled 2 s or more after the first 200 to REGISTER that "
                             "follows a loss starts at the primary and stays there if it answers.",
                 .tolerance = "policy: 2 s"},
         .needs = a_call_after_the_return,
         .judge = each<calls_after_return, calls_use_the_returned_primary>},
    Rule{.row =
             {.id = "FO-BACK-01",
              .clause = "guide, Case 1",
              .severity = Severity::vendor,
              .sentence =
                  "The first call after the device is registered at the returned primary uses it.",
              .observed = "As GRP-CALL-08, of the first call after each return.",
              .tolerance = "policy: 2 s"},
         .needs = a_call_after_the_return,
         .judge = each<calls_after_return, the_next_call_fails_back>},
    Rule{.row = {.id = "FO-BACK-03",
                 .clause = "RFC 3261 §12",
                 .severity = Severity::must,
                 .sentence =
                     "A running call over the secondary is not touched by the primary's return.",
                 .observed = "No BYE and no re-INVITE of the device in that call within 5 s of the "
                             "returned primary's 200, unless its user asked for it.",
                 .tolerance = "policy: 5 s"},
         .needs = {"a call over the secondary while the primary registers again"},
         .judge = each<dialogs_across_return, a_running_call_stays>},
    Rule{.row = {.id = "FO-BOTH-01",
                 .clause = "RFC 3261 §17.1.1.2; guide, Case 2",
                 .severity = Severity::vendor,
                 .sentence = "With both servers silent a call fails in bounded time.",
                 .observed = "Each server is tried once, and the last INVITE leaves no later than "
                             "2*(64*T1 + fo_grace) after the dial.",
                 .tolerance = "profile: fo_grace"},
         .needs = {"a call while both servers are silent", Blame::harness},
         .judge = each<calls, a_call_to_nobody_ends>},
    Rule{
        .row = {.id = "FO-FLAP",
                .clause = "policy: good practice",
                .severity = Severity::quality,
                .sentence =
                    "A primary that goes and returns again and again causes no storm of REGISTERs.",
                .observed = "At most 12 registration attempts in any minute at each server.",
                .tolerance = "policy: 12"},
        .needs = {"a primary that goes and returns three times", Blame::harness},
        .judge = each<two_servers, is_not_stormed>},
    Rule{.row = {.id = "FO-LOSS",
                 .clause = "RFC 3261 §17.1.1.2",
                 .severity = Severity::quality,
                 .sentence = "Random loss is bridged by retransmission and moves no call.",
                 .observed = "On a link that loses packets by chance no call leaves the primary if "
                             "one of its answers came before Timer B."},
         .needs = {"a call over a link that loses packets by chance", Blame::harness},
         .unless = leaves_early,
         .judge = loss_alone_moves_no_call},
};

}  // namespace

std::span<const Rule> failover_return_rules() {
  return failover_return;
}

}  // namespace sipharness::check
