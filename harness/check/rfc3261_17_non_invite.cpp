// Non-INVITE client transactions between their first response and their end.
// @source RFC 3261 §17.1.2.1, §17.1.2.2 (Timers E in Proceeding, K)

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "harness/check/back_off.hpp"
#include "harness/check/client_transactions.hpp"
#include "harness/check/families.hpp"

namespace sipharness::check {
namespace {

using sip::Method;
using trace::Transaction;
using verdict::Blame;

/// policy: what follows a repeated response within this time is a reaction to it (TIMER-K).
constexpr Duration reaction_time = 1s;

bool is_non_invite_over_udp(const Context& context, const Transaction& transaction) {
  return is_ours(transaction) && transaction.method != Method::invite &&
         is_unreliable(context, transaction);
}

// --- Timer E after a provisional response --------------------------------------------------------

/// When the repetitions were over: the final response, Timer F, or the end of what was seen.
CaptureTime end_of_repetitions(const Context& context, const Transaction& transaction) {
  const CaptureTime timeout = timeout_of(context, transaction);
  const CaptureTime end = std::min(timeout, context.trace.last);
  return transaction.final ? std::min(end, context.at(*transaction.final)) : end;
}

/// A transmission that was due and did not come.
void judge_missing(const Context& context, Judge& judge, const Transaction& transaction,
                   CaptureTime due) {
  const Duration late = timer_tolerance(context, context.profile.timers.t2).value;
  if (due + late >= end_of_repetitions(context, transaction)) return;
  if (was_left_early(context, transaction) || may_be_lost_on_the_way(context)) return;
  judge.violated(evidence_of(context, transaction),
                 fmt::format("{} not sent again after its provisional response",
                             context.message(transaction.sends.front()).sip.method_text()));
}

/// One interval that ends after the provisional response; false if no more can be judged.
bool judge_interval(const Context& context, Judge& judge, const Transaction& transaction,
                    std::size_t send, Duration nominal) {
  const std::size_t before = transaction.sends[send - 1];
  const std::size_t after = transaction.sends[send];
  const auto tolerance = timer_tolerance(context, nominal);
  const Evidence evidence{
      transaction.server, context.message(before).sip.call_id(), {before, after}};
  const Duration interval = context.at(after) - context.at(before);
  if (interval > nominal + tolerance.value && may_be_lost_on_the_way(context)) {
    judge.inconclusive(evidence, Blame::network,
                       "captured at the server: a transmission may have been lost on the way");
    return false;
  }
  judge.within(evidence,
               {.start = context.at(before),
                .end = context.at(after),
                .window = {.min = nominal - tolerance.value / 2, .max = nominal + tolerance.value},
                .tolerance = tolerance},
               fmt::format("{} transmission {} after the one before, in Proceeding",
                           context.message(before).sip.method_text(), send + 1));
  return true;
}

void judge_proceeding(const Context& context, Judge& judge, const Transaction& transaction) {
  const CaptureTime provisional = context.at(*transaction.provisional);
  const auto& sends = transaction.sends;
  const auto first_after =
      std::ranges::find_if(sends, [&](std::size_t send) { return context.at(send) > provisional; });
  const auto trying = static_cast<std::size_t>(first_after - sends.begin());
  if (trying == 0) return;  // the capture lacks the first transmission
  // What Trying had armed still fires at its time; Proceeding arms T2.
  Duration nominal = doubling_to_t2(context)(trying - 1);
  for (std::size_t send = trying; send < sends.size(); ++send) {
    if (!judge_interval(context, judge, transaction, send, nominal)) return;
    nominal = context.profile.timers.t2;
  }
  judge_missing(context, judge, transaction, context.at(sends.back()) + nominal);
}

void provisional_slows_to_t2(const Context& context, Judge& judge) {
  judge.needs("a non-INVITE request with nothing but a provisional response for longer than T2",
              Blame::harness);
  for (const Transaction& transaction : context.transactions)
    if (is_non_invite_over_udp(context, transaction) && transaction.provisional &&
        transaction.provisional == transaction.first_response)
      judge_proceeding(context, judge, transaction);
}

// --- Timer K -------------------------------------------------------------------------------------

/// A refresh may rightly be due while copies of the last answer are still absorbed.
bool is_refreshed_within_t4(const Context& context, const Transaction& transaction) {
  const auto index = static_cast<std::size_t>(&transaction - context.transactions.data());
  const Duration window = context.profile.timers.t4 + reaction_time;
  return std::ranges::any_of(context.attempts, [&](const trace::RegisterAttempt& attempt) {
    return attempt.transactions.back() == index && attempt.granted && *attempt.granted < 2 * window;
  });
}

/// Copies of the 2xx within T4 of the first one.
std::vector<std::size_t> absorbed_copies(const Context& context, const Transaction& transaction) {
  std::vector<std::size_t> copies;
  if (!transaction.final || !context.message(*transaction.final).sip.is_success()) return copies;
  const CaptureTime end = context.at(*transaction.final) + context.profile.timers.t4;
  for (const std::size_t response : transaction.responses)
    if (response > *transaction.final && context.message(response).sip.is_final() &&
        context.at(response) < end && context.trace.last > context.at(response) + reaction_time)
      copies.push_back(response);
  return copies;
}

/// A new request of the kind, with the same Call-ID, right after a copy of the answer.
const Transaction* reaction_to(const Context& context, const Transaction& transaction,
                               std::size_t copy) {
  const std::string_view call_id = context.message(copy).sip.call_id();
  const auto reaction = std::ranges::find_if(context.transactions, [&](const Transaction& later) {
    const std::size_t first = later.sends.front();
    return is_ours(later) && later.method == transaction.method &&
           later.server == transaction.server && first > copy &&
           context.at(first) < context.at(copy) + reaction_time &&
           context.message(first).sip.call_id() == call_id;
  });
  return reaction == context.transactions.end() ? nullptr : &*reaction;
}

void judge_copies(const Context& context, Judge& judge, const Transaction& transaction) {
  const auto copies = absorbed_copies(context, transaction);
  for (const std::size_t copy : copies) {
    const Transaction* reaction = reaction_to(context, transaction, copy);
    if (reaction == nullptr) continue;
    Evidence evidence = evidence_of(context, transaction);
    evidence.messages.insert(evidence.messages.end(), {copy, reaction->sends.front()});
    return judge.violated(evidence, fmt::format("a new {} after the answer to the last came again",
                                                to_string(transaction.method)));
  }
  if (copies.empty()) return;
  Evidence evidence = evidence_of(context, transaction);
  evidence.messages.push_back(copies.back());
  judge.pass(evidence, fmt::format("an answer to {} that came again had no effect",
                                   to_string(transaction.method)));
}

void repeated_answers_are_absorbed(const Context& context, Judge& judge) {
  judge.needs("a 2xx to a non-INVITE request that comes again within T4", Blame::harness);
  for (const Transaction& transaction : context.transactions)
    if (is_non_invite_over_udp(context, transaction) &&
        !is_refreshed_within_t4(context, transaction))
      judge_copies(context, judge, transaction);
}

constexpr std::array table{
    Check{"RFC3261-TIMER-E-PROV", provisional_slows_to_t2},
    Check{"RFC3261-TIMER-K", repeated_answers_are_absorbed},
};

}  // namespace

std::span<const Check> rfc3261_17_non_invite_checks() {
  return table;
}

}  // namespace sipharness::check
