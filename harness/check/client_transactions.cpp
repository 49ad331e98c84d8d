#include "harness/check/client_transactions.hpp"

#include <algorithm>

namespace sipharness::check {

using trace::Transaction;

namespace {

/// The user hung up, or the call went on elsewhere, between the two instants.
bool was_call_left(const Context& context, const Transaction& transaction, CaptureTime from,
                   CaptureTime until) {
  const trace::CallGroup* call = call_of(context, transaction);
  if (call == nullptr) return false;
  if (hung_up_before(*call, until)) return true;
  return std::ranges::any_of(
      call->legs, [&](const trace::Leg& leg) { return leg.i0 > from && leg.i0 < until; });
}

}  // namespace

CaptureTime start_of(const Context& context, const Transaction& transaction) {
  return context.at(transaction.sends.front());
}

CaptureTime timeout_of(const Context& context, const Transaction& transaction) {
  return start_of(context, transaction) + context.profile.timers.sixty_four_t1();
}

bool is_ours(const Transaction& transaction) {
  return transaction.direction == trace::Direction::from_device;
}

bool is_unreliable(const Context& context, const Transaction& transaction) {
  return context.message(transaction.sends.front()).transport == Transport::udp;
}

bool was_left_early(const Context& context, const Transaction& transaction) {
  if (context.profile.max_request_retries) return true;
  const CaptureTime start = start_of(context, transaction);
  const CaptureTime timeout = timeout_of(context, transaction);
  if (next_power_change(context, start) < timeout) return true;
  if (transport_failure(context, transaction.server, start, timeout)) return true;
  const std::string_view call_id = context.message(transaction.sends.front()).sip.call_id();
  const Duration early = timer_tolerance(context, timeout - start).value / 2;
  if (was_call_left(context, transaction, start, timeout - early)) return true;
  return std::ranges::any_of(context.transactions, [&](const Transaction& later) {
    const trace::Message& first = context.message(later.sends.front());
    return is_ours(later) && later.method == transaction.method && first.at > start &&
           first.at < timeout - early && first.sip.call_id() == call_id;
  });
}

}  // namespace sipharness::check
