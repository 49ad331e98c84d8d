// The guide's behaviour without any challenge, and the same behaviour with them.
// @source guide.txt, last note; requirements AMB-12

#include <algorithm>
#include <array>
#include <optional>
#include <variant>

#include <fmt/format.h>

#include "harness/check/authentication.hpp"
#include "harness/check/evidence.hpp"
#include "harness/check/families.hpp"
#include "harness/check/invites.hpp"

namespace sipharness::check {
namespace {

using trace::RegisterAttempt;
using trace::ServerRole;
using trace::Transaction;
using verdict::Blame;

constexpr std::array both{ServerRole::primary, ServerRole::secondary};

/// policy: an ordered action must show on the wire within this (catalogue §0.2, rule i).
constexpr Duration action_grace = 10s;

bool is_challenged(const Context& context) {
  return std::ranges::any_of(context.trace.messages, [&](const trace::Message& message) {
    return message.to_device() && message.device == context.device &&
           (message.sip.status() == 401 || message.sip.status() == 407);
  });
}

/// The driver says that the dial was taken.
bool was_taken(const Context& context, const trace::CallGroup& call) {
  return std::ranges::any_of(context.orders, [&](const Order& order) {
    return order.action->verb == "dial" && order.action->reported_ok && order.at == *call.dialled;
  });
}

/// A server holds the registration and has asked for nothing that keeps calls away from it.
bool may_call(const Context& context, ServerRole server, CaptureTime at) {
  const bool was_put_off =
      std::ranges::any_of(context.trace.messages, [&](const trace::Message& message) {
        return message.to_device() && message.server == server && message.at <= at &&
               message.sip.status() == 503;
      });
  return context.registered(server, at) && !context.known_down(server, at) && !was_put_off;
}

void works_without_challenge(const Context& context, Judge& judge) {
  judge.needs("a registration that is accepted without any challenge");
  if (is_challenged(context)) return;
  for (const ServerRole server : both) {
    const auto attempts = context.attempts_at(server);
    const auto accepted = std::ranges::find_if(
        attempts, [](const RegisterAttempt* attempt) { return attempt->ok && attempt->granted; });
    if (accepted == attempts.end()) continue;
    const Transaction& request = context.transactions[(*accepted)->transactions.back()];
    const bool is_unsolicited = !proofs_in(context.opening(request).sip).empty();
    judge.pass(evidence_of(context, **accepted),
               fmt::format("registered at the {} without a challenge{}", to_string(server),
                           is_unsolicited ? ", with credentials nobody asked for" : ""));
  }
  for (const trace::CallGroup& call : context.calls) {
    if (!call.dialled || !call.legs.empty() || !was_taken(context, call)) continue;
    const CaptureTime at = *call.dialled;
    const bool is_over = call.hung_up || call.until < at + action_grace;
    if (is_over || context.trace.last < at + action_grace) continue;
    for (const ServerRole server : both)
      if (may_call(context, server, at))
        judge.violated({server, {}, {}},
                       fmt::format("no INVITE for the call to {} although it is registered at the "
                                   "{}, which asked for no credentials",
                                   call.number, to_string(server)));
  }
}

/// The challenge that the newest request of a chain drew, if it was left unanswered.
const Challenged* unanswered(const Context& context, const std::vector<Challenged>& all,
                             std::size_t last) {
  for (const Challenged& one : all)
    if (one.refused == &context.transactions[last] && !one.is_rejection) return &one;
  return nullptr;
}

bool has_challenge(const Context& context, const std::vector<Challenged>& all,
                   const std::vector<std::size_t>& chain) {
  return std::ranges::any_of(chain, [&](std::size_t index) {
    return std::ranges::any_of(
        all, [&](const Challenged& one) { return one.refused == &context.transactions[index]; });
  });
}

void judge_registrations(const Context& context, Judge& judge, const std::vector<Challenged>& all) {
  for (const RegisterAttempt& attempt : context.attempts) {
    if (!has_challenge(context, all, attempt.transactions)) continue;
    const Challenged* end = unanswered(context, all, attempt.transactions.back());
    if (attempt.ok)
      judge.pass(
          evidence_of(context, attempt),
          fmt::format("registered at the {} through a challenge", to_string(attempt.server)));
    else if (end != nullptr && must_be_answered(context, *end))
      violated_unless_lost(
          context, judge, evidence_of(context, attempt),
          fmt::format("a challenge ended the attempt at the {}", to_string(attempt.server)));
  }
}

/// A challenge is an answer: it moves no call (AMB-3). What the server does after it may.
void judge_calls(const Context& context, Judge& judge, const std::vector<Challenged>& all) {
  for (const trace::CallGroup& call : context.calls) {
    const trace::Leg* primary = call.leg(ServerRole::primary);
    if (primary == nullptr || !has_challenge(context, all, primary->invites)) continue;
    const trace::Leg* secondary = call.leg(ServerRole::secondary);
    const Challenged* end = unanswered(context, all, primary->invites.back());
    if (secondary != nullptr && end != nullptr &&
        awaits_answer(context, *end->refused, end->challenge->at) &&
        reached_at(context, *secondary) >= end->challenge->at)
      violated_unless_lost(context, judge, evidence_of(context, *secondary),
                           "a challenge of the primary moved the call to the secondary");
    else if (end == nullptr)
      judge.pass(evidence_of(context, *primary), "the call went on through a challenge");
  }
}

void challenges_change_nothing(const Context& context, Judge& judge) {
  judge.needs("a REGISTER or INVITE that is challenged", Blame::harness);
  const auto all = find_challenged(context);
  judge_registrations(context, judge, all);
  judge_calls(context, judge, all);
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
