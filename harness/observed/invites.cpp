#include "harness/observed/invites.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/observed/addresses.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/text.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::observed {
namespace {

using sip::HeaderId;

/// The call went on at another server between the start of `invite` and `at`.
bool was_left_before(const Phone& phone, const Transaction& invite, CaptureTime at) {
  const CallGroup* call = call_of(phone, invite);
  if (call == nullptr) return false;
  return std::ranges::any_of(call->legs, [&](const Leg& leg) {
    return leg.server != invite.server && leg.i0 > start_of(phone, invite) && leg.i0 < at;
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

std::vector<const Transaction*> find_device_invites(const Phone& phone) {
  std::vector<const Transaction*> found;
  for (const Transaction& transaction : transactions(phone))
    if (transaction.method == sip::Method::invite &&
        transaction.direction == Direction::from_device)
      found.push_back(&transaction);
  return found;
}

bool awaits_answer(const Phone& phone, const Transaction& invite, CaptureTime at) {
  if (was_left_before(phone, invite, at)) return false;
  const CaptureTime timer_b = start_of(phone, invite) + phone.profile.request_timeout();
  // A provisional response keeps alive what lives: one that came after Timer B changed nothing.
  return at < timer_b ||
         (invite.provisional && phone.at(*invite.provisional) < std::min(at, timer_b));
}

std::vector<std::size_t> copies_of(const Phone& phone, const Transaction& invite, std::size_t first,
                                   CaptureTime until) {
  std::vector<std::size_t> copies{first};
  const sip::MessageView& wanted = phone.message(first).sip;
  for (const std::size_t response : invite.responses) {
    const sip::MessageView& sip = phone.message(response).sip;
    const bool is_copy = response > first && sip.status() == wanted.status() &&
                         sip.to_tag() == wanted.to_tag() && phone.at(response) <= until;
    if (is_copy && phone.at(response) - phone.at(copies.back()) > round_trip_slack)
      copies.push_back(response);
  }
  return copies;
}

std::optional<std::string> departs_from(const Message& invite, const Message& request,
                                        const Message& to) {
  const sip::MessageView& sip = request.sip;
  if (!same_place(request, invite))
    return fmt::format("it went to {}, the INVITE to {}", request.destination.text(),
                       invite.destination.text());
  if (sip.has_several_vias()) return "it has more than one Via";
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

}  // namespace sipharness::observed
