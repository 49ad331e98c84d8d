#include "harness/observed/cancels.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "harness/observed/invites.hpp"
#include "harness/observed/policy.hpp"

namespace sipharness::observed {
namespace {

using CancelsByCallId = std::unordered_map<std::string_view, std::vector<const Transaction*>>;

/// By its branch, or at least by its CSeq number and destination.
const Transaction* cancel_of(const Phone& phone, const CancelsByCallId& cancels,
                             const Transaction& invite) {
  const Message& request = opening(phone, invite);
  const auto candidates = cancels.find(request.sip.call_id());
  if (candidates == cancels.end()) return nullptr;
  for (const Transaction* cancel : candidates->second) {
    const Message& first = opening(phone, *cancel);
    if (first.sip.branch() == request.sip.branch() ||
        (first.sip.cseq() == request.sip.cseq() && first.destination == request.destination))
      return cancel;
  }
  return nullptr;
}

/// The INVITE was to be sent again before its CANCEL, and was not.
bool lacks_a_transmission(const Phone& phone, const OwnInvite& own, std::size_t cancel) {
  const auto& sends = own.invite->sends;
  const auto before = static_cast<std::size_t>(
      std::ranges::distance(sends.begin(), std::ranges::lower_bound(sends, cancel)));
  if (before == 0 || phone.message(cancel).transport != Transport::udp) return false;
  constexpr std::size_t most_doublings = 16;
  const Duration t1 = phone.profile.timers.t1;
  const Duration due = t1 * (1U << std::min(before - 1, most_doublings));
  return phone.at(cancel) - phone.at(sends[before - 1]) > due + t1 / 2;
}

/// What the INVITE drew came at once after its CANCEL, and not because of that.
bool draws_a_response_at_once(const Phone& phone, const OwnInvite& own, std::size_t cancel) {
  constexpr int request_terminated = 487;
  return std::ranges::any_of(own.invite->responses, [&](std::size_t response) {
    return response > cancel && phone.at(response) < phone.at(cancel) + policy::race &&
           phone.message(response).sip.status() != request_terminated;
  });
}

}  // namespace

std::vector<OwnInvite> find_own_invites(const Phone& phone) {
  CancelsByCallId cancels;
  for (const Transaction& transaction : transactions(phone))
    if (transaction.method == sip::Method::cancel &&
        transaction.direction == Direction::from_device)
      cancels[opening(phone, transaction).sip.call_id()].push_back(&transaction);
  std::vector<OwnInvite> found;
  for (const Transaction* invite : device_invites(phone))
    found.push_back({invite, cancel_of(phone, cancels, *invite)});
  return found;
}

Evidence evidence_of(const Phone& phone, const OwnInvite& own) {
  return evidence_of(phone, opening(phone, *own.invite));
}

bool was_silent(const Phone& phone, const Transaction& invite) {
  const CaptureTime timer_b = phone.at(invite.sends.front()) + phone.profile.timers.sixty_four_t1();
  return !invite.first_response || phone.at(*invite.first_response) >= timer_b;
}

bool may_follow_a_lost_response(const Phone& phone, const OwnInvite& own, std::size_t cancel) {
  return !phone.trace.has_journal() &&
         (lacks_a_transmission(phone, own, cancel) || draws_a_response_at_once(phone, own, cancel));
}

std::vector<CancelledOther> find_cancelled_others(const Phone& phone) {
  std::vector<CancelledOther> found;
  const auto is_own_cancel = [](const Transaction& transaction) {
    return transaction.method == sip::Method::cancel &&
           transaction.direction == Direction::from_device;
  };
  if (std::ranges::none_of(transactions(phone), is_own_cancel)) return found;
  std::unordered_map<std::string_view, const Transaction*> first_of;
  for (const Transaction& transaction : transactions(phone))
    if (transaction.method != sip::Method::cancel)
      first_of.emplace(opening(phone, transaction).sip.branch(), &transaction);
  for (const Transaction& transaction : transactions(phone)) {
    if (!is_own_cancel(transaction)) continue;
    const auto cancelled = first_of.find(opening(phone, transaction).sip.branch());
    if (cancelled != first_of.end() && cancelled->second->method != sip::Method::invite)
      found.push_back({&opening(phone, *cancelled->second), &transaction});
  }
  return found;
}

Evidence evidence_of(const Phone& phone, const CancelledOther& other) {
  return evidence_of(phone, *other.request);
}

}  // namespace sipharness::observed
