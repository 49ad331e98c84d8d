#include "harness/observed/answered_invites.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "harness/observed/actions.hpp"
#include "harness/observed/foreign_tags.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {
namespace {

std::optional<std::size_t> answer_to(const Phone& phone, const Dialog& dialog,
                                     const Transaction& invite) {
  for (const std::size_t response : invite.responses) {
    const sip::MessageView& sip = phone.message(response).sip;
    if (sip.is_success() && sip.to_tag() == dialog.server_tag) return response;
  }
  return std::nullopt;
}

/// The ACKs of the device in one dialog, in capture order.
class Acks {
 public:
  Acks(const Phone& phone, const Dialog& dialog) {
    for (const std::size_t index : dialog.own_invites)
      by_cseq_[opening(phone, transactions(phone)[index]).sip.cseq()];
    for (const Message* foreign : requests_with_foreign_tags(phone, dialog.call_id))
      if (foreign->sip.method() == sip::Method::invite) by_cseq_[foreign->sip.cseq()];
    for (const std::size_t index : dialog.messages) {
      const Message& message = phone.message(index);
      if (message.sip.method() != sip::Method::ack || !is_of_device(dialog, message)) continue;
      const auto acknowledged = by_cseq_.find(message.sip.cseq());
      (acknowledged == by_cseq_.end() ? of_no_invite_ : acknowledged->second).push_back(index);
    }
  }

  /// Those after message `answer` that are for it, or for no INVITE of the dialog.
  std::vector<std::size_t> after(std::size_t answer, std::uint32_t cseq) const {
    const std::vector<std::size_t>& own = by_cseq_.at(cseq);
    std::vector<std::size_t> found;
    std::merge(std::ranges::upper_bound(own, answer), own.end(),
               std::ranges::upper_bound(of_no_invite_, answer), of_no_invite_.end(),
               std::back_inserter(found));
    return found;
  }

 private:
  std::map<std::uint32_t, std::vector<std::size_t>> by_cseq_;
  std::vector<std::size_t> of_no_invite_;
};

/// §22.1: the ACK carries the credentials of its INVITE.
bool has_credentials_of(const Message& invite, const Message& ack) {
  return std::ranges::all_of(
      std::array{sip::HeaderId::authorization, sip::HeaderId::proxy_authorization},
      [&](sip::HeaderId header) {
        return !invite.sip.has(header) || ack.sip.header(header) == invite.sip.header(header);
      });
}

}  // namespace

std::vector<AnsweredInvite> find_answered_invites(const Phone& phone) {
  std::vector<AnsweredInvite> found;
  for (const Dialog& dialog : answered_dialogs(phone)) {
    const Acks acks(phone, dialog);
    for (const std::size_t index : dialog.own_invites) {
      const Transaction& invite = transactions(phone)[index];
      const auto answer = answer_to(phone, dialog, invite);
      if (!answer) continue;
      const CaptureTime at = phone.at(*answer);
      auto own = acks.after(*answer, opening(phone, invite).sip.cseq());
      if (own.empty() && (!awaits_answer(phone, invite, at) || is_switched_off(phone, at)))
        continue;
      found.push_back({&dialog, &invite, *answer, std::move(own)});
    }
  }
  return found;
}

Evidence evidence_of(const Phone& phone, const AnsweredInvite& answered) {
  return {.server = answered.invite->server,
          .call_id = opening(phone, *answered.invite).sip.call_id(),
          .messages = {answered.invite->sends.front(), answered.answer}};
}

std::optional<Misaddressed> wrong_with_ack(const Phone& phone, const AnsweredInvite& answered,
                                           const Message& ack) {
  const Message& invite = opening(phone, *answered.invite);
  if (ack.sip.cseq() != invite.sip.cseq())
    return Misaddressed{
        fmt::format("its CSeq number is {}, the INVITE's {}", ack.sip.cseq(), invite.sip.cseq())};
  if (ack.sip.branch() == invite.sip.branch())
    return Misaddressed{"it has the branch of the INVITE"};
  if (!has_credentials_of(invite, ack)) return Misaddressed{"it lacks the INVITE's credentials"};
  return misaddressed(phone, *answered.dialog, ack);
}

CaptureTime end_of_duty(const Phone& phone, const AnsweredInvite& answered) {
  const CaptureTime first = phone.at(answered.answer);
  const CaptureTime end =
      std::min({first + phone.profile.timers.sixty_four_t1(),
                phone.trace.last - phone.profile.timers.t1, next_power_change(phone, first)});
  const auto& bye = answered.dialog->bye;
  return bye ? std::min(end, phone.at(*bye)) : end;
}

}  // namespace sipharness::observed
