// The way back: calls after the primary has returned, calls while nothing answers, a primary that
// comes and goes, and a link that loses packets.
// @source guide.txt, Case 1 ("always"); RFC 3261 §12, §17.1.1.2; requirements AMB-13

#include <algorithm>
#include <array>
#include <optional>
#include <variant>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/failover.hpp"
#include "harness/observed/journal_facts.hpp"
#include "harness/observed/midcall.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using trace::ServerRole;

/// policy: how long after the 200 of the returned primary calls must go there (AMB-13).
constexpr Duration time_to_return = 2s;
/// policy: what the device does so soon after the return is done because of it (FO-BACK-03).
constexpr Duration time_to_disturb = 5s;
CaptureTime start_of(const CallGroup& call) {
  return call.dialled.value_or(call.legs.empty() ? call.until : call.legs.front().i0);
}

/// Registrations at the primary that followed a loss since the last 200: the attempt before failed,
/// a call had found it silent, or the journal says that it was out.
std::vector<CaptureTime> returns_of_primary(const Phone& phone) {
  std::vector<CaptureTime> found;
  const auto silent = calls_to_silent_primary(phone);
  std::optional<CaptureTime> last_ok;
  bool has_failed = false;
  for (const RegisterAttempt* attempt : attempts_at(phone, ServerRole::primary)) {
    if (attempt->unregister) continue;
    if (!attempt->ok) {
      has_failed |= attempt->failed();
      continue;
    }
    const bool call_failed = std::ranges::any_of(silent, [&](const SilentPrimary& one) {
      return one.secondary != nullptr && one.secondary->i0 < *attempt->ok &&
             (!last_ok || one.primary->i0 > *last_ok);
    });
    const bool was_out = std::ranges::any_of(phone.journal.outages(), [&](const Outage& outage) {
      return outage.server == ServerRole::primary && last_ok && outage.from > *last_ok &&
             outage.from < *attempt->ok;
    });
    if (last_ok && (has_failed || call_failed || was_out)) found.push_back(*attempt->ok);
    last_ok = attempt->ok;
    has_failed = false;
  }
  return found;
}

/// The primary is registered again since `back`, and nothing since says that it is lost.
bool is_back(const Phone& phone, CaptureTime back, CaptureTime start) {
  return start >= back + time_to_return && !known_down(phone, ServerRole::primary, start) &&
         registered(phone, ServerRole::primary, start) &&
         !is_out(phone, ServerRole::primary, start);
}

/// The primary had answered when the call went on: an answer that comes later moved nothing.
bool went_on_in_spite_of_an_answer(const Phone& phone, const Leg& primary, const Leg& secondary) {
  const auto response = first_response(phone, primary);
  return response && phone.at(*response) < secondary.i0;
}

void judge_call_after_return(const Phone& phone, Judge& judge, const CallGroup& call) {
  const Leg& first = call.legs.front();
  const Leg* secondary = call.leg(ServerRole::secondary);
  if (first.server != ServerRole::primary)
    judge.violated(evidence_of(phone, first),
                   "a call after the primary's return started at the secondary");
  else if (secondary != nullptr && went_on_in_spite_of_an_answer(phone, first, *secondary))
    judge.violated(evidence_of(phone, *secondary),
                   "a call after the primary's return went on to the secondary");
  else
    judge.pass(evidence_of(phone, first), "a call after the primary's return uses the primary");
}

/// Every call that a return concerns, with how many there were before it since that return.
template <class Judgement>
void for_each_call_after_return(const Phone& phone, const Judgement& judge_one) {
  const auto returns = returns_of_primary(phone);
  for (std::size_t i = 0; i < returns.size(); ++i) {
    std::size_t before = 0;
    for (const CallGroup& call : calls(phone)) {
      const CaptureTime start = start_of(call);
      const bool is_for_the_next = i + 1 < returns.size() && start >= returns[i + 1];
      if (call.legs.empty() || is_for_the_next || !is_back(phone, returns[i], start)) continue;
      judge_one(call, before++);
    }
  }
}

void calls_use_the_returned_primary(const Phone& phone, Judge& judge) {
  judge.needs("a call after the primary was lost and registered again");
  for_each_call_after_return(phone, [&](const CallGroup& call, std::size_t) {
    judge_call_after_return(phone, judge, call);
  });
}

void the_next_call_fails_back(const Phone& phone, Judge& judge) {
  judge.needs("a call after the primary was lost and registered again");
  for_each_call_after_return(phone, [&](const CallGroup& call, std::size_t before) {
    if (before == 0) judge_call_after_return(phone, judge, call);
  });
}

/// What the device did to a call just because the primary came back.
const trace::Message* disturbance(const Phone& phone, const ConfirmedDialog& dialog,
                                  CaptureTime back) {
  for (const Transaction& transaction : transactions(phone)) {
    const trace::Message& message = opening(phone, transaction);
    const bool is_in_time = message.at >= back && message.at <= back + time_to_disturb;
    const bool is_of_call = message.from_device() && message.sip.call_id() == dialog.call_id &&
                            message.sip.from_tag() == dialog.device_tag;
    const bool is_over = dialog.ended && message.at > *dialog.ended;  // a BYE with its proof
    if (!is_in_time || !is_of_call || is_over) continue;
    const bool disturbs =
        message.sip.method() == sip::Method::bye ||
        (message.sip.method() == sip::Method::invite && !asks_for_session(message.sip));
    if (disturbs && !was_ordered(phone, message.at)) return &message;
  }
  return nullptr;
}

void a_running_call_stays(const Phone& phone, Judge& judge) {
  judge.needs("a call over the secondary while the primary registers again");
  if (!phone.trace.has_journal()) return;
  for (const CaptureTime back : returns_of_primary(phone)) {
    for (const ConfirmedDialog& dialog : dialogs(phone)) {
      const bool was_up = dialog.server == ServerRole::secondary && dialog.confirmed < back &&
                          dialog.ended.value_or(phone.trace.last) >= back;
      if (!was_up) continue;
      const std::size_t invite = transactions(phone)[dialog.invite].sends.front();
      Evidence evidence{ServerRole::secondary, dialog.call_id, {invite}};
      if (const trace::Message* wrong = disturbance(phone, dialog, back)) {
        evidence.messages.push_back(wrong->index);
        judge.violated(evidence,
                       fmt::format("{} in the call over the secondary {} after the "
                                   "primary's return",
                                   wrong->sip.method_text(), format_seconds(wrong->at - back)));
      } else {
        judge.pass(evidence, "the call over the secondary went on when the primary returned");
      }
    }
  }
}

// --- Nothing answers -----------------------------------------------------------------------------

void a_call_to_nobody_ends(const Phone& phone, Judge& judge) {
  judge.needs("a call while both servers are silent", verdict::Blame::harness);
  const Duration limit = 2 * failover_limit(phone);
  for (const CallGroup& call : calls(phone)) {
    const CaptureTime start = start_of(call);
    const bool both_out = is_out(phone, ServerRole::primary, start) &&
                          is_out(phone, ServerRole::secondary, start) &&
                          is_out(phone, ServerRole::primary, start + limit) &&
                          is_out(phone, ServerRole::secondary, start + limit);
    if (call.legs.empty() || !both_out) continue;
    const Evidence evidence = evidence_of(phone, call.legs.front());
    CaptureTime last = start;
    bool is_repeated = false;
    for (const Leg& leg : call.legs) {
      is_repeated |= leg.invites.size() > 1;
      for (const std::size_t invite : leg.invites)
        last = std::max(last, phone.at(transactions(phone)[invite].sends.back()));
    }
    if (is_repeated)
      judge.violated(evidence, "a server that had not answered was tried again in the same call");
    else
      judge.within(evidence,
                   {.start = start,
                    .end = last,
                    .window = {.max = limit},
                    .tolerance = failover_grace(phone)},
                   "from the dial to the last INVITE of a call that nobody answers");
  }
}

// --- A primary that comes and goes ---------------------------------------------------------------

void flapping_causes_no_storm(const Phone& phone, Judge& judge) {
  judge.needs("a primary that goes and returns three times", verdict::Blame::harness);
  const auto returned = std::ranges::count_if(phone.journal.outages(), [](const Outage& outage) {
    return outage.server == ServerRole::primary && outage.recovered;
  });
  if (returned < 3) return;
  for (const ServerRole server : {ServerRole::primary, ServerRole::secondary}) {
    const auto attempts = attempts_at(phone, server);
    if (attempts.empty()) continue;
    const std::size_t most = most_in_a_minute(phone, server);
    const std::string seen = fmt::format("at most {} registration attempts in a minute at the {}",
                                         most, to_string(server));
    if (most > most_attempts_a_minute)
      judge.violated(evidence_of(phone, *attempts.front()), seen);
    else
      judge.pass(evidence_of(phone, *attempts.front()), seen);
  }
}

// --- Loss ----------------------------------------------------------------------------------------

/// The link to the primary lost packets by chance.
bool was_lossy(const Phone& phone) {
  return std::ranges::any_of(phone.trace.journal, [](const journal::Entry& entry) {
    const auto* ignored = std::get_if<journal::Ignored>(&entry.event);
    const auto* withheld = std::get_if<journal::Withheld>(&entry.event);
    return (ignored != nullptr && ignored->rule == journal::by_chance) ||
           (withheld != nullptr && withheld->rule == journal::by_chance);
  });
}

void loss_alone_moves_no_call(const Phone& phone, Judge& judge) {
  judge.needs("a call over a link that loses packets by chance", verdict::Blame::harness);
  if (!was_lossy(phone)) return;
  const Duration timer_b = phone.profile.timers.sixty_four_t1();
  for (const CallGroup& call : calls(phone)) {
    const Leg* primary = call.leg(ServerRole::primary);
    if (primary == nullptr || call.legs.front().server != ServerRole::primary) continue;
    const Leg* secondary = call.leg(ServerRole::secondary);
    const auto response = first_response(phone, *primary);
    const bool answered = response && phone.at(*response) < primary->i0 + timer_b;
    const Evidence evidence = evidence_of_both(phone, *primary, secondary);
    if (secondary != nullptr && answered)
      judge.violated(evidence, "left the primary although one of its answers came in time");
    else if (secondary != nullptr)
      judge.pass(evidence, "every copy or its answer was lost: the call rightly moved on");
    else
      judge.pass(evidence, "the call stayed at the primary in spite of the loss");
  }
}

constexpr std::array table{
    Check{"GRP-CALL-08", calls_use_the_returned_primary},
    Check{"FO-BACK-01", the_next_call_fails_back},
    Check{"FO-BACK-03", a_running_call_stays},
    Check{"FO-BOTH-01", a_call_to_nobody_ends},
    Check{"FO-FLAP", flapping_causes_no_storm},
    Check{"FO-LOSS", loss_alone_moves_no_call},
};

}  // namespace

std::span<const Check> failover_return_checks() {
  return table;
}

}  // namespace sipharness::check
