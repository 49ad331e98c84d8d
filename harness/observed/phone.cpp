#include "harness/observed/phone.hpp"

#include <cstdint>

#include "harness/observed/observed_t1.hpp"

namespace sipharness::observed {
namespace {

template <class T>
std::vector<T> only(const std::vector<T>& all, const std::vector<std::uint32_t>& own) {
  std::vector<T> found;
  found.reserve(own.size());
  for (const std::uint32_t index : own) found.push_back(all[index]);
  return found;
}

}  // namespace

Phone::Phone(const Trace& whole, const JournalFacts& facts, const scenario::Profile& judged_by,
             const scenario::Scenario* staged, std::size_t index)
    : trace(whole), journal(facts), profile(judged_by), scenario(staged), device(index) {
  const trace::Share& own = trace.partition.of(device);
  messages = trace.messages_of(device);
  malformed = only(trace.malformed, own.malformed);
  transport_failures = only(trace.transport_failures, own.transport_failures);
  stream_marks = only(trace.stream_marks, own.stream_marks);
  if (profile.knows_timers) return;
  const auto t1 = observed_t1(*this);
  knows_t1 = t1.has_value();
  profile.timers.t1 = t1.value_or(profile.timers.t1);
}

std::string_view Phone::name() const {
  return trace.devices.empty() ? std::string_view("phone") : trace.devices[device].name;
}

bool Phone::is_about(std::string_view named) const {
  const std::size_t found = trace.device_named(named);
  return found == device || found >= trace.devices.size();
}

}  // namespace sipharness::observed
