// How the device acknowledges a 2xx to its INVITE.
// @source RFC 3261 §13.2.2.4, §8.1.1.7, §12.2.1.1, §22.1

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/check/evidence.hpp"
#include "harness/check/families.hpp"
#include "harness/check/invites.hpp"
#include "harness/check/seen_dialogs.hpp"

namespace sipharness::check {
namespace {

using sip::HeaderId;
using sip::Method;
using trace::Message;
using trace::Transaction;
using verdict::Blame;

/// One answered INVITE of a dialog and the ACKs that the device sent for it.
struct AnsweredInvite {
  const SeenDialog& dialog;
  const Transaction& invite;
  std::size_t answer;  ///< the first 2xx with the dialog's tags
  std::vector<std::size_t> acks;
};

std::optional<std::size_t> answer_to(const Context& context, const SeenDialog& dialog,
                                     const Transaction& invite) {
  for (const std::size_t response : invite.responses) {
    const sip::MessageView& sip = context.message(response).sip;
    if (sip.is_success() && sip.to_tag() == dialog.server_tag) return response;
  }
  return std::nullopt;
}

/// ACKs in the dialog that come after the answer and have its CSeq number, or one that no INVITE of
/// the dialog has.
std::vector<std::size_t> acks_of(const Context& context, const SeenDialog& dialog,
                                 const Transaction& invite, std::size_t answer) {
  const auto is_anothers = [&](std::uint32_t cseq) {
    return cseq != context.opening(invite).sip.cseq() &&
           std::ranges::any_of(dialog.own_invites, [&](std::size_t other) {
             return context.opening(context.transactions[other]).sip.cseq() == cseq;
           });
  };
  std::vector<std::size_t> acks;
  for (const std::size_t index : dialog.messages) {
    const Message& message = context.message(index);
    if (index > answer && message.sip.method() == Method::ack && is_of_device(dialog, message) &&
        !is_anothers(message.sip.cseq()))
      acks.push_back(index);
  }
  return acks;
}

template <class Judgement>
void for_each_answered_invite(const Context& context, const Judgement& judge_one) {
  for (const SeenDialog& dialog : find_seen_dialogs(context)) {
    for (const std::size_t index : dialog.own_invites) {
      const Transaction& invite = context.transactions[index];
      const auto answer = answer_to(context, dialog, invite);
      if (!answer) continue;
      const CaptureTime at = context.at(*answer);
      auto acks = acks_of(context, dialog, invite, *answer);
      // An answer that came when its transaction was over may be ignored (§18.1.2).
      if (acks.empty() && (!awaits_answer(context, invite, at) || is_switched_off(context, at)))
        continue;
      judge_one(AnsweredInvite{dialog, invite, *answer, std::move(acks)});
    }
  }
}

Evidence evidence_of(const Context& context, const AnsweredInvite& answered) {
  Evidence evidence = check::evidence_of(context, answered.invite);
  evidence.messages.resize(1);
  evidence.messages.push_back(answered.answer);
  return evidence;
}

/// §22.1: the ACK carries the credentials of its INVITE.
bool has_credentials_of(const Message& invite, const Message& ack) {
  return std::ranges::all_of(
      std::array{HeaderId::authorization, HeaderId::proxy_authorization}, [&](HeaderId header) {
        return !invite.sip.has(header) || ack.sip.header(header) == invite.sip.header(header);
      });
}

std::optional<std::string> wrong_with(const Context& context, const AnsweredInvite& answered,
                                      const Message& ack) {
  const Message& invite = context.opening(answered.invite);
  if (ack.sip.cseq() != invite.sip.cseq())
    return fmt::format("its CSeq number is {}, the INVITE's {}", ack.sip.cseq(), invite.sip.cseq());
  if (ack.sip.via().branch == invite.sip.via().branch) return "it has the branch of the INVITE";
  if (!has_credentials_of(invite, ack)) return "it lacks the INVITE's credentials";
  return misaddressed(context, answered.dialog, ack);
}

void judge_acknowledgement(const Context& context, Judge& judge, const AnsweredInvite& answered) {
  Evidence evidence = evidence_of(context, answered);
  for (const std::size_t ack : answered.acks) {
    const auto wrong = wrong_with(context, answered, context.message(ack));
    if (!wrong) continue;
    evidence.messages.push_back(ack);
    return judge.violated(evidence, fmt::format("ACK to a 2xx: {}", *wrong));
  }
  const CaptureTime at = context.at(answered.answer);
  const bool was_observed =
      std::min(context.trace.last, next_power_change(context, at)) > at + time_to_react;
  if (!answered.acks.empty()) {
    evidence.messages.push_back(answered.acks.front());
    judge.pass(evidence, "the 2xx was acknowledged in its dialog, on a branch of its own");
  } else if (was_observed) {
    violated_unless_lost(context, judge, evidence, "a 2xx was never acknowledged");
  }
}

void acknowledges_in_the_dialog(const Context& context, Judge& judge) {
  judge.needs("a call that was answered");
  for_each_answered_invite(context, [&](const AnsweredInvite& answered) {
    judge_acknowledgement(context, judge, answered);
  });
}

/// Until when a repeated 2xx must be acknowledged: while its transaction lives, and the call.
CaptureTime end_of_duty(const Context& context, const AnsweredInvite& answered) {
  const CaptureTime first = context.at(answered.answer);
  CaptureTime end =
      std::min({first + context.profile.timers.sixty_four_t1(),
                context.trace.last - context.profile.timers.t1, next_power_change(context, first)});
  for (const std::size_t index : answered.dialog.messages)
    if (context.message(index).sip.is_request() &&
        context.message(index).sip.method() == Method::bye)
      return std::min(end, context.at(index));
  return end;
}

void acknowledges_every_copy(const Context& context, Judge& judge) {
  judge.needs("a 2xx to an INVITE that came more than once", Blame::harness);
  for_each_answered_invite(context, [&](const AnsweredInvite& answered) {
    const auto copies =
        copies_of(context, answered.invite, answered.answer, end_of_duty(context, answered));
    if (copies.size() < 2) return;
    Evidence evidence = evidence_of(context, answered);
    evidence.messages.insert(evidence.messages.end(), copies.begin() + 1, copies.end());
    const std::string seen =
        fmt::format("the 2xx came {} times, {} acknowledged", copies.size(), answered.acks.size());
    if (answered.acks.size() < copies.size())
      violated_unless_lost(context, judge, evidence, seen);
    else
      judge.pass(evidence, seen);
  });
}

constexpr std::array table{
    Check{"RFC3261-ACK-2XX", acknowledges_in_the_dialog},
    Check{"RFC3261-ACK-2XX-REP", acknowledges_every_copy},
};

}  // namespace

std::span<const Check> rfc3261_13_acknowledgement_checks() {
  return table;
}

}  // namespace sipharness::check
