#include "harness/observed/living_notifies.hpp"

#include <algorithm>
#include <cstdint>

#include "harness/observed/actions.hpp"
#include "harness/observed/subscriptions.hpp"

namespace sipharness::observed {
namespace {

/// The subscription was alive for the device when this came.
bool is_alive(const Phone& phone, const Subscription& subscription, CaptureTime at) {
  if (is_switched_off(phone, at)) return false;
  const Transaction* newest = newest_before(phone, subscription.asked, at + Duration(1));
  if (newest == nullptr || ends(phone, *newest)) return false;
  const CaptureTime timeout = opening(phone, *newest).at + phone.profile.request_timeout();
  const CaptureTime answered = newest->final ? phone.at(*newest->final) : CaptureTime::max();
  if (answered > at) return at < timeout;
  if (answered >= timeout) return false;
  const Message* answer = acceptance(phone, *newest);
  return answer != nullptr && at < answer->at + granted_by(phone, *newest);
}

/// Per NOTIFY of a subscription: the highest CSeq number up to it.
std::vector<std::uint32_t> highest_numbers(const Phone& phone, const Subscription& subscription) {
  std::vector<std::uint32_t> highest;
  for (const Transaction* notify : subscription.notified) {
    const std::uint32_t number = opening(phone, *notify).sip.cseq();
    highest.push_back(highest.empty() ? number : std::max(highest.back(), number));
  }
  return highest;
}

/// A later NOTIFY of the dialog came first: the lower number may be refused (RFC 3261 §12.2.2).
bool was_overtaken(const Phone& phone, const Subscription& subscription,
                   const std::vector<std::uint32_t>& highest, const Transaction& notify) {
  const std::size_t came =
      phone.trace.vantage == trace::Vantage::device ? notify.sends.front() : notify.sends.back();
  const auto next = std::ranges::lower_bound(
      subscription.notified, came, {}, [](const Transaction* one) { return one->sends.front(); });
  const auto before = static_cast<std::size_t>(next - subscription.notified.begin());
  return before > 0 && highest[before - 1] > opening(phone, notify).sip.cseq();
}

}  // namespace

std::vector<const Transaction*> find_living_notifies(const Phone& phone) {
  std::vector<const Transaction*> found;
  for (const Subscription& one : subscriptions(phone)) {
    if (one.is_message_waiting()) continue;
    const std::vector<std::uint32_t> highest = highest_numbers(phone, one);
    for (const Transaction* notify : one.notified) {
      const Message& request = opening(phone, *notify);
      if (!state_in(request.sip).is_terminated() && is_alive(phone, one, request.at) &&
          !was_overtaken(phone, one, highest, *notify))
        found.push_back(notify);
    }
  }
  return found;
}

}  // namespace sipharness::observed
