#include "harness/check/invites.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/check/addresses.hpp"
#include "harness/check/back_off.hpp"
#include "harness/check/client_transactions.hpp"
#include "harness/check/evidence.hpp"
#include "harness/sip/text.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::check {
namespace {

using sip::HeaderId;
using trace::Message;
using trace::Transaction;

/// The call went on at another server between the start of `invite` and `at`.
bool was_left_before(const Context& context, const Transaction& invite, CaptureTime at) {
  const trace::CallGroup* call = call_of(context, invite);
  if (call == nullptr) return false;
  return std::ranges::any_of(call->legs, [&](const trace::Leg& leg) {
    return leg.server != invite.server && leg.i0 > start_of(context, invite) && leg.i0 < at;
  });
}

bool same_place(const Message& a, const Message& b) {
  return a.destination == b.destination && a.transport == b.transport;
}

bool same_via(const sip::Via& a, const sip::Via& b) {
  return a.branch == b.branch && sip::same_ignoring_case(a.sent_by, b.sent_by) &&
         sip::same_ignoring_case(a.transport, b.transport);
}

/// To or From: the same URI and the same tag.
bool same_party(const Message& a, const Message& b, HeaderId header) {
  const bool is_from = header == HeaderId::from;
  const std::string_view tag_a = is_from ? a.sip.from_tag() : a.sip.to_tag();
  const std::string_view tag_b = is_from ? b.sip.from_tag() : b.sip.to_tag();
  return tag_a == tag_b && sip::same_uri(uri_in(a.sip, header), uri_in(b.sip, header));
}

}  // namespace

std::vector<const Transaction*> device_invites(const Context& context) {
  std::vector<const Transaction*> found;
  for (const Transaction& transaction : context.transactions)
    if (transaction.method == sip::Method::invite &&
        transaction.direction == trace::Direction::from_device)
      found.push_back(&transaction);
  return found;
}

bool awaits_answer(const Context& context, const Transaction& invite, CaptureTime at) {
  if (was_left_before(context, invite, at)) return false;
  const CaptureTime timer_b = start_of(context, invite) + context.profile.request_timeout();
  // A provisional response keeps alive what lives: one that came after Timer B changed nothing.
  return at < timer_b ||
         (invite.provisional && context.at(*invite.provisional) < std::min(at, timer_b));
}

std::vector<std::size_t> copies_of(const Context& context, const Transaction& invite,
                                   std::size_t first, CaptureTime until) {
  std::vector<std::size_t> copies{first};
  const sip::MessageView& wanted = context.message(first).sip;
  for (const std::size_t response : invite.responses) {
    const sip::MessageView& sip = context.message(response).sip;
    const bool is_copy = response > first && sip.status() == wanted.status() &&
                         sip.to_tag() == wanted.to_tag() && context.at(response) <= until;
    if (is_copy && context.at(response) - context.at(copies.back()) > round_trip_slack)
      copies.push_back(response);
  }
  return copies;
}

void violated_unless_lost(const Context& context, Judge& judge, const Evidence& evidence,
                          const std::string& message) {
  if (context.trace.vantage == trace::Vantage::device) return judge.violated(evidence, message);
  judge.inconclusive(evidence, verdict::Blame::network,
                     message +
                         "; but the capture was not taken at the device, and packets may "
                         "have been lost between");
}

void judge_rest(const Context& context, Judge& judge, const Transaction& invite,
                std::size_t response) {
  const CaptureTime heard = context.at(response);
  Evidence evidence = evidence_of(context, invite);
  evidence.messages.push_back(response);
  std::size_t before = 0;
  for (const std::size_t send : invite.sends) {
    const Duration after = context.at(send) - heard;
    if (after > round_trip_slack)
      return violated_unless_lost(
          context, judge, evidence,
          fmt::format("INVITE sent again {} after a {}", format_seconds(after),
                      context.message(response).sip.status()));
    if (send < response) ++before;
  }
  if (before == 0) return;
  const Duration interval = doubling(context)(before - 1);
  const CaptureTime due =
      context.at(invite.sends[before - 1]) + interval + timer_tolerance(context, interval).value;
  const CaptureTime timer_b = start_of(context, invite) + context.profile.request_timeout();
  const bool was_answered = invite.final && context.at(*invite.final) <= due;
  const bool was_observed = std::min(context.trace.last, next_power_change(context, heard)) > due;
  if (due < timer_b && !was_answered && was_observed)
    judge.pass(evidence, fmt::format("INVITE not sent again after a {}",
                                     context.message(response).sip.status()));
}

std::optional<std::string> departs_from(const Message& invite, const Message& request,
                                        const Message& to) {
  const sip::MessageView& sip = request.sip;
  if (!same_place(request, invite))
    return fmt::format("it went to {}, the INVITE to {}", request.destination.text(),
                       invite.destination.text());
  if (sip.count(HeaderId::via) != 1) return "it has more than one Via";
  if (!same_via(sip.via(), invite.sip.via())) return "its Via is not that of the INVITE";
  if (!sip::same_uri(sip.request_uri(), invite.sip.request_uri()))
    return fmt::format("its Request-URI is {}, the INVITE's {}", sip.request_uri(),
                       invite.sip.request_uri());
  if (sip.call_id() != invite.sip.call_id()) return "its Call-ID is not that of the INVITE";
  if (sip.cseq() != invite.sip.cseq())
    return fmt::format("its CSeq number is {}, the INVITE's {}", sip.cseq(), invite.sip.cseq());
  if (!same_party(request, invite, HeaderId::from)) return "its From is not that of the INVITE";
  if (!same_party(request, to, HeaderId::to))
    return fmt::format("its To is not that of the {}",
                       to.sip.is_response() ? "response" : "INVITE");
  if (!same_uris(uris_in(sip, HeaderId::route), uris_in(invite.sip, HeaderId::route)))
    return "its Route is not that of the INVITE";
  return std::nullopt;
}

}  // namespace sipharness::check
