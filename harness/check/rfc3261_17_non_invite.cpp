// Non-INVITE client transactions between their first response and their end.
// @source RFC 3261 §17.1.2.1, §17.1.2.2 (Timers E in Proceeding, K)

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "harness/check/back_off.hpp"
#include "harness/check/families.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using sip::Method;
using verdict::Blame;

/// policy: what follows a repeated response within this time is a reaction to it (TIMER-K).
constexpr Duration reaction_time = 1s;

bool is_non_invite_over_udp(const Phone& phone, const Transaction& transaction) {
  return is_ours(transaction) && transaction.method != Method::invite &&
         is_unreliable(phone, transaction);
}

// --- Timer E after a provisional response --------------------------------------------------------

/// When the repetitions were over: the final response, Timer F, or the end of what was seen.
CaptureTime end_of_repetitions(const Phone& phone, const Transaction& transaction) {
  const CaptureTime timeout = timeout_of(phone, transaction);
  const CaptureTime end = std::min(timeout, phone.trace.last);
  return transaction.final ? std::min(end, phone.at(*transaction.final)) : end;
}

/// A transmission that was due and did not come.
void judge_missing(const Phone& phone, Judge& judge, const Transaction& transaction,
                   CaptureTime due) {
  const Duration late = timer_tolerance(phone, phone.profile.timers.t2).value;
  if (due + late >= end_of_repetitions(phone, transaction)) return;
  if (was_left_early(phone, transaction) || may_be_lost_on_the_way(phone)) return;
  judge.violated(evidence_of(phone, transaction),
                 fmt::format("{} not sent again after its provisional response",
                             phone.message(transaction.sends.front()).sip.method_text()));
}

/// One interval that ends after the provisional response; false if no more can be judged.
bool judge_interval(const Phone& phone, Judge& judge, const Transaction& transaction,
                    std::size_t send, Duration nominal) {
  const std::size_t before = transaction.sends[send - 1];
  const std::size_t after = transaction.sends[send];
  const auto tolerance = timer_tolerance(phone, nominal);
  const Evidence evidence{transaction.server, phone.message(before).sip.call_id(), {before, after}};
  const Duration interval = phone.at(after) - phone.at(before);
  if (interval > nominal + tolerance.value && may_be_lost_on_the_way(phone)) {
    judge.inconclusive(evidence, Blame::network,
                       "captured at the server: a transmission may have been lost on the way");
    return false;
  }
  judge.within(evidence,
               {.start = phone.at(before),
                .end = phone.at(after),
                .window = {.min = nominal - tolerance.value / 2, .max = nominal + tolerance.value},
                .tolerance = tolerance},
               fmt::format("{} transmission {} after the one before, in Proceeding",
                           phone.message(before).sip.method_text(), send + 1));
  return true;
}

void judge_proceeding(const Phone& phone, Judge& judge, const Transaction& transaction) {
  const CaptureTime provisional = phone.at(*transaction.provisional);
  const auto& sends = transaction.sends;
  const auto first_after =
      std::ranges::find_if(sends, [&](std::size_t send) { return phone.at(send) > provisional; });
  const auto trying = static_cast<std::size_t>(first_after - sends.begin());
  if (trying == 0) return;  // the capture lacks the first transmission
  // What Trying had armed still fires at its time; Proceeding arms T2.
  Duration nominal = doubling_to_t2(phone)(trying - 1);
  for (std::size_t send = trying; send < sends.size(); ++send) {
    if (!judge_interval(phone, judge, transaction, send, nominal)) return;
    nominal = phone.profile.timers.t2;
  }
  judge_missing(phone, judge, transaction, phone.at(sends.back()) + nominal);
}

void provisional_slows_to_t2(const Phone& phone, Judge& judge) {
  judge.needs("a non-INVITE request with nothing but a provisional response for longer than T2",
              Blame::harness);
  for (const Transaction& transaction : transactions(phone))
    if (is_non_invite_over_udp(phone, transaction) && transaction.provisional &&
        transaction.provisional == transaction.first_response)
      judge_proceeding(phone, judge, transaction);
}

// --- Timer K -------------------------------------------------------------------------------------

/// A refresh may rightly be due while copies of the last answer are still absorbed.
bool is_refreshed_within_t4(const Phone& phone, const Transaction& transaction) {
  const auto index = static_cast<std::size_t>(&transaction - transactions(phone).data());
  const Duration window = phone.profile.timers.t4 + reaction_time;
  return std::ranges::any_of(attempts(phone), [&](const RegisterAttempt& attempt) {
    return attempt.transactions.back() == index && attempt.granted && *attempt.granted < 2 * window;
  });
}

/// Copies of the 2xx within T4 of the first one.
std::vector<std::size_t> absorbed_copies(const Phone& phone, const Transaction& transaction) {
  std::vector<std::size_t> copies;
  if (!transaction.final || !phone.message(*transaction.final).sip.is_success()) return copies;
  const CaptureTime end = phone.at(*transaction.final) + phone.profile.timers.t4;
  for (const std::size_t response : transaction.responses)
    if (response > *transaction.final && phone.message(response).sip.is_final() &&
        phone.at(response) < end && phone.trace.last > phone.at(response) + reaction_time)
      copies.push_back(response);
  return copies;
}

/// A new request of the kind, with the same Call-ID, right after a copy of the answer.
const Transaction* reaction_to(const Phone& phone, const Transaction& transaction,
                               std::size_t copy) {
  const std::string_view call_id = phone.message(copy).sip.call_id();
  const auto reaction = std::ranges::find_if(transactions(phone), [&](const Transaction& later) {
    const std::size_t first = later.sends.front();
    return is_ours(later) && later.method == transaction.method &&
           later.server == transaction.server && first > copy &&
           phone.at(first) < phone.at(copy) + reaction_time &&
           phone.message(first).sip.call_id() == call_id;
  });
  return reaction == transactions(phone).end() ? nullptr : &*reaction;
}

void judge_copies(const Phone& phone, Judge& judge, const Transaction& transaction) {
  const auto copies = absorbed_copies(phone, transaction);
  for (const std::size_t copy : copies) {
    const Transaction* reaction = reaction_to(phone, transaction, copy);
    if (reaction == nullptr) continue;
    Evidence evidence = evidence_of(phone, transaction);
    evidence.messages.insert(evidence.messages.end(), {copy, reaction->sends.front()});
    return judge.violated(evidence, fmt::format("a new {} after the answer to the last came again",
                                                to_string(transaction.method)));
  }
  if (copies.empty()) return;
  Evidence evidence = evidence_of(phone, transaction);
  evidence.messages.push_back(copies.back());
  judge.pass(evidence, fmt::format("an answer to {} that came again had no effect",
                                   to_string(transaction.method)));
}

void repeated_answers_are_absorbed(const Phone& phone, Judge& judge) {
  judge.needs("a 2xx to a non-INVITE request that comes again within T4", Blame::harness);
  for (const Transaction& transaction : transactions(phone))
    if (is_non_invite_over_udp(phone, transaction) && !is_refreshed_within_t4(phone, transaction))
      judge_copies(phone, judge, transaction);
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
