// How the device acknowledges a 2xx to its INVITE.
// @source RFC 3261 §13.2.2.4, §8.1.1.7, §12.2.1.1, §22.1

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/seen_dialogs.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {
namespace {

using sip::HeaderId;
using sip::Method;
using trace::Message;
using verdict::Blame;

/// One answered INVITE of a dialog and the ACKs that the device sent for it.
struct AnsweredInvite {
  const SeenDialog& dialog;
  const Transaction& invite;
  std::size_t answer;  ///< the first 2xx with the dialog's tags
  std::vector<std::size_t> acks;
};

std::optional<std::size_t> answer_to(const Phone& phone, const SeenDialog& dialog,
                                     const Transaction& invite) {
  for (const std::size_t response : invite.responses) {
    const sip::MessageView& sip = phone.message(response).sip;
    if (sip.is_success() && sip.to_tag() == dialog.server_tag) return response;
  }
  return std::nullopt;
}

/// ACKs in the dialog that come after the answer and have its CSeq number, or one that no INVITE of
/// the dialog has.
std::vector<std::size_t> acks_of(const Phone& phone, const SeenDialog& dialog,
                                 const Transaction& invite, std::size_t answer) {
  const auto is_anothers = [&](std::uint32_t cseq) {
    return cseq != opening(phone, invite).sip.cseq() &&
           std::ranges::any_of(dialog.own_invites, [&](std::size_t other) {
             return opening(phone, transactions(phone)[other]).sip.cseq() == cseq;
           });
  };
  std::vector<std::size_t> acks;
  for (const std::size_t index : dialog.messages) {
    const Message& message = phone.message(index);
    if (index > answer && message.sip.method() == Method::ack && is_of_device(dialog, message) &&
        !is_anothers(message.sip.cseq()))
      acks.push_back(index);
  }
  return acks;
}

template <class Judgement>
void for_each_answered_invite(const Phone& phone, const Judgement& judge_one) {
  for (const SeenDialog& dialog : seen_dialogs(phone)) {
    for (const std::size_t index : dialog.own_invites) {
      const Transaction& invite = transactions(phone)[index];
      const auto answer = answer_to(phone, dialog, invite);
      if (!answer) continue;
      const CaptureTime at = phone.at(*answer);
      auto acks = acks_of(phone, dialog, invite, *answer);
      // An answer that came when its transaction was over may be ignored (§18.1.2).
      if (acks.empty() && (!awaits_answer(phone, invite, at) || is_switched_off(phone, at)))
        continue;
      judge_one(AnsweredInvite{dialog, invite, *answer, std::move(acks)});
    }
  }
}

Evidence evidence_of(const Phone& phone, const AnsweredInvite& answered) {
  Evidence evidence = check::evidence_of(phone, answered.invite);
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

std::optional<std::string> wrong_with(const Phone& phone, const AnsweredInvite& answered,
                                      const Message& ack) {
  const Message& invite = opening(phone, answered.invite);
  if (ack.sip.cseq() != invite.sip.cseq())
    return fmt::format("its CSeq number is {}, the INVITE's {}", ack.sip.cseq(), invite.sip.cseq());
  if (ack.sip.via().branch == invite.sip.via().branch) return "it has the branch of the INVITE";
  if (!has_credentials_of(invite, ack)) return "it lacks the INVITE's credentials";
  return misaddressed(phone, answered.dialog, ack);
}

void judge_acknowledgement(const Phone& phone, Judge& judge, const AnsweredInvite& answered) {
  Evidence evidence = evidence_of(phone, answered);
  for (const std::size_t ack : answered.acks) {
    const auto wrong = wrong_with(phone, answered, phone.message(ack));
    if (!wrong) continue;
    evidence.messages.push_back(ack);
    return judge.violated(evidence, fmt::format("ACK to a 2xx: {}", *wrong));
  }
  const CaptureTime at = phone.at(answered.answer);
  const bool was_observed =
      std::min(phone.trace.last, next_power_change(phone, at)) > at + time_to_react;
  if (!answered.acks.empty()) {
    evidence.messages.push_back(answered.acks.front());
    judge.pass(evidence, "the 2xx was acknowledged in its dialog, on a branch of its own");
  } else if (was_observed) {
    violated_unless_lost(phone, judge, evidence, "a 2xx was never acknowledged");
  }
}

void acknowledges_in_the_dialog(const Phone& phone, Judge& judge) {
  judge.needs("a call that was answered");
  for_each_answered_invite(phone, [&](const AnsweredInvite& answered) {
    judge_acknowledgement(phone, judge, answered);
  });
}

/// Until when a repeated 2xx must be acknowledged: while its transaction lives, and the call.
CaptureTime end_of_duty(const Phone& phone, const AnsweredInvite& answered) {
  const CaptureTime first = phone.at(answered.answer);
  CaptureTime end =
      std::min({first + phone.profile.timers.sixty_four_t1(),
                phone.trace.last - phone.profile.timers.t1, next_power_change(phone, first)});
  for (const std::size_t index : answered.dialog.messages)
    if (phone.message(index).sip.is_request() && phone.message(index).sip.method() == Method::bye)
      return std::min(end, phone.at(index));
  return end;
}

void acknowledges_every_copy(const Phone& phone, Judge& judge) {
  judge.needs("a 2xx to an INVITE that came more than once", Blame::harness);
  for_each_answered_invite(phone, [&](const AnsweredInvite& answered) {
    const auto copies =
        copies_of(phone, answered.invite, answered.answer, end_of_duty(phone, answered));
    if (copies.size() < 2) return;
    Evidence evidence = evidence_of(phone, answered);
    evidence.messages.insert(evidence.messages.end(), copies.begin() + 1, copies.end());
    const std::string seen =
        fmt::format("the 2xx came {} times, {} acknowledged", copies.size(), answered.acks.size());
    if (answered.acks.size() < copies.size())
      violated_unless_lost(phone, judge, evidence, seen);
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
