// Servers that TCP does not reach: refused, swallowed and half-open connections.
// @source RFC 3261 §8.1.3.1, §17.1.1.2 (Timer B on any transport), §18.1.1, §18.4

#include <array>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "harness/check/failover/move.hpp"
#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/connections.hpp"
#include "harness/observed/failover.hpp"
#include "harness/observed/guide_claim.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/moves.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/server_names.hpp"
#include "harness/observed/stream_use.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

// --- No connection to the primary ----------------------------------------------------------------

/// From when, and within what time, the INVITE must reach the secondary.
struct MoveLimit {
  CaptureTime start;
  Duration limit;
};

void judge_move(const Phone& phone, const FailedConnection& failed, Occurrence& it,
                const MoveLimit& move, std::string_view what) {
  const Leg* secondary = failed.call->leg(ServerRole::secondary);
  if (secondary == nullptr) {
    if (!had_no_next_server(phone, *failed.call, move.start + move.limit))
      it.violated("{}: never", what);
    return;
  }
  it.cite(opening(phone, invite_of(phone, *secondary)).index)
      .within(move_within(phone, move.start, *secondary, move.limit), what);
}

void refusal_moves_the_call(const Phone& phone, const FailedConnection& failed, Occurrence& it) {
  if (const auto refused = failed.attempt->refused)
    judge_move(phone, failed, it, {*refused, phone.profile.tolerances.fo_grace},
               "INVITE at the secondary after the primary refused the connection");
}

void hanging_connection_moves_the_call(const Phone& phone, const FailedConnection& failed,
                                       Occurrence& it) {
  if (!failed.attempt->refused)
    judge_move(phone, failed, it, {failed.attempt->syn, failover_limit(phone)},
               fmt::format("INVITE at the secondary after {} to the primary",
                           counted(failed.attempt->copies + 1, "SYN")));
}

// --- Timer B without Timer A ---------------------------------------------------------------------

void judge_give_up(const Phone& phone, const Transaction& invite, Occurrence& it) {
  const CallGroup* call = call_of(phone, invite);
  const CaptureTime start = start_of(phone, invite);
  const Duration limit = failover_limit(phone);
  if (call == nullptr || invite.server != ServerRole::primary ||
      transport_failure(phone, invite.server, start, timeout_of(phone, invite)))
    return;
  const Leg* secondary = call->leg(ServerRole::secondary);
  if (secondary != nullptr && reached_at(phone, *secondary) >= start)
    it.about(evidence_of_both(phone, *call->leg(ServerRole::primary), secondary))
        .within(move_within(phone, start, *secondary, limit),
                "INVITE over a stream given up for the next server");
  else if (!claims_guide(phone) || had_no_next_server(phone, *call, start + limit))
    return;
  else if (const SilentPrimary* stayed = given_up(phone, *call))
    it.inconclusive(Blame::user, given_up_or_left(phone, *stayed));
  else
    it.violated("no next server after an unanswered INVITE over a stream");
}

void judge_invite(const Phone& phone, const Transaction& invite, Occurrence& it) {
  if (is_unreliable(phone, invite)) return;
  const bool is_answered =
      invite.first_response && phone.at(*invite.first_response) < timeout_of(phone, invite);
  if (invite.sends.size() > 1)
    it.violated("INVITE sent {} times over a stream", invite.sends.size());
  else if (!is_answered)
    judge_give_up(phone, invite, it);
  else if (phone.at(*invite.first_response) > start_of(phone, invite) + 2 * phone.profile.timers.t1)
    it.pass("one INVITE over a stream that took its time");
}

void judge_hanging_connection(const Phone& phone, const FailedConnection& failed, Occurrence& it) {
  if (!failed.attempt->refused)
    judge_move(phone, failed, it, {failed.attempt->syn, failover_limit(phone)},
               "INVITE without a connection given up for the next server");
}

// --- Half-open connections -----------------------------------------------------------------------

void half_open_connections_are_replaced(const Phone& phone, const Transaction& invite,
                                        Occurrence& it) {
  if (is_unreliable(phone, invite) || invite.first_response) return;
  const CallGroup* call = call_of(phone, invite);
  const auto reset = reset_of(phone, invite, timeout_of(phone, invite));
  if (call == nullptr || !reset) return;
  const Duration limit = phone.profile.tolerances.fo_grace;
  const Transaction* next = next_try(phone, *call, invite);
  if (next != nullptr)
    it.cite(next->sends.front())
        .within({*reset, start_of(phone, *next)}, {.max = limit},
                fmt::format("INVITE at {} again after the reset of a half-open connection",
                            named(next->server)),
                failover_grace(phone));
  else if (hung_up_before(*call, *reset + limit) || phone.trace.last <= *reset + limit)
    return;
  else if (const SilentPrimary* stayed = given_up(phone, *call))
    it.inconclusive(Blame::user, given_up_or_left(phone, *stayed));
  else
    it.violated("the call hangs on a connection that was reset");
}

// --- Reuse ---------------------------------------------------------------------------------------

void reuse_is_recorded(const Phone& phone, ServerRole server, Occurrence& it) {
  const StreamUse use = stream_use(phone, server);
  if (use.first != nullptr)
    it.about(*use.first)
        .pass("{} to the {} over {}", counted(use.requests, "request"), to_string(server),
              counted(use.connections, "connection"));
}

const std::array failover_stream{
    Rule{.row = {.id = "RFC3261-TIMER-B-REL",
                 .clause = "RFC 3261 §17.1.1.2",
                 .severity = Severity::must,
                 .sentence =
                     "Over a stream an INVITE is sent once, and timer B ends it all the same.",
                 .observed =
                     "One transmission only; an INVITE without an answer, or a connection for one "
                     "that never opens, is given up for the next server within 64*T1 and fo_grace.",
                 .tolerance = "profile: fo_grace"},
         .needs = {"an INVITE over a stream, or a connection for one, that is not answered at once",
                   Blame::harness},
         .judge = in_turn<each<device_invites, judge_invite>,
                          each<failed_connections, judge_hanging_connection>>},
    Rule{.row = {.id = "FO-TCP-RST",
                 .clause = "RFC 3261 §8.1.3.1, §18.4",
                 .severity = Severity::should,
                 .sentence =
                     "A refused connection is a failure at once, and the next server is tried.",
                 .observed = "INVITE at the secondary within fo_grace of the RST that answered the "
                             "SYN to the primary.",
                 .tolerance = "profile: fo_grace"},
         .needs = {"a call whose connection to the primary is refused", Blame::harness},
         .judge = each<failed_connections, refusal_moves_the_call>},
    Rule{
        .row =
            {.id = "FO-TCP-SYN",
             .clause = "RFC 3261 §17.1.1.2",
             .severity = Severity::must,
             .sentence =
                 "A connection that is never answered is bounded by timer B, not by the TCP stack.",
             .observed = "INVITE at the secondary within 64*T1 and fo_grace of the first SYN to "
                         "the primary; copies of the SYN meanwhile are the stack's.",
             .tolerance = "profile: fo_grace"},
        .needs = {"a call whose connection to the primary is never answered", Blame::harness},
        .judge = each<failed_connections, hanging_connection_moves_the_call>},
    Rule{.row = {.id = "FO-TCP-HALF",
                 .clause = "RFC 3261 §18.4; RFC 5626 §4",
                 .severity = Severity::should,
                 .sentence =
                     "A connection that the server has lost is replaced as soon as it is reset.",
                 .observed =
                     "After the RST that answers an INVITE the call goes on within fo_grace: with "
                     "a new branch over a new connection, or at the secondary.",
                 .tolerance = "profile: fo_grace"},
         .needs = {"an INVITE into a connection that the server has lost and resets",
                   Blame::harness},
         .judge = each<device_invites, half_open_connections_are_replaced>},
    Rule{.row = {.id = "FO-TCP-REUSE",
                 .clause = "RFC 3261 §18.1.1",
                 .severity = Severity::info,
                 .sentence = "Requests to one server share a connection.",
                 .observed = "How many requests went over how many connections is recorded."},
         .needs = {"a request of the device over a stream", Blame::harness},
         .judge = each<two_servers, reuse_is_recorded>},
};

}  // namespace

std::span<const Rule> failover_stream_rules() {
  return failover_stream;
}

}  // namespace sipharness::check
