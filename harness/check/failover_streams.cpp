// Servers that TCP does not reach: refused, swallowed and half-open connections.
// @source RFC 3261 §8.1.3.1, §17.1.1.2 (Timer B on any transport), §18.1.1, §18.4

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/judge.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/connections.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/failover.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using trace::ServerRole;
using verdict::Blame;

bool is_invite_over_stream(const Phone& phone, const Transaction& transaction) {
  return is_ours(transaction) && transaction.method == sip::Method::invite &&
         !is_unreliable(phone, transaction);
}

/// The secondary could not have served the call, or the user did not wait for it.
bool had_no_next_server(const Phone& phone, const CallGroup& call, CaptureTime until) {
  return hung_up_before(call, until) || is_out(phone, ServerRole::secondary, until) ||
         known_down(phone, ServerRole::secondary, until) || phone.trace.last < until;
}

/// From a failed attempt to connect to the INVITE at the secondary.
void judge_move(const Phone& phone, Judge& judge, const CallGroup& call, const Measurement& limits,
                std::string_view what) {
  const auto attempt = failed_connection(phone, call);
  Evidence evidence = evidence_of(*attempt);
  const Leg* secondary = call.leg(ServerRole::secondary);
  if (secondary == nullptr) {
    if (!had_no_next_server(phone, call, limits.start + *limits.window.max))
      judge.violated(evidence, fmt::format("{}: never", what));
    return;
  }
  evidence.messages = evidence_of(phone, *secondary).messages;
  Measurement measured = limits;
  measured.end = reached_at(phone, *secondary);
  judge.within(evidence, measured, what);
}

void refusal_moves_the_call(const Phone& phone, Judge& judge) {
  judge.needs("a call whose connection to the primary is refused", Blame::harness);
  for (const CallGroup& call : calls(phone)) {
    const auto attempt = failed_connection(phone, call);
    if (!attempt || !attempt->refused) continue;
    judge_move(phone, judge, call,
               {.start = *attempt->refused,
                .end = {},
                .window = {.max = phone.profile.tolerances.fo_grace},
                .tolerance = failover_grace(phone)},
               "INVITE at the secondary after the primary refused the connection");
  }
}

void hanging_connection_moves_the_call(const Phone& phone, Judge& judge) {
  judge.needs("a call whose connection to the primary is never answered", Blame::harness);
  for (const CallGroup& call : calls(phone)) {
    const auto attempt = failed_connection(phone, call);
    if (!attempt || attempt->refused) continue;
    judge_move(
        phone, judge, call,
        {.start = attempt->syn,
         .end = {},
         .window = {.max = failover_limit(phone)},
         .tolerance = failover_grace(phone)},
        fmt::format("INVITE at the secondary after {} SYNs to the primary", attempt->copies + 1));
  }
}

// --- Timer B without Timer A ---------------------------------------------------------------------

void judge_give_up(const Phone& phone, Judge& judge, const Transaction& invite) {
  const CallGroup* call = call_of(phone, invite);
  const CaptureTime start = start_of(phone, invite);
  const CaptureTime limit = start + failover_limit(phone);
  const bool was_told =
      transport_failure(phone, invite.server, start, timeout_of(phone, invite)).has_value();
  if (call == nullptr || was_told || invite.server != ServerRole::primary) return;
  const Leg* secondary = call->leg(ServerRole::secondary);
  if (secondary != nullptr && reached_at(phone, *secondary) >= start)
    judge.within(evidence_of_both(phone, *call->leg(ServerRole::primary), secondary),
                 {.start = start,
                  .end = reached_at(phone, *secondary),
                  .window = {.max = failover_limit(phone)},
                  .tolerance = failover_grace(phone)},
                 "INVITE over a stream given up for the next server");
  else if (phone.profile.claims_guide() && !had_no_next_server(phone, *call, limit))
    judge.violated(evidence_of(phone, invite),
                   "no next server after an unanswered INVITE over a stream");
}

void judge_invite(const Phone& phone, Judge& judge, const Transaction& invite) {
  const Duration patience = 2 * phone.profile.timers.t1;
  const CaptureTime start = start_of(phone, invite);
  const bool is_answered =
      invite.first_response && phone.at(*invite.first_response) < timeout_of(phone, invite);
  if (invite.sends.size() > 1)
    judge.violated(evidence_of(phone, invite),
                   fmt::format("INVITE sent {} times over a stream", invite.sends.size()));
  else if (!is_answered)
    judge_give_up(phone, judge, invite);
  else if (phone.at(*invite.first_response) > start + patience)
    judge.pass(evidence_of(phone, invite), "one INVITE over a stream that took its time");
}

void streams_have_timer_b_alone(const Phone& phone, Judge& judge) {
  judge.needs("an INVITE over a stream, or a connection for one, that is not answered at once",
              Blame::harness);
  for (const Transaction& transaction : transactions(phone))
    if (is_invite_over_stream(phone, transaction)) judge_invite(phone, judge, transaction);
  for (const CallGroup& call : calls(phone)) {
    const auto attempt = failed_connection(phone, call);
    if (!attempt || attempt->refused) continue;
    judge_move(phone, judge, call,
               {.start = attempt->syn,
                .end = {},
                .window = {.max = failover_limit(phone)},
                .tolerance = failover_grace(phone)},
               "INVITE without a connection given up for the next server");
  }
}

// --- Half-open connections -----------------------------------------------------------------------

/// The reset that answered an INVITE into a connection which the server had lost.
std::optional<CaptureTime> reset_of(const Phone& phone, const Transaction& invite) {
  const Endpoint& local = phone.message(invite.sends.front()).source;
  for (const trace::TransportFailure& failure : phone.transport_failures)
    if (failure.transport == Transport::tcp && failure.device == local &&
        failure.server == invite.server && failure.at > start_of(phone, invite) &&
        failure.at < timeout_of(phone, invite))
      return failure.at;
  return std::nullopt;
}

/// The next INVITE of the call, at whichever server, with a branch of its own.
const Transaction* next_try(const Phone& phone, const CallGroup& call, const Transaction& invite) {
  const Transaction* next = nullptr;
  for (const Leg& leg : call.legs)
    for (const std::size_t index : leg.invites) {
      const Transaction& other_try = transactions(phone)[index];
      const bool is_later = other_try.sends.front() > invite.sends.front();
      if (is_later && (next == nullptr || other_try.sends.front() < next->sends.front()))
        next = &other_try;
    }
  return next;
}

void judge_half_open(const Phone& phone, Judge& judge, const Transaction& invite) {
  const CallGroup* call = call_of(phone, invite);
  const auto reset = reset_of(phone, invite);
  if (call == nullptr || !reset || invite.first_response) return;
  Evidence evidence = evidence_of(phone, invite);
  const Transaction* next = next_try(phone, *call, invite);
  if (next == nullptr) {
    if (!hung_up_before(*call, *reset + phone.profile.tolerances.fo_grace) &&
        phone.trace.last > *reset + phone.profile.tolerances.fo_grace)
      judge.violated(evidence, "the call hangs on a connection that was reset");
    return;
  }
  evidence.messages.push_back(next->sends.front());
  judge.within(evidence,
               {.start = *reset,
                .end = start_of(phone, *next),
                .window = {.max = phone.profile.tolerances.fo_grace},
                .tolerance = failover_grace(phone)},
               fmt::format("INVITE at the {} again after the reset of a half-open connection",
                           to_string(next->server)));
}

void half_open_connections_are_replaced(const Phone& phone, Judge& judge) {
  judge.needs("an INVITE into a connection that the server has lost and resets", Blame::harness);
  for (const Transaction& transaction : transactions(phone))
    if (is_invite_over_stream(phone, transaction)) judge_half_open(phone, judge, transaction);
}

// --- Reuse ---------------------------------------------------------------------------------------

void reuse_is_recorded(const Phone& phone, Judge& judge) {
  judge.needs("a request of the device over a stream", Blame::harness);
  for (const ServerRole server : {ServerRole::primary, ServerRole::secondary}) {
    std::set<Endpoint> connections;
    const Transaction* first = nullptr;
    std::size_t requests = 0;
    for (const Transaction& transaction : transactions(phone)) {
      if (!is_ours(transaction) || transaction.server != server ||
          is_unreliable(phone, transaction))
        continue;
      if (requests++ == 0) first = &transaction;
      connections.insert(phone.message(transaction.sends.front()).source);
    }
    if (first != nullptr)
      judge.pass(evidence_of(phone, *first),
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
