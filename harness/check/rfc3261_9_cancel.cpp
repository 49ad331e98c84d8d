// CANCEL. @source RFC 3261 §9.1

#include <algorithm>
#include <array>

#include "harness/check/evidence.hpp"
#include "harness/check/families.hpp"

namespace sipharness::check {
namespace {

using sip::Method;
using trace::Message;
using trace::Transaction;

const Transaction* cancel_of(const Context& context, const Transaction& invite) {
  const Message& request = context.message(invite.sends.front());
  const auto found = std::ranges::find_if(context.transactions, [&](const Transaction& other) {
    const Message& first = context.message(other.sends.front());
    return other.method == Method::cancel && first.from_device() &&
           first.sip.call_id() == request.sip.call_id() && first.sip.cseq() == request.sip.cseq() &&
           first.destination == request.destination;
  });
  return found == context.transactions.end() ? nullptr : &*found;
}

/// Nothing came before Timer B: the device had to leave it without a CANCEL.
bool was_silent(const Context& context, const Transaction& invite) {
  const CaptureTime timer_b =
      context.at(invite.sends.front()) + context.profile.timers.sixty_four_t1();
  return !invite.first_response || context.at(*invite.first_response) >= timer_b;
}

void waits_for_a_provisional(const Context& context, Judge& judge) {
  judge.needs("an INVITE that is cancelled, or left without a provisional response");
  for (const Transaction& invite : context.transactions) {
    if (invite.method != Method::invite || invite.direction != trace::Direction::from_device)
      continue;
    const Transaction* cancel = cancel_of(context, invite);
    Evidence evidence = evidence_of(context, invite);
    if (cancel == nullptr) {
      if (was_silent(context, invite))
        judge.pass(evidence, "no CANCEL for an INVITE without provisional response");
      continue;
    }
    evidence.messages.push_back(cancel->sends.front());
    const bool after_provisional =
        invite.provisional && *invite.provisional < cancel->sends.front();
    if (after_provisional)
      judge.pass(evidence, "CANCEL only after a provisional response");
    else
      judge.violated(evidence, "CANCEL before any provisional response");
  }
}

constexpr std::array table{Check{"RFC3261-CANCEL-01", waits_for_a_provisional}};

}  // namespace

std::span<const Check> rfc3261_9_cancel_checks() {
  return table;
}

}  // namespace sipharness::check
