// INVITE client transactions that were answered: what stops, and what is acknowledged.
// @source RFC 3261 §17.1.1.2 (Timers A, D), §17.1.1.3; RFC 6026 §8.4

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using sip::Method;
using trace::Message;
using verdict::Blame;

void rests_after_a_provisional(const Phone& phone, Judge& judge) {
  judge.needs("an INVITE whose provisional response stands until it would have been sent again",
              Blame::harness);
  for (const Transaction* invite : device_invites(phone))
    if (is_unreliable(phone, *invite) && invite->provisional)
      judge_rest(phone, judge, *invite, *invite->provisional);
}

/// The first final response, if it refuses and the device's transaction was there to take it.
std::optional<std::size_t> refusal_of(const Phone& phone, const Transaction& invite) {
  if (!invite.final || phone.message(*invite.final).sip.is_success()) return std::nullopt;
  const CaptureTime at = phone.at(*invite.final);
  if (!awaits_answer(phone, invite, at) || is_switched_off(phone, at)) return std::nullopt;
  return invite.final;
}

Evidence evidence_of(const Phone& phone, const Transaction& invite, std::size_t response) {
  Evidence evidence = check::evidence_of(phone, invite);
  evidence.messages.resize(1);
  evidence.messages.push_back(response);
  return evidence;
}

void acknowledges_every_copy(const Phone& phone, Judge& judge) {
  judge.needs("an INVITE whose error response came more than once", Blame::harness);
  for (const Transaction* invite : device_invites(phone)) {
    const auto refusal = refusal_of(phone, *invite);
    if (!refusal || !is_unreliable(phone, *invite)) continue;
    const CaptureTime first = phone.at(*refusal);
    const CaptureTime last =
        std::min({first + phone.profile.timers.d(), phone.trace.last - phone.profile.timers.t1,
                  next_power_change(phone, first)});
    const auto copies = copies_of(phone, *invite, *refusal, last);
    if (copies.size() < 2) continue;
    Evidence evidence = evidence_of(phone, *invite, *refusal);
    evidence.messages.insert(evidence.messages.end(), copies.begin() + 1, copies.end());
    const std::string seen =
        fmt::format("{} came {} times, {} acknowledged", phone.message(*refusal).sip.status(),
                    copies.size(), invite->acks.size());
    if (invite->acks.size() < copies.size())
      violated_unless_lost(phone, judge, evidence, seen);
    else
      judge.pass(evidence, seen);
  }
}

bool is_on_another_branch(const Phone& phone, const Transaction& invite, const Message& ack) {
  return std::ranges::any_of(device_invites(phone), [&](const Transaction* other) {
    return other != &invite && opening(phone, *other).sip.via().branch == ack.sip.via().branch;
  });
}

/// What the device sent to acknowledge a refusal: on the branch of the INVITE, or at least with its
/// Call-ID and CSeq number to the same server.
std::vector<std::size_t> acks_of(const Phone& phone, const Transaction& invite,
                                 std::size_t refusal) {
  const Message& request = opening(phone, invite);
  const CaptureTime last = phone.at(refusal) + phone.profile.timers.d();
  const std::string_view tag = phone.message(refusal).sip.to_tag();
  std::vector<std::size_t> acks;
  for (std::size_t i = refusal + 1; i < phone.messages.size(); ++i) {
    const Message& message = phone.message(i);
    if (message.at > last) break;
    if (!message.sip.is_request() || message.sip.method() != Method::ack || message.to_device())
      continue;
    const bool on_branch = message.sip.via().branch == request.sip.via().branch;
    const bool of_call = message.sip.call_id() == request.sip.call_id() &&
                         message.sip.cseq() == request.sip.cseq() &&
                         message.server == invite.server &&
                         (message.sip.to_tag().empty() || message.sip.to_tag() == tag);
    if (on_branch || (of_call && !is_on_another_branch(phone, invite, message))) acks.push_back(i);
  }
  return acks;
}

void judge_acks(const Phone& phone, Judge& judge, const Transaction& invite, std::size_t refusal) {
  const auto acks = acks_of(phone, invite, refusal);
  const Message& response = phone.message(refusal);
  Evidence evidence = evidence_of(phone, invite, refusal);
  for (const std::size_t ack : acks) {
    const auto wrong = departs_from(opening(phone, invite), phone.message(ack), response);
    if (!wrong) continue;
    evidence.messages.push_back(ack);
    return judge.violated(evidence, fmt::format("ACK to a {}: {}", response.sip.status(), *wrong));
  }
  const CaptureTime deadline = response.at + time_to_react;
  const bool was_observed =
      std::min(phone.trace.last, next_power_change(phone, response.at)) > deadline;
  if (!acks.empty())
    judge.pass(evidence, fmt::format("ACK to a {} repeats what it must", response.sip.status()));
  else if (was_observed)
    violated_unless_lost(phone, judge, evidence,
                         fmt::format("a {} was never acknowledged", response.sip.status()));
}

void acknowledges_errors_in_the_transaction(const Phone& phone, Judge& judge) {
  judge.needs("an INVITE that is refused", Blame::harness);
  for (const Transaction* invite : device_invites(phone))
    if (const auto refusal = refusal_of(phone, *invite))
      judge_acks(phone, judge, *invite, *refusal);
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
