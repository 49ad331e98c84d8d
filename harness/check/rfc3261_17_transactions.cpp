// Client transactions: what is sent again, when, and when it stops.
// @source RFC 3261 §17.1.1.2 (Timers A, B), §17.1.2.2 (Timers E, F)

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/check/back_off.hpp"
#include "harness/check/families.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using sip::Method;
using verdict::Blame;

/// Transmissions before anything came back.
std::vector<std::size_t> unanswered_sends(const Phone& phone, const Transaction& transaction) {
  std::vector<std::size_t> sends = transaction.sends;
  if (transaction.first_response)
    std::erase_if(sends, [&](std::size_t send) {
      return phone.at(send) > phone.at(*transaction.first_response);
    });
  return sends;
}

/// The capture goes on long enough to see that `response` did not come before the timeout.
bool went_without(const Phone& phone, const Transaction& transaction,
                  std::optional<std::size_t> response) {
  const Duration grace = timer_tolerance(phone, phone.profile.timers.sixty_four_t1()).value;
  const CaptureTime timeout = timeout_of(phone, transaction);
  const bool came = response && phone.at(*response) < timeout;
  return !came && phone.trace.last > timeout + grace;
}

bool is_silent_to_the_end(const Phone& phone, const Transaction& transaction) {
  return went_without(phone, transaction, transaction.first_response);
}

/// Timer B is off once a provisional response came; Timer F goes on without a final one.
bool runs_into_its_timeout(const Phone& phone, const Transaction& transaction) {
  const bool is_invite = transaction.method == Method::invite;
  return went_without(phone, transaction,
                      is_invite ? transaction.first_response : transaction.final);
}

/// Only a journal tells of a hang-up, unless the call went on at the other server.
bool may_be_hung_up(const Phone& phone, const Transaction& transaction) {
  const CallGroup* call = call_of(phone, transaction);
  return !phone.trace.has_journal() && call != nullptr && call->legs.size() < 2;
}

/// Fewer transmissions than the timer calls for.
void judge_count(const Phone& phone, Judge& judge, const Transaction& transaction,
                 std::pair<std::size_t, std::size_t> seen_and_expected) {
  const auto [seen, expected] = seen_and_expected;
  if (seen >= expected || !is_silent_to_the_end(phone, transaction)) return;
  if (was_left_early(phone, transaction) || may_be_lost_on_the_way(phone) ||
      may_be_hung_up(phone, transaction))
    return;
  judge.violated(evidence_of(phone, transaction),
                 fmt::format("{} transmissions before the timeout, {} expected", seen, expected));
}

/// The first intervals may lie before a capture that does not begin with the device's life: what
/// looks like the first one is too long for it, and a longer one leads back to before the capture.
bool may_have_begun_unseen(const Phone& phone, const std::vector<std::size_t>& sends,
                           const BackOff& back_off) {
  if (phone.trace.has_journal() || sends.size() < 2) return false;
  const Duration first = phone.at(sends[1]) - phone.at(sends[0]);
  const bool is_first = first <= back_off(0) + timer_tolerance(phone, back_off(0)).value;
  return !is_first && phone.at(sends[0]) - first <= phone.trace.first;
}

void judge_copies(const Phone& phone, Judge& judge, const Transaction& transaction,
                  const BackOff& back_off) {
  const Copies copies{transaction.server, unanswered_sends(phone, transaction),
                      std::string(phone.message(transaction.sends.front()).sip.method_text())};
  if (may_have_begun_unseen(phone, copies.messages, back_off))
    return judge.inconclusive(evidence_of(phone, transaction), Blame::user,
                              "the first transmission may have been before the capture");
  judge_intervals(phone, judge, copies, back_off);
  judge_count(phone, judge, transaction, {copies.messages.size(), full_count(phone, back_off)});
}

void invite_doubles(const Phone& phone, Judge& judge) {
  judge.needs("an INVITE without response for at least two retransmissions", Blame::harness);
  for (const Transaction& transaction : transactions(phone))
    if (is_ours(transaction) && transaction.method == Method::invite &&
        is_unreliable(phone, transaction))
      judge_copies(phone, judge, transaction, doubling(phone));
}

void non_invite_doubles_to_t2(const Phone& phone, Judge& judge) {
  judge.needs("a non-INVITE request without response for at least two retransmissions",
              Blame::harness);
  for (const Transaction& transaction : transactions(phone))
    if (is_ours(transaction) && transaction.method != Method::invite &&
        is_unreliable(phone, transaction))
      judge_copies(phone, judge, transaction, doubling_to_t2(phone));
}

/// Nothing of a transaction may leave after its timeout.
void judge_end(const Phone& phone, Judge& judge, const Transaction& transaction) {
  const CaptureTime timeout = timeout_of(phone, transaction);
  const auto tolerance = timer_tolerance(phone, phone.profile.timers.sixty_four_t1());
  const Evidence evidence = evidence_of(phone, transaction);
  const CaptureTime last = phone.at(transaction.sends.back());
  if (last > timeout + tolerance.value)
    judge.violated(evidence, fmt::format("still sent {} after its first transmission",
                                         format_seconds(last - start_of(phone, transaction))));
  else if (!transaction.acks.empty() && !transaction.final)
    judge.fail(evidence, "an ACK for an INVITE that was never answered");
  else
    judge.pass(evidence, fmt::format("{} ended: last sent {} after its first transmission",
                                     phone.message(transaction.sends.front()).sip.method_text(),
                                     format_seconds(last - start_of(phone, transaction))));
}

void judge_timeout(const Phone& phone, Judge& judge, bool invite) {
  if (phone.profile.max_request_retries)
    return judge.not_applicable("the device leaves early by its maximum number of retries");
  judge.needs("a request without response for 64 x T1", Blame::harness);
  for (const Transaction& transaction : transactions(phone))
    if (is_ours(transaction) && (transaction.method == Method::invite) == invite &&
        is_unreliable(phone, transaction) && runs_into_its_timeout(phone, transaction) &&
        !was_left_early(phone, transaction))
      judge_end(phone, judge, transaction);
}

void invite_ends(const Phone& phone, Judge& judge) {
  judge_timeout(phone, judge, true);
}

void non_invite_ends(const Phone& phone, Judge& judge) {
  judge_timeout(phone, judge, false);
}

void same_bytes_again(const Phone& phone, Judge& judge) {
  judge.needs("a request that was sent again", Blame::harness);
  std::size_t repeated = 0;
  bool all_same = true;
  Evidence evidence;
  for (const Transaction& transaction : transactions(phone)) {
    if (!is_ours(transaction) || transaction.sends.size() < 2) continue;
    if (repeated++ == 0) evidence = evidence_of(phone, transaction);
    if (transaction.identical) continue;
    all_same = false;
    judge.violated(evidence_of(phone, transaction), "a retransmission differs from the original");
  }
  if (repeated > 0 && all_same)
    judge.pass(evidence, fmt::format("{} requests sent again byte by byte", repeated));
}

constexpr std::array table{
    Check{"RFC3261-TX-BYTEID", same_bytes_again},
    Check{"RFC3261-TIMER-A", invite_doubles},
    Check{"RFC3261-TIMER-B", invite_ends},
    Check{"RFC3261-TIMER-E", non_invite_doubles_to_t2},
    Check{"RFC3261-TIMER-F", non_invite_ends},
};

}  // namespace

std::span<const Check> rfc3261_17_transaction_checks() {
  return table;
}

}  // namespace sipharness::check
