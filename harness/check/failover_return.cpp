// The way back: calls after the primary has returned, calls while nothing answers, a primary that
// comes and goes, and a link that loses packets.
// @source guide.txt, Case 1 ("always"); RFC 3261 §12, §17.1.1.2; requirements AMB-13

#include <algorithm>
#include <array>
#include <optional>
#include <variant>

#include <fmt/format.h>

#include "harness/check/failover.hpp"
#include "harness/check/families.hpp"
#include "harness/check/midcall.hpp"
#include "harness/check/refresh.hpp"

namespace sipharness::check {
namespace {

using trace::CallGroup;
using trace::ConfirmedDialog;
using trace::Leg;
using trace::RegisterAttempt;
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
std::vector<CaptureTime> returns_of_primary(const Context& context) {
  std::vector<CaptureTime> found;
  const auto silent = calls_to_silent_primary(context);
  std::optional<CaptureTime> last_ok;
  bool has_failed = false;
  for (const RegisterAttempt* attempt : context.attempts_at(ServerRole::primary)) {
    if (attempt->unregister) continue;
    if (!attempt->ok) {
      has_failed |= attempt->failed();
      continue;
    }
    const bool call_failed = std::ranges::any_of(silent, [&](const SilentPrimary& one) {
      return one.secondary != nullptr && one.secondary->i0 < *attempt->ok &&
             (!last_ok || one.primary->i0 > *last_ok);
    });
    const bool was_out = std::ranges::any_of(context.outages, [&](const trace::Outage& outage) {
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
bool is_back(const Context& context, CaptureTime back, CaptureTime start) {
  return start >= back + time_to_return && !context.known_down(ServerRole::primary, start) &&
         context.registered(ServerRole::primary, start) &&
         !context.is_out(ServerRole::primary, start);
}

/// The primary had answered when the call went on: an answer that comes later moved nothing.
bool went_on_in_spite_of_an_answer(const Context& context, const Leg& primary,
                                   const Leg& secondary) {
  const auto response = first_response(context, primary);
  return response && context.at(*response) < secondary.i0;
}

void judge_call_after_return(const Context& context, Judge& judge, const CallGroup& call) {
  const Leg& first = call.legs.front();
  const Leg* secondary = call.leg(ServerRole::secondary);
  if (first.server != ServerRole::primary)
    judge.violated(evidence_of(context, first),
                   "a call after the primary's return started at the secondary");
  else if (secondary != nullptr && went_on_in_spite_of_an_answer(context, first, *secondary))
    judge.violated(evidence_of(context, *secondary),
                   "a call after the primary's return went on to the secondary");
  else
    judge.pass(evidence_of(context, first), "a call after the primary's return uses the primary");
}

/// Every call that a return concerns, with how many there were before it since that return.
template <class Judgement>
void for_each_call_after_return(const Context& context, const Judgement& judge_one) {
  const auto returns = returns_of_primary(context);
  for (std::size_t i = 0; i < returns.size(); ++i) {
    std::size_t before = 0;
    for (const CallGroup& call : context.calls) {
      const CaptureTime start = start_of(call);
      const bool is_for_the_next = i + 1 < returns.size() && start >= returns[i + 1];
      if (call.legs.empty() || is_for_the_next || !is_back(context, returns[i], start)) continue;
      judge_one(call, before++);
    }
  }
}

void calls_use_the_returned_primary(const Context& context, Judge& judge) {
  judge.needs("a call after the primary was lost and registered again");
  for_each_call_after_return(context, [&](const CallGroup& call, std::size_t) {
    judge_call_after_return(context, judge, call);
  });
}

void the_next_call_fails_back(const Context& context, Judge& judge) {
  judge.needs("a call after the primary was lost and registered again");
  for_each_call_after_return(context, [&](const CallGroup& call, std::size_t before) {
    if (before == 0) judge_call_after_return(context, judge, call);
  });
}

/// What the device did to a call just because the primary came back.
const trace::Message* disturbance(const Context& context, const ConfirmedDialog& dialog,
                                  CaptureTime back) {
  for (const trace::Transaction& transaction : context.transactions) {
    const trace::Message& message = context.opening(transaction);
    const bool is_in_time = message.at >= back && message.at <= back + time_to_disturb;
    const bool is_of_call = message.from_device() && message.sip.call_id() == dialog.call_id &&
                            message.sip.from_tag() == dialog.device_tag;
    const bool is_over = dialog.ended && message.at > *dialog.ended;  // a BYE with its proof
    if (!is_in_time || !is_of_call || is_over) continue;
    const bool disturbs =
        message.sip.method() == sip::Method::bye ||
        (message.sip.method() == sip::Method::invite && !asks_for_session(message.sip));
    if (disturbs && !was_ordered(context, message.at)) return &message;
  }
  return nullptr;
}

void a_running_call_stays(const Context& context, Judge& judge) {
  judge.needs("a call over the secondary while the primary registers again");
  if (!context.trace.has_journal()) return;
  for (const CaptureTime back : returns_of_primary(context)) {
    for (const ConfirmedDialog& dialog : context.dialogs) {
      const bool was_up = dialog.server == ServerRole::secondary && dialog.confirmed < back &&
                          dialog.ended.value_or(context.trace.last) >= back;
      if (!was_up) continue;
      const std::size_t invite = context.transactions[dialog.invite].sends.front();
      Evidence evidence{ServerRole::secondary, dialog.call_id, {invite}};
      if (const trace::Message* wrong = disturbance(context, dialog, back)) {
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

void a_call_to_nobody_ends(const Context& context, Judge& judge) {
  judge.needs("a call while both servers are silent", verdict::Blame::harness);
  const Duration limit = 2 * context.failover_limit();
  for (const CallGroup& call : context.calls) {
    const CaptureTime start = start_of(call);
    const bool both_out = context.is_out(ServerRole::primary, start) &&
                          context.is_out(ServerRole::secondary, start) &&
                          context.is_out(ServerRole::primary, start + limit) &&
                          context.is_out(ServerRole::secondary, start + limit);
    if (call.legs.empty() || !both_out) continue;
    const Evidence evidence = evidence_of(context, call.legs.front());
    CaptureTime last = start;
    bool is_repeated = false;
    for (const Leg& leg : call.legs) {
      is_repeated |= leg.invites.size() > 1;
      for (const std::size_t invite : leg.invites)
        last = std::max(last, context.at(context.transactions[invite].sends.back()));
    }
    if (is_repeated)
      judge.violated(evidence, "a server that had not answered was tried again in the same call");
    else
      judge.within(evidence,
                   {.start = start,
                    .end = last,
                    .window = {.max = limit},
                    .tolerance = failover_grace(context)},
                   "from the dial to the last INVITE of a call that nobody answers");
  }
}

// --- A primary that comes and goes ---------------------------------------------------------------

void flapping_causes_no_storm(const Context& context, Judge& judge) {
  judge.needs("a primary that goes and returns three times", verdict::Blame::harness);
  const auto returned = std::ranges::count_if(context.outages, [](const trace::Outage& outage) {
    return outage.server == ServerRole::primary && outage.recovered;
  });
  if (returned < 3) return;
  for (const ServerRole server : {ServerRole::primary, ServerRole::secondary}) {
    const auto attempts = context.attempts_at(server);
    if (attempts.empty()) continue;
    const std::size_t most = most_in_a_minute(context, server);
    const std::string seen = fmt::format("at most {} registration attempts in a minute at the {}",
                                         most, to_string(server));
    if (most > most_attempts_a_minute)
      judge.violated(evidence_of(context, *attempts.front()), seen);
    else
      judge.pass(evidence_of(context, *attempts.front()), seen);
  }
}

// --- Loss ----------------------------------------------------------------------------------------

/// The link to the primary lost packets by chance.
bool was_lossy(const Context& context) {
  return std::ranges::any_of(context.trace.journal, [](const journal::Entry& entry) {
    const auto* ignored = std::get_if<journal::Ignored>(&entry.event);
    const auto* withheld = std::get_if<journal::Withheld>(&entry.event);
    return (ignored != nullptr && ignored->rule == journal::by_chance) ||
           (withheld != nullptr && withheld->rule == journal::by_chance);
  });
}

void loss_alone_moves_no_call(const Context& context, Judge& judge) {
  judge.needs("a call over a link that loses packets by chance", verdict::Blame::harness);
  if (!was_lossy(context)) return;
  const Duration timer_b = context.profile.timers.sixty_four_t1();
  for (const CallGroup& call : context.calls) {
    const Leg* primary = call.leg(ServerRole::primary);
    if (primary == nullptr || call.legs.front().server != ServerRole::primary) continue;
    const Leg* secondary = call.leg(ServerRole::secondary);
    const auto response = first_response(context, *primary);
    const bool answered = response && context.at(*response) < primary->i0 + timer_b;
    const Evidence evidence = evidence_of_both(context, *primary, secondary);
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
