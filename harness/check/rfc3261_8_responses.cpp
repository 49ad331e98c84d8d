// What the device makes of responses that it cannot know, or that are not for it.
// @source RFC 3261 §8.1.3.2, §18.1.2

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/check/client_transactions.hpp"
#include "harness/check/evidence.hpp"
#include "harness/check/families.hpp"
#include "harness/check/invites.hpp"
#include "harness/sip/builder.hpp"

namespace sipharness::check {
namespace {

using trace::Message;
using trace::Transaction;
using verdict::Blame;

// --- Codes nobody registered ---------------------------------------------------------------------

bool is_unheard_of(const Context& context, std::size_t response) {
  const int status = context.message(response).sip.status();
  return status < 700 && !sip::is_known_status(status);
}

/// The call that a refusal belongs to went on at another server after it.
const trace::Leg* leg_after(const Context& context, const Transaction& invite, CaptureTime at) {
  const trace::CallGroup* call = call_of(context, invite);
  if (call == nullptr) return nullptr;
  const auto next = std::ranges::find_if(call->legs, [&](const trace::Leg& leg) {
    return leg.server != invite.server && reached_at(context, leg) >= at;
  });
  return next == call->legs.end() ? nullptr : &*next;
}

void judge_final(const Context& context, Judge& judge, const Transaction& invite) {
  const Message& response = context.message(*invite.final);
  const int status = response.sip.status();
  if (!awaits_answer(context, invite, response.at)) return;
  Evidence evidence = evidence_of(context, invite);
  evidence.messages.push_back(response.index);
  // A 5xx may move a call or end it; a 4xx or 6xx is an answer (see FO-INV4XX).
  const bool ends_the_call = status / 100 == 4 || status / 100 == 6;
  const bool was_observed = std::min(context.trace.last, next_power_change(context, response.at)) >
                            response.at + time_to_react;
  if (invite.acks.empty() && was_observed)
    violated_unless_lost(context, judge, evidence, fmt::format("a {} drew no ACK", status));
  else if (ends_the_call && leg_after(context, invite, response.at) != nullptr)
    judge.violated(evidence, fmt::format("a {} sent the call to another server; it counts as {}",
                                         status, status / 100 * 100));
  else if (!invite.acks.empty())
    judge.pass(evidence, fmt::format("a {} was taken as {}", status, status / 100 * 100));
}

void takes_unknown_codes_by_their_class(const Context& context, Judge& judge) {
  judge.needs("an INVITE that draws a status code nobody knows", Blame::harness);
  for (const Transaction* invite : device_invites(context)) {
    if (invite->final && context.message(*invite->final).sip.status() >= 300 &&
        is_unheard_of(context, *invite->final))
      judge_final(context, judge, *invite);
    if (invite->provisional && is_unreliable(context, *invite) &&
        is_unheard_of(context, *invite->provisional))
      judge_rest(context, judge, *invite, *invite->provisional);
  }
}

constexpr std::array table{
    Check{"RFC3261-GEN-09", takes_unknown_codes_by_their_class},
};

}  // namespace

std::span<const Check> rfc3261_8_response_checks() {
  return table;
}

}  // namespace sipharness::check
