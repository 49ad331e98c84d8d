// INVITE client transactions that were answered: what stops, and what is acknowledged.
// @source RFC 3261 §17.1.1.2 (Timers A, D), §17.1.1.3; RFC 6026 §8.4

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/check/client_transactions.hpp"
#include "harness/check/evidence.hpp"
#include "harness/check/families.hpp"
#include "harness/check/invites.hpp"

namespace sipharness::check {
namespace {

using sip::Method;
using trace::Message;
using trace::Transaction;
using verdict::Blame;

void rests_after_a_provisional(const Context& context, Judge& judge) {
  judge.needs("an INVITE whose provisional response stands until it would have been sent again",
              Blame::harness);
  for (const Transaction* invite : device_invites(context))
    if (is_unreliable(context, *invite) && invite->provisional)
      judge_rest(context, judge, *invite, *invite->provisional);
}

/// The first final response, if it refuses and the device's transaction was there to take it.
std::optional<std::size_t> refusal_of(const Context& context, const Transaction& invite) {
  if (!invite.final || context.message(*invite.final).sip.is_success()) return std::nullopt;
  const CaptureTime at = context.at(*invite.final);
  if (!awaits_answer(context, invite, at) || is_switched_off(context, at)) return std::nullopt;
  return invite.final;
}

Evidence evidence_of(const Context& context, const Transaction& invite, std::size_t response) {
  Evidence evidence = check::evidence_of(context, invite);
  evidence.messages.resize(1);
  evidence.messages.push_back(response);
  return evidence;
}

void acknowledges_every_copy(const Context& context, Judge& judge) {
  judge.needs("an INVITE whose error response came more than once", Blame::harness);
  for (const Transaction* invite : device_invites(context)) {
    const auto refusal = refusal_of(context, *invite);
    if (!refusal || !is_unreliable(context, *invite)) continue;
    const CaptureTime first = context.at(*refusal);
    const CaptureTime last = std::min({first + context.profile.timers.d(),
                                       context.trace.last - context.profile.timers.t1,
                                       next_power_change(context, first)});
    const auto copies = copies_of(context, *invite, *refusal, last);
    if (copies.size() < 2) continue;
    Evidence evidence = evidence_of(context, *invite, *refusal);
    evidence.messages.insert(evidence.messages.end(), copies.begin() + 1, copies.end());
    const std::string seen =
        fmt::format("{} came {} times, {} acknowledged", context.message(*refusal).sip.status(),
                    copies.size(), invite->acks.size());
    if (invite->acks.size() < copies.size())
      violated_unless_lost(context, judge, evidence, seen);
    else
      judge.pass(evidence, seen);
  }
}

bool is_on_another_branch(const Context& context, const Transaction& invite, const Message& ack) {
  return std::ranges::any_of(device_invites(context), [&](const Transaction* other) {
    return other != &invite && context.opening(*other).sip.via().branch == ack.sip.via().branch;
  });
}

/// What the device sent to acknowledge a refusal: on the branch of the INVITE, or at least with its
/// Call-ID and CSeq number to the same server.
std::vector<std::size_t> acks_of(const Context& context, const Transaction& invite,
                                 std::size_t refusal) {
  const Message& request = context.opening(invite);
  const CaptureTime last = context.at(refusal) + context.profile.timers.d();
  const std::string_view tag = context.message(refusal).sip.to_tag();
  std::vector<std::size_t> acks;
  for (std::size_t i = refusal + 1; i < context.trace.messages.size(); ++i) {
    const Message& message = context.message(i);
    if (message.at > last) break;
    if (!message.sip.is_request() || message.sip.method() != Method::ack || message.to_device())
      continue;
    const bool on_branch = message.sip.via().branch == request.sip.via().branch;
    const bool of_call = message.sip.call_id() == request.sip.call_id() &&
                         message.sip.cseq() == request.sip.cseq() &&
                         message.server == invite.server &&
                         (message.sip.to_tag().empty() || message.sip.to_tag() == tag);
    if (on_branch || (of_call && !is_on_another_branch(context, invite, message)))
      acks.push_back(i);
  }
  return acks;
}

void judge_acks(const Context& context, Judge& judge, const Transaction& invite,
                std::size_t refusal) {
  const auto acks = acks_of(context, invite, refusal);
  const Message& response = context.message(refusal);
  Evidence evidence = evidence_of(context, invite, refusal);
  for (const std::size_t ack : acks) {
    const auto wrong = departs_from(context.opening(invite), context.message(ack), response);
    if (!wrong) continue;
    evidence.messages.push_back(ack);
    return judge.violated(evidence, fmt::format("ACK to a {}: {}", response.sip.status(), *wrong));
  }
  const CaptureTime deadline = response.at + time_to_react;
  const bool was_observed =
      std::min(context.trace.last, next_power_change(context, response.at)) > deadline;
  if (!acks.empty())
    judge.pass(evidence, fmt::format("ACK to a {} repeats what it must", response.sip.status()));
  else if (was_observed)
    violated_unless_lost(context, judge, evidence,
                         fmt::format("a {} was never acknowledged", response.sip.status()));
}

void acknowledges_errors_in_the_transaction(const Context& context, Judge& judge) {
  judge.needs("an INVITE that is refused", Blame::harness);
  for (const Transaction* invite : device_invites(context))
    if (const auto refusal = refusal_of(context, *invite))
      judge_acks(context, judge, *invite, *refusal);
}

constexpr std::array table{
    Check{"RFC3261-TIMER-A-STOP", rests_after_a_provisional},
    Check{"RFC3261-TIMER-D", acknowledges_every_copy},
    Check{"RFC3261-ACK-NON2XX", acknowledges_errors_in_the_transaction},
};

}  // namespace

std::span<const Check> rfc3261_17_invite_checks() {
  return table;
}

}  // namespace sipharness::check
