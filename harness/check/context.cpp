#include "harness/check/context.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace sipharness::check {
namespace {

template <class T>
std::vector<T> only_of(std::size_t device, std::vector<T> all) {
  std::erase_if(all, [device](const T& one) { return one.device != device; });
  return all;
}

}  // namespace

Context::Context(const trace::Trace& trace_seen, const scenario::Profile& device_profile,
                 const scenario::Scenario* staged, std::size_t device_index)
    : trace(trace_seen),
      profile(device_profile),
      scenario(staged),
      device(device_index),
      transactions(only_of(device_index, trace::find_transactions(trace_seen))),
      attempts(only_of(device_index, trace::find_attempts(trace_seen, transactions, profile))),
      bindings(only_of(device_index, trace::find_bindings(trace_seen, attempts))),
      calls(only_of(device_index, trace::find_calls(trace_seen, transactions, profile))),
      dialogs(only_of(device_index, trace::find_dialogs(trace_seen, transactions))),
      outages(trace::find_outages(trace_seen)) {
  for (const journal::Entry& entry : trace.journal) {
    const auto* action = std::get_if<journal::Action>(&entry.event);
    if (action != nullptr && is_about(action->device))
      orders.push_back({trace.time_of(entry), action});
  }
}

const trace::LostOrder* Context::lost_order() const {
  for (const trace::LostOrder& order : trace.lost_orders)
    if (is_about(order.action.device) && !(order.action.verb == "boot" && order.what.empty()))
      return &order;
  return nullptr;
}

bool Context::is_seen_from_its_boot() const {
  return trace.has_journal() &&
         std::ranges::none_of(trace.lost_orders, [this](const trace::LostOrder& order) {
           return order.action.verb == "boot" && is_about(order.action.device);
         });
}

std::vector<const trace::RegisterAttempt*> Context::attempts_at(trace::ServerRole server) const {
  std::vector<const trace::RegisterAttempt*> found;
  for (const trace::RegisterAttempt& attempt : attempts)
    if (attempt.server == server) found.push_back(&attempt);
  return found;
}

}  // namespace sipharness::check
