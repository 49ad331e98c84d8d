// Client transactions: what is sent again, when, and when it stops.
// @source RFC 3261 §17.1.1.2 (Timers A, B), §17.1.2.2 (Timers E, F)

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "harness/check/back_off.hpp"
#include "harness/check/evidence.hpp"
#include "harness/check/families.hpp"

namespace sipharness::check {
namespace {

using sip::Method;
using trace::Transaction;
using verdict::Blame;

CaptureTime start_of(const Context& context, const Transaction& transaction) {
  return context.at(transaction.sends.front());
}

CaptureTime timeout_of(const Context& context, const Transaction& transaction) {
  return start_of(context, transaction) + context.profile.timers.sixty_four_t1();
}

bool is_ours(const Transaction& transaction) {
  return transaction.direction == trace::Direction::from_device;
}

/// Runs over UDP, where retransmission is the transaction's work.
bool is_unreliable(const Context& context, const Transaction& transaction) {
  return context.message(transaction.sends.front()).transport == Transport::udp;
}

/// Transmissions before anything came back.
std::vector<std::size_t> unanswered_sends(const Context& context, const Transaction& transaction) {
  std::vector<std::size_t> sends = transaction.sends;
  if (transaction.first_response)
    std::erase_if(sends, [&](std::size_t send) {
      return context.at(send) > context.at(*transaction.first_response);
    });
  return sends;
}

/// The user hung up, or the call went on elsewhere, between the two instants.
bool was_call_left(const Context& context, const Transaction& transaction, CaptureTime from,
                   CaptureTime until) {
  const trace::CallGroup* call = call_of(context, transaction);
  if (call == nullptr) return false;
  if (hung_up_before(*call, until)) return true;
  return std::ranges::any_of(
      call->legs, [&](const trace::Leg& leg) { return leg.i0 > from && leg.i0 < until; });
}

/// The device had a reason to stop before its timeout: ICMP, hang-up, restart, the next server.
bool was_left_early(const Context& context, const Transaction& transaction) {
  if (context.profile.max_request_retries) return true;
  const CaptureTime start = start_of(context, transaction);
  const CaptureTime timeout = timeout_of(context, transaction);
  if (next_power_change(context, start) < timeout) return true;
  if (transport_failure(context, transaction.server, start, timeout)) return true;
  const std::string_view call_id = context.message(transaction.sends.front()).sip.call_id();
  const Duration early = timer_tolerance(context, timeout - start).value / 2;
  if (was_call_left(context, transaction, start, timeout - early)) return true;
  return std::ranges::any_of(context.transactions, [&](const Transaction& later) {
    const trace::Message& first = context.message(later.sends.front());
    return is_ours(later) && later.method == transaction.method && first.at > start &&
           first.at < timeout - early && first.sip.call_id() == call_id;
  });
}

bool is_silent_to_the_end(const Context& context, const Transaction& transaction) {
  const Duration grace = timer_tolerance(context, context.profile.timers.sixty_four_t1()).value;
  const CaptureTime timeout = timeout_of(context, transaction);
  const bool answered =
      transaction.first_response && context.at(*transaction.first_response) < timeout;
  return !answered && context.trace.last > timeout + grace;
}

/// Only a journal tells of a hang-up, unless the call went on at the other server.
bool may_be_hung_up(const Context& context, const Transaction& transaction) {
  const trace::CallGroup* call = call_of(context, transaction);
  return !context.trace.has_journal() && call != nullptr && call->legs.size() < 2;
}

/// Fewer transmissions than the timer calls for.
void judge_count(const Context& context, Judge& judge, const Transaction& transaction,
                 std::pair<std::size_t, std::size_t> seen_and_expected) {
  const auto [seen, expected] = seen_and_expected;
  if (seen >= expected || !is_silent_to_the_end(context, transaction)) return;
  if (was_left_early(context, transaction) || may_be_lost_on_the_way(context) ||
      may_be_hung_up(context, transaction))
    return;
  judge.violated(evidence_of(context, transaction),
                 fmt::format("{} transmissions before the timeout, {} expected", seen, expected));
}

void judge_copies(const Context& context, Judge& judge, const Transaction& transaction,
                  const BackOff& back_off) {
  const Copies copies{transaction.server, unanswered_sends(context, transaction),
                      std::string(context.message(transaction.sends.front()).sip.method_text())};
  judge_intervals(context, judge, copies, back_off);
  judge_count(context, judge, transaction, {copies.messages.size(), full_count(context, back_off)});
}

void invite_doubles(const Context& context, Judge& judge) {
  judge.needs("an INVITE without response for at least two retransmissions", Blame::harness);
  for (const Transaction& transaction : context.transactions)
    if (is_ours(transaction) && transaction.method == Method::invite &&
        is_unreliable(context, transaction))
      judge_copies(context, judge, transaction, doubling(context));
}

void non_invite_doubles_to_t2(const Context& context, Judge& judge) {
  judge.needs("a non-INVITE request without response for at least two retransmissions",
              Blame::harness);
  for (const Transaction& transaction : context.transactions)
    if (is_ours(transaction) && transaction.method != Method::invite &&
        is_unreliable(context, transaction))
      judge_copies(context, judge, transaction, doubling_to_t2(context));
}

/// Nothing of a transaction may leave after its timeout.
void judge_end(const Context& context, Judge& judge, const Transaction& transaction) {
  const CaptureTime timeout = timeout_of(context, transaction);
  const auto tolerance = timer_tolerance(context, context.profile.timers.sixty_four_t1());
  const Evidence evidence = evidence_of(context, transaction);
  const CaptureTime last = context.at(transaction.sends.back());
  if (last > timeout + tolerance.value)
    judge.violated(evidence, fmt::format("still sent {} after its first transmission",
                                         format_seconds(last - start_of(context, transaction))));
  else if (!transaction.acks.empty() && !transaction.final)
    judge.fail(evidence, "an ACK for an INVITE that was never answered");
  else
    judge.pass(evidence, fmt::format("{} ended: last sent {} after its first transmission",
                                     context.message(transaction.sends.front()).sip.method_text(),
                                     format_seconds(last - start_of(context, transaction))));
}

void judge_timeout(const Context& context, Judge& judge, bool invite) {
  if (context.profile.max_request_retries)
    return judge.not_applicable("the device leaves early by its maximum number of retries");
  judge.needs("a request without response for 64 x T1", Blame::harness);
  for (const Transaction& transaction : context.transactions)
    if (is_ours(transaction) && (transaction.method == Method::invite) == invite &&
        is_unreliable(context, transaction) && is_silent_to_the_end(context, transaction) &&
        !was_left_early(context, transaction))
      judge_end(context, judge, transaction);
}

void invite_ends(const Context& context, Judge& judge) {
  judge_timeout(context, judge, true);
}

void non_invite_ends(const Context& context, Judge& judge) {
  judge_timeout(context, judge, false);
}

void same_bytes_again(const Context& context, Judge& judge) {
  judge.needs("a request that was sent again", Blame::harness);
  std::size_t repeated = 0;
  bool all_same = true;
  Evidence evidence;
  for (const Transaction& transaction : context.transactions) {
    if (!is_ours(transaction) || transaction.sends.size() < 2) continue;
    if (repeated++ == 0) evidence = evidence_of(context, transaction);
    if (transaction.identical) continue;
    all_same = false;
    judge.violated(evidence_of(context, transaction), "a retransmission differs from the original");
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
