#include "harness/observed/client_transactions.hpp"

#include <algorithm>

#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

namespace {

/// The user hung up, or the call went on elsewhere, between the two instants.
bool was_call_left(const Phone& phone, const Transaction& transaction, CaptureTime from,
                   CaptureTime until) {
  const CallGroup* call = call_of(phone, transaction);
  if (call == nullptr) return false;
  if (hung_up_before(*call, until)) return true;
  return std::ranges::any_of(call->legs,
                             [&](const Leg& leg) { return leg.i0 > from && leg.i0 < until; });
}

}  // namespace

CaptureTime start_of(const Phone& phone, const Transaction& transaction) {
  return phone.at(transaction.sends.front());
}

CaptureTime timeout_of(const Phone& phone, const Transaction& transaction) {
  return start_of(phone, transaction) + phone.profile.timers.sixty_four_t1();
}

bool is_ours(const Transaction& transaction) {
  return transaction.direction == Direction::from_device;
}

bool is_unreliable(const Phone& phone, const Transaction& transaction) {
  return phone.message(transaction.sends.front()).transport == Transport::udp;
}

bool was_left_early(const Phone& phone, const Transaction& transaction) {
  if (phone.profile.max_request_retries) return true;
  const CaptureTime start = start_of(phone, transaction);
  const CaptureTime timeout = timeout_of(phone, transaction);
  if (next_power_change(phone, start) < timeout) return true;
  if (transport_failure(phone, transaction.server, start, timeout)) return true;
  const std::string_view call_id = phone.message(transaction.sends.front()).sip.call_id();
  const Duration early = timer_tolerance(phone, timeout - start).value / 2;
  if (was_call_left(phone, transaction, start, timeout - early)) return true;
  return std::ranges::any_of(transactions(phone), [&](const Transaction& later) {
    const Message& first = phone.message(later.sends.front());
    return is_ours(later) && later.method == transaction.method && first.at > start &&
           first.at < timeout - early && first.sip.call_id() == call_id;
  });
}

}  // namespace sipharness::observed
