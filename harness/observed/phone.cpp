#include "harness/observed/phone.hpp"

#include <algorithm>
#include <atomic>

#include "harness/observed/transaction.hpp"

namespace sipharness::observed {
namespace {

/// What reached an address of this device; all of it where there is only one. A stream's own port
/// is not known beforehand.
bool is_told_to(const Trace& trace, std::size_t device, const TransportFailure& failure) {
  if (trace.devices.size() < 2) return true;
  return std::ranges::any_of(trace.devices[device].addresses, [&](const Endpoint& own) {
    return failure.transport == Transport::udp ? own == failure.device
                                               : own.address == failure.device.address;
  });
}

bool is_at_address_of(const Trace& trace, std::size_t device, const StreamMark& mark) {
  if (trace.devices.size() < 2) return true;
  return std::ranges::any_of(trace.devices[device].addresses, [&](const Endpoint& own) {
    return own.address == mark.source.address || own.address == mark.destination.address;
  });
}

bool is_from(const Trace& trace, std::size_t device, const Endpoint& source) {
  if (trace.devices.size() < 2) return true;
  return std::ranges::count(trace.devices[device].addresses, source) > 0;
}

}  // namespace

Phone::Phone(const Trace& whole, const JournalFacts& facts, const scenario::Profile& judged_by,
             const scenario::Scenario* staged, std::size_t index)
    : trace(whole), journal(facts), profile(judged_by), scenario(staged), device(index) {
  messages = trace.messages_of(device);
  for (const trace::Malformed& bytes : trace.malformed)
    if (is_from(trace, device, bytes.source)) malformed.push_back(bytes);
  for (const TransportFailure& failure : trace.transport_failures)
    if (is_told_to(trace, device, failure)) transport_failures.push_back(failure);
  for (const StreamMark& mark : trace.stream_marks)
    if (is_at_address_of(trace, device, mark)) stream_marks.push_back(mark);
  if (!profile.knows_timers) profile.timers.t1 = observed_t1(*this).value_or(profile.timers.t1);
}

std::string_view Phone::name() const {
  return trace.devices.empty() ? std::string_view("phone") : trace.devices[device].name;
}

bool Phone::is_about(std::string_view named) const {
  const std::size_t found = trace.device_named(named);
  return found == device || found >= trace.devices.size();
}

std::size_t Phone::next_slot() {
  static std::atomic<std::size_t> slots = 0;
  return slots++;
}

}  // namespace sipharness::observed
