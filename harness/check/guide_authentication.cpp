// The guide's behaviour without any challenge, and the same behaviour with them.
// @source guide.txt, last note; requirements AMB-12

#include <algorithm>
#include <array>
#include <optional>
#include <variant>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/challenges.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using trace::ServerRole;
using verdict::Blame;

constexpr std::array both{ServerRole::primary, ServerRole::secondary};

/// policy: an ordered action must show on the wire within this (catalogue §0.2, rule i).
constexpr Duration action_grace = 10s;

bool is_challenged(const Phone& phone) {
  return std::ranges::any_of(phone.messages, [&](const trace::Message& message) {
    return message.to_device() && (message.sip.status() == 401 || message.sip.status() == 407);
  });
}

/// The driver says that the dial was taken.
bool was_taken(const Phone& phone, const CallGroup& call) {
  return std::ranges::any_of(actions(phone), [&](const Action& order) {
    return order.event->verb == "dial" && order.event->reported_ok && order.at == *call.dialled;
  });
}

/// A server holds the registration and has asked for nothing that keeps calls away from it.
bool may_call(const Phone& phone, ServerRole server, CaptureTime at) {
  const bool was_put_off = std::ranges::any_of(phone.messages, [&](const trace::Message& message) {
    return message.to_device() && message.server == server && message.at <= at &&
           message.sip.status() == 503;
  });
  return registered(phone, server, at) && !known_down(phone, server, at) && !was_put_off;
}

void works_without_challenge(const Phone& phone, Judge& judge) {
  judge.needs("a registration that is accepted without any challenge");
  if (is_challenged(phone)) return;
  for (const ServerRole server : both) {
    const auto attempts = attempts_at(phone, server);
    const auto accepted = std::ranges::find_if(
        attempts, [](const RegisterAttempt* attempt) { return attempt->ok && attempt->granted; });
    if (accepted == attempts.end()) continue;
    const Transaction& request = transactions(phone)[(*accepted)->transactions.back()];
    const bool is_unsolicited = !proofs_in(opening(phone, request).sip).empty();
    judge.pass(evidence_of(phone, **accepted),
               fmt::format("registered at the {} without a challenge{}", to_string(server),
                           is_unsolicited ? ", with credentials nobody asked for" : ""));
  }
  for (const CallGroup& call : calls(phone)) {
    if (!call.dialled || !call.legs.empty() || !was_taken(phone, call)) continue;
    const CaptureTime at = *call.dialled;
    const bool is_over = call.hung_up || call.until < at + action_grace;
    if (is_over || phone.trace.last < at + action_grace) continue;
    for (const ServerRole server : both)
      if (may_call(phone, server, at))
        judge.violated({server, {}, {}},
                       fmt::format("no INVITE for the call to {} although it is registered at the "
                                   "{}, which asked for no credentials",
                                   call.number, to_string(server)));
  }
}

/// The challenge that the newest request of a chain drew, if it was left unanswered.
const Challenged* unanswered(const Phone& phone, const std::vector<Challenged>& all,
                             std::size_t last) {
  for (const Challenged& one : all)
    if (one.refused == &transactions(phone)[last] && !one.is_rejection) return &one;
  return nullptr;
}

bool has_challenge(const Phone& phone, const std::vector<Challenged>& all,
                   const std::vector<std::size_t>& chain) {
  return std::ranges::any_of(chain, [&](std::size_t index) {
    return std::ranges::any_of(
        all, [&](const Challenged& one) { return one.refused == &transactions(phone)[index]; });
  });
}

void judge_registrations(const Phone& phone, Judge& judge, const std::vector<Challenged>& all) {
  for (const RegisterAttempt& attempt : attempts(phone)) {
    if (!has_challenge(phone, all, attempt.transactions)) continue;
    const Challenged* end = unanswered(phone, all, attempt.transactions.back());
    if (attempt.ok)
      judge.pass(
          evidence_of(phone, attempt),
          fmt::format("registered at the {} through a challenge", to_string(attempt.server)));
    else if (end != nullptr && must_be_answered(phone, *end))
      violated_unless_lost(
          phone, judge, evidence_of(phone, attempt),
          fmt::format("a challenge ended the attempt at the {}", to_string(attempt.server)));
  }
}

/// A challenge is an answer: it moves no call (AMB-3). What the server does after it may.
void judge_calls(const Phone& phone, Judge& judge, const std::vector<Challenged>& all) {
  for (const CallGroup& call : calls(phone)) {
    const Leg* primary = call.leg(ServerRole::primary);
    if (primary == nullptr || !has_challenge(phone, all, primary->invites)) continue;
    const Leg* secondary = call.leg(ServerRole::secondary);
    const Challenged* end = unanswered(phone, all, primary->invites.back());
    if (secondary != nullptr && end != nullptr &&
        awaits_answer(phone, *end->refused, end->challenge->at) &&
        reached_at(phone, *secondary) >= end->challenge->at)
      violated_unless_lost(phone, judge, evidence_of(phone, *secondary),
                           "a challenge of the primary moved the call to the secondary");
    else if (end == nullptr)
      judge.pass(evidence_of(phone, *primary), "the call went on through a challenge");
  }
}

void challenges_change_nothing(const Phone& phone, Judge& judge) {
  judge.needs("a REGISTER or INVITE that is challenged", Blame::harness);
  const auto all = challenges(phone);
  judge_registrations(phone, judge, all);
  judge_calls(phone, judge, all);
}

constexpr std::array table{
    Check{"GRP-AUTH-01", works_without_challenge},
    Check{"GRP-AUTH-02", challenges_change_nothing},
};

}  // namespace

std::span<const Check> guide_authentication_checks() {
  return table;
}

}  // namespace sipharness::check
