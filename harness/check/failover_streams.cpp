// Servers that TCP does not reach: refused, swallowed and half-open connections.
// @source RFC 3261 §8.1.3.1, §17.1.1.2 (Timer B on any transport), §18.1.1, §18.4

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "harness/check/client_transactions.hpp"
#include "harness/check/failover.hpp"
#include "harness/check/families.hpp"
#include "harness/check/streams.hpp"

namespace sipharness::check {
namespace {

using trace::CallGroup;
using trace::ServerRole;
using trace::Transaction;
using verdict::Blame;

bool is_invite_over_stream(const Context& context, const Transaction& transaction) {
  return is_ours(transaction) && transaction.method == sip::Method::invite &&
         !is_unreliable(context, transaction);
}

/// The secondary could not have served the call, or the user did not wait for it.
bool had_no_next_server(const Context& context, const CallGroup& call, CaptureTime until) {
  return hung_up_before(call, until) || context.is_out(ServerRole::secondary, until) ||
         context.known_down(ServerRole::secondary, until) || context.trace.last < until;
}

/// From a failed attempt to connect to the INVITE at the secondary.
void judge_move(const Context& context, Judge& judge, const CallGroup& call,
                const Measurement& limits, std::string_view what) {
  const auto attempt = failed_connection(context, call);
  Evidence evidence = evidence_of(*attempt);
  const trace::Leg* secondary = call.leg(ServerRole::secondary);
  if (secondary == nullptr) {
    if (!had_no_next_server(context, call, limits.start + *limits.window.max))
      judge.violated(evidence, fmt::format("{}: never", what));
    return;
  }
  evidence.messages = evidence_of(context, *secondary).messages;
  Measurement measured = limits;
  measured.end = reached_at(context, *secondary);
  judge.within(evidence, measured, what);
}

void refusal_moves_the_call(const Context& context, Judge& judge) {
  judge.needs("a call whose connection to the primary is refused", Blame::harness);
  for (const CallGroup& call : context.calls) {
    const auto attempt = failed_connection(context, call);
    if (!attempt || !attempt->refused) continue;
    judge_move(context, judge, call,
               {.start = *attempt->refused,
                .end = {},
                .window = {.max = context.profile.tolerances.fo_grace},
                .tolerance = failover_grace(context)},
               "INVITE at the secondary after the primary refused the connection");
  }
}

void hanging_connection_moves_the_call(const Context& context, Judge& judge) {
  judge.needs("a call whose connection to the primary is never answered", Blame::harness);
  for (const CallGroup& call : context.calls) {
    const auto attempt = failed_connection(context, call);
    if (!attempt || attempt->refused) continue;
    judge_move(
        context, judge, call,
        {.start = attempt->syn,
         .end = {},
         .window = {.max = context.failover_limit()},
         .tolerance = failover_grace(context)},
        fmt::format("INVITE at the secondary after {} SYNs to the primary", attempt->copies + 1));
  }
}

// --- Timer B without Timer A ---------------------------------------------------------------------

void judge_give_up(const Context& context, Judge& judge, const Transaction& invite) {
  const CallGroup* call = call_of(context, invite);
  const CaptureTime start = start_of(context, invite);
  const CaptureTime limit = start + context.failover_limit();
  const bool was_told =
      transport_failure(context, invite.server, start, timeout_of(context, invite)).has_value();
  if (call == nullptr || was_told || invite.server != ServerRole::primary) return;
  const trace::Leg* secondary = call->leg(ServerRole::secondary);
  if (secondary != nullptr && reached_at(context, *secondary) >= start)
    judge.within(evidence_of_both(context, *call->leg(ServerRole::primary), secondary),
                 {.start = start,
                  .end = reached_at(context, *secondary),
                  .window = {.max = context.failover_limit()},
                  .tolerance = failover_grace(context)},
                 "INVITE over a stream given up for the next server");
  else if (context.profile.claims_guide() && !had_no_next_server(context, *call, limit))
    judge.violated(evidence_of(context, invite),
                   "no next server after an unanswered INVITE over a stream");
}

void judge_invite(const Context& context, Judge& judge, const Transaction& invite) {
  const Duration patience = 2 * context.profile.timers.t1;
  const CaptureTime start = start_of(context, invite);
  const bool is_answered =
      invite.first_response && context.at(*invite.first_response) < timeout_of(context, invite);
  if (invite.sends.size() > 1)
    judge.violated(evidence_of(context, invite),
                   fmt::format("INVITE sent {} times over a stream", invite.sends.size()));
  else if (!is_answered)
    judge_give_up(context, judge, invite);
  else if (context.at(*invite.first_response) > start + patience)
    judge.pass(evidence_of(context, invite), "one INVITE over a stream that took its time");
}

void streams_have_timer_b_alone(const Context& context, Judge& judge) {
  judge.needs("an INVITE over a stream, or a connection for one, that is not answered at once",
              Blame::harness);
  for (const Transaction& transaction : context.transactions)
    if (is_invite_over_stream(context, transaction)) judge_invite(context, judge, transaction);
  for (const CallGroup& call : context.calls) {
    const auto attempt = failed_connection(context, call);
    if (!attempt || attempt->refused) continue;
    judge_move(context, judge, call,
               {.start = attempt->syn,
                .end = {},
                .window = {.max = context.failover_limit()},
                .tolerance = failover_grace(context)},
               "INVITE without a connection given up for the next server");
  }
}

// --- Half-open connections -----------------------------------------------------------------------

/// The reset that answered an INVITE into a connection which the server had lost.
std::optional<CaptureTime> reset_of(const Context& context, const Transaction& invite) {
  const Endpoint& local = context.message(invite.sends.front()).source;
  for (const trace::TransportFailure& failure : context.trace.transport_failures)
    if (failure.transport == Transport::tcp && failure.device == local &&
        failure.server == invite.server && failure.at > start_of(context, invite) &&
        failure.at < timeout_of(context, invite))
      return failure.at;
  return std::nullopt;
}

/// The next INVITE of the call, at whichever server, with a branch of its own.
const Transaction* next_try(const Context& context, const CallGroup& call,
                            const Transaction& invite) {
  const Transaction* next = nullptr;
  for (const trace::Leg& leg : call.legs)
    for (const std::size_t index : leg.invites) {
      const Transaction& other_try = context.transactions[index];
      const bool is_later = other_try.sends.front() > invite.sends.front();
      if (is_later && (next == nullptr || other_try.sends.front() < next->sends.front()))
        next = &other_try;
    }
  return next;
}

void judge_half_open(const Context& context, Judge& judge, const Transaction& invite) {
  const CallGroup* call = call_of(context, invite);
  const auto reset = reset_of(context, invite);
  if (call == nullptr || !reset || invite.first_response) return;
  Evidence evidence = evidence_of(context, invite);
  const Transaction* next = next_try(context, *call, invite);
  if (next == nullptr) {
    if (!hung_up_before(*call, *reset + context.profile.tolerances.fo_grace) &&
        context.trace.last > *reset + context.profile.tolerances.fo_grace)
      judge.violated(evidence, "the call hangs on a connection that was reset");
    return;
  }
  evidence.messages.push_back(next->sends.front());
  judge.within(evidence,
               {.start = *reset,
                .end = start_of(context, *next),
                .window = {.max = context.profile.tolerances.fo_grace},
                .tolerance = failover_grace(context)},
               fmt::format("INVITE at the {} again after the reset of a half-open connection",
                           to_string(next->server)));
}

void half_open_connections_are_replaced(const Context& context, Judge& judge) {
  judge.needs("an INVITE into a connection that the server has lost and resets", Blame::harness);
  for (const Transaction& transaction : context.transactions)
    if (is_invite_over_stream(context, transaction)) judge_half_open(context, judge, transaction);
}

// --- Reuse ---------------------------------------------------------------------------------------

void reuse_is_recorded(const Context& context, Judge& judge) {
  judge.needs("a request of the device over a stream", Blame::harness);
  for (const ServerRole server : {ServerRole::primary, ServerRole::secondary}) {
    std::set<Endpoint> connections;
    const Transaction* first = nullptr;
    std::size_t requests = 0;
    for (const Transaction& transaction : context.transactions) {
      if (!is_ours(transaction) || transaction.server != server ||
          is_unreliable(context, transaction))
        continue;
      if (requests++ == 0) first = &transaction;
      connections.insert(context.message(transaction.sends.front()).source);
    }
    if (first != nullptr)
      judge.pass(evidence_of(context, *first),
                 fmt::format("{} requests to the {} over {} connections", requests,
                             to_string(server), connections.size()));
  }
}

constexpr std::array table{
    Check{"RFC3261-TIMER-B-REL", streams_have_timer_b_alone},
    Check{"FO-TCP-RST", refusal_moves_the_call},
    Check{"FO-TCP-SYN", hanging_connection_moves_the_call},
    Check{"FO-TCP-HALF", half_open_connections_are_replaced},
    Check{"FO-TCP-REUSE", reuse_is_recorded},
};

}  // namespace

std::span<const Check> failover_stream_checks() {
  return table;
}

}  // namespace sipharness::check
