#include "harness/observed/cancels.hpp"

#include <string_view>
#include <unordered_map>

#include "harness/observed/invites.hpp"

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

}  // namespace sipharness::observed
