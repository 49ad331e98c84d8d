// What the primary still says when the call has gone on to the secondary.
// @source RFC 3261 §9.1, §13.2.2.4, §17.1.1.2, §18.1.2; RFC 6026 §8.3

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/failover.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using trace::ServerRole;

/// policy: how soon what nobody wants any more must be ended (catalogue, FO-LATE-200).
constexpr Duration time_to_clean_up = 2s;
/// policy: how soon a 1xx for a call that has moved on must be cancelled (FO-LATE-1XX).
constexpr Duration time_to_cancel = 500ms;

/// The first response of the primary after the call had left it.
struct LateResponse {
  const CallGroup& call;
  const Leg& primary;
  const Leg& secondary;
  std::size_t message;
  CaptureTime at;
  int status;
  bool transaction_is_over;  ///< Timer B had fired
};

template <class Judgement>
void for_each_late_response(const Phone& phone, const Judgement& judge_one) {
  for (const CallGroup& call : calls(phone)) {
    const Leg* primary = call.leg(ServerRole::primary);
    const Leg* secondary = call.leg(ServerRole::secondary);
    if (primary == nullptr || secondary == nullptr || primary->i0 > secondary->i0) continue;
    bool has_provisional = false;
    for (const std::size_t response : transactions(phone)[primary->invites.back()].responses) {
      const int status = phone.message(response).sip.status();
      const CaptureTime at = phone.at(response);
      if (at <= secondary->i0) break;  // it did not come late: the call left for another reason
      if (status < 200 && std::exchange(has_provisional, true)) continue;
      judge_one(LateResponse{call, *primary, *secondary, response, at, status,
                             at >= primary->i0 + phone.profile.timers.sixty_four_t1()});
      if (status >= 200) break;
    }
  }
}

Evidence evidence_of(const Phone& phone, const LateResponse& late) {
  Evidence evidence = evidence_of_both(phone, late.primary, &late.secondary);
  evidence.messages.push_back(late.message);
  return evidence;
}

/// The device ended the call over the secondary without its user's word, soon after `late`.
bool spoiled_the_call(const Phone& phone, const LateResponse& late) {
  const auto by_device = [&](const std::optional<std::size_t>& message) {
    return message && phone.at(*message) >= late.at &&
           phone.at(*message) <= late.at + time_to_clean_up;
  };
  if (hung_up_before(late.call, late.at + time_to_clean_up)) return false;
  return by_device(late.secondary.bye_from_device) || by_device(late.secondary.cancel);
}

/// The BYE by which the primary ended what nobody acknowledged, and whether it was answered.
bool left_a_bye_unanswered(const Phone& phone, const LateResponse& late) {
  if (!late.primary.bye_to_device) return false;
  const trace::Message& bye = phone.message(*late.primary.bye_to_device);
  for (const Transaction& transaction : transactions(phone))
    if (std::ranges::find(transaction.sends, bye.index) != transaction.sends.end())
      return !transaction.final && phone.trace.last > bye.at + phone.profile.timers.sixty_four_t1();
  return false;
}

/// What is wrong with how a late 200 was resolved; nothing if it was resolved cleanly.
std::optional<std::string> unresolved(const Phone& phone, const LateResponse& late) {
  const bool took_it_instead = late.secondary.cancel && !late.secondary.final;
  if (spoiled_the_call(phone, late) && !took_it_instead)
    return "the call over the secondary was ended because of it";
  if (late.primary.acks_2xx.empty()) {
    if (!late.transaction_is_over)
      return "it was not acknowledged although its transaction was alive";
    if (left_a_bye_unanswered(phone, late)) return "the primary's BYE for it was not answered";
    return std::nullopt;
  }
  const bool is_over = late.primary.bye_to_device || took_it_instead;
  if (is_over) return std::nullopt;
  if (!late.primary.bye_from_device) return "it was acknowledged and never ended";
  const Duration lasted = phone.at(*late.primary.bye_from_device) - late.at;
  if (lasted > time_to_clean_up)
    return fmt::format("it was acknowledged and ended only {} later", format_seconds(lasted));
  return std::nullopt;
}

void judge_late_answer(const Phone& phone, Judge& judge, const LateResponse& late) {
  if (late.status / 100 != 2) return;
  if (phone.trace.last < late.at + time_to_clean_up) return;
  if (const auto wrong = unresolved(phone, late))
    judge.violated(evidence_of(phone, late),
                   fmt::format("200 of the primary after the call had moved on: {}", *wrong));
  else
    judge.pass(evidence_of(phone, late), late.primary.acks_2xx.empty()
                                             ? "a late 200 was ignored"
                                             : "a late 200 was acknowledged and ended");
}

void a_late_200_is_resolved(const Phone& phone, Judge& judge) {
  judge.needs("a 200 of the primary after the call had moved on", blame_for_no_move(phone));
  for_each_late_response(phone,
                         [&](const LateResponse& late) { judge_late_answer(phone, judge, late); });
}

void a_late_1xx_is_cancelled(const Phone& phone, Judge& judge) {
  judge.needs("a 1xx of the primary after the device left it before Timer B");
  for_each_late_response(phone, [&](const LateResponse& late) {
    if (late.status >= 200 || late.transaction_is_over) return;
    // A final answer that comes first leaves nothing to cancel (RFC 3261 §9.1).
    const bool was_final =
        late.primary.final && phone.at(*late.primary.final) <= late.at + time_to_cancel;
    if (late.primary.cancel)
      judge.within(evidence_of(phone, late),
                   {.start = late.at,
                    .end = phone.at(*late.primary.cancel),
                    .window = {.max = time_to_cancel}},
                   "CANCEL after a 1xx for a call that has moved on");
    else if (!was_final)
      judge.violated(evidence_of(phone, late), "a 1xx for a call that has moved on, no CANCEL");
  });
}

void a_late_error_is_acknowledged(const Phone& phone, Judge& judge) {
  judge.needs("an error of the primary after the device left it before Timer B");
  for_each_late_response(phone, [&](const LateResponse& late) {
    if (late.status < 300 || late.transaction_is_over) return;
    const Transaction& invite = transactions(phone)[late.primary.invites.back()];
    if (invite.acks.empty())
      judge.violated(evidence_of(phone, late),
                     fmt::format("a late {} was never acknowledged", late.status));
    else if (spoiled_the_call(phone, late))
      judge.violated(evidence_of(phone, late),
                     fmt::format("a late {} ended the call over the secondary", late.status));
    else
      judge.pass(evidence_of(phone, late),
                 fmt::format("a late {} was acknowledged and changed nothing", late.status));
  });
}

void strays_have_no_effect(const Phone& phone, Judge& judge) {
  judge.needs("a response of the primary after Timer B, to a call that had moved on",
              blame_for_no_move(phone));
  for_each_late_response(phone, [&](const LateResponse& late) {
    if (!late.transaction_is_over) return;
    if (spoiled_the_call(phone, late))
      judge.violated(evidence_of(phone, late),
                     fmt::format("a {} that matched no transaction ended the call", late.status));
    else
      judge.pass(evidence_of(phone, late),
                 fmt::format("a {} that matched no transaction left the call alone", late.status));
  });
}

// --- Requests arrive, responses are lost ---------------------------------------------------------

/// The primary worked on a call in `leg` and could not say so.
bool was_muted(const Phone& phone, const Leg& leg) {
  return std::ranges::any_of(phone.trace.journal, [&](const journal::Entry& entry) {
    const auto* withheld = std::get_if<journal::Withheld>(&entry.event);
    return withheld != nullptr && withheld->server == to_string(ServerRole::primary) &&
           phone.trace.time_of(entry) >= leg.i0 && phone.trace.time_of(entry) <= leg.end &&
           withheld->what.ends_with("INVITE");
  });
}

void a_one_way_primary_is_left_cleanly(const Phone& phone, Judge& judge) {
  judge.needs("a call whose answers the primary gave and the device never got",
              verdict::Blame::harness);
  for (const SilentPrimary& failed : calls_to_silent_primary(phone)) {
    if (!was_muted(phone, *failed.primary) || !failed.was_observed) continue;
    if (failed.secondary == nullptr) {
      judge.violated(evidence_of(phone, *failed.primary), "the call never went to the secondary");
      continue;
    }
    const auto is_this_call = [&](const LateResponse& late) { return &late.call == failed.call; };
    std::optional<std::string> wrong;
    for_each_late_response(phone, [&](const LateResponse& late) {
      if (is_this_call(late) && late.status / 100 == 2) wrong = unresolved(phone, late);
    });
    const Evidence evidence = evidence_of_both(phone, *failed.primary, failed.secondary);
    if (wrong)
      judge.violated(evidence, fmt::format("what the primary had answered stayed: {}", *wrong));
    else
      judge.pass(evidence, "the call moved on and nothing of it stayed at the primary");
  }
}

constexpr std::array table{
    Check{"FO-LATE-200", a_late_200_is_resolved},
    Check{"FO-LATE-1XX", a_late_1xx_is_cancelled},
    Check{"FO-LATE-ERR", a_late_error_is_acknowledged},
    Check{"RFC6026-02", strays_have_no_effect},
    Check{"FO-ONEWAY", a_one_way_primary_is_left_cleanly},
};

}  // namespace

std::span<const Check> failover_late_checks() {
  return table;
}

}  // namespace sipharness::check
