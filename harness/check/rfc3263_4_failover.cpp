// Trying the next server. @source RFC 3263 §4.3; RFC 3261 §8.1.2

#include <array>

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

std::string_view branch_of(const Phone& phone, const Leg& leg) {
  return phone.message(transactions(phone)[leg.invites.back()].sends.front()).sip.via().branch;
}

void next_server_is_tried(const Phone& phone, Judge& judge) {
  if (phone.profile.max_request_retries)
    return judge.not_applicable("the device leaves early by its maximum number of retries");
  judge.needs("a call that fails at the primary", verdict::Blame::harness);
  for (const FailureSignal& signal : failure_signals(phone)) {
    const Evidence evidence = evidence_of(phone, signal);
    const Duration grace = phone.profile.tolerances.fo_grace;
    if (signal.secondary == nullptr) {
      if (phone.trace.last > signal.at + grace)
        judge.violated(evidence, fmt::format("no next server after {}", signal.kind));
    } else if (signal.primary != nullptr &&
               branch_of(phone, *signal.primary) == branch_of(phone, *signal.secondary)) {
      judge.violated(evidence, "the next server got the INVITE with the same branch");
    } else if (reached_at(phone, *signal.secondary) > signal.at + grace) {
      judge.violated(evidence,
                     fmt::format("next server {} after {}",
                                 format_seconds(reached_at(phone, *signal.secondary) - signal.at),
                                 signal.kind));
    } else {
      judge.pass(evidence,
                 fmt::format("next server tried after {}, with a new branch", signal.kind));
    }
  }
}

void each_try_is_a_new_transaction(const Phone& phone, Judge& judge) {
  judge.needs("a call with an INVITE at each server");
  for (const CallGroup& call : calls(phone)) {
    const Leg* primary = call.leg(ServerRole::primary);
    const Leg* secondary = call.leg(ServerRole::secondary);
    if (primary == nullptr || secondary == nullptr) continue;
    const Evidence evidence = evidence_of_both(phone, *primary, secondary);
    if (branch_of(phone, *primary) == branch_of(phone, *secondary))
      judge.violated(evidence, "the same branch at both servers");
    else
      judge.pass(evidence, "a branch of its own at each server");
  }
}

constexpr std::array table{
    Check{"RFC3263-01", next_server_is_tried},
    Check{"RFC3263-03", each_try_is_a_new_transaction},
};

}  // namespace

std::span<const Check> rfc3263_4_failover_checks() {
  return table;
}

}  // namespace sipharness::check
