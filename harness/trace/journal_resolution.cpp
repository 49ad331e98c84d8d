#include "harness/trace/journal_resolution.hpp"

#include <algorithm>
#include <map>
#include <string>

#include <fmt/format.h>

namespace sipharness::trace {
namespace {

bool is_named(const PayloadRecord& record, const journal::PacketName& name) {
  return record.transport == name.transport && record.source == name.source &&
         record.destination == name.destination;
}

/// The copy that a server's reaction at `at` was about: the writer counts only the copies it names,
/// so time tells them apart, not the occurrence.
PayloadRecord* nearest(PayloadRecords& payload_records, const journal::PacketName& name,
                       CaptureTime at) {
  const auto found = payload_records.find(name.digest);
  if (found == payload_records.end()) return nullptr;
  PayloadRecord* best = nullptr;
  for (PayloadRecord& record : found->second) {
    if (record.claimed || !is_named(record, name)) continue;
    const auto distance = [at](const PayloadRecord& one) { return std::chrono::abs(one.at - at); };
    if (best == nullptr || distance(record) < distance(*best)) best = &record;
  }
  return best;
}

/// What was not found: how many, and when the first was journalled.
struct Missing {
  std::size_t count = 0;
  CaptureTime first;
};

class Resolver {
 public:
  Resolver(Trace& trace, PayloadRecords& payload_records)
      : trace_(trace), payload_records_(payload_records) {}

  void resolve(const journal::Entry& entry) {
    if (const auto* sent = std::get_if<journal::Sent>(&entry.event)) {
      claim(sent->packet, trace_.time_of(entry), "send of " + sent->server);
    } else if (const auto* ignored = std::get_if<journal::Ignored>(&entry.event)) {
      const PayloadRecord* const seen =
          claim(ignored->packet, trace_.time_of(entry), "datagram ignored by " + ignored->server);
      if (seen != nullptr && seen->message != PayloadRecord::no_message) {
        trace_.messages.places()[seen->message].ignored = true;
      }
    }
  }

  void report() const {
    for (const auto& [what, missing] : missing_) {
      const std::string count =
          missing.count == 1 ? "a " + what : fmt::format("{} times a {}", missing.count, what);
      trace_.health.faults.push_back(
          fmt::format("{} that the journal records is missing from the capture (at {})", count,
                      format_seconds(missing.first - trace_.zero)));
    }
  }

 private:
  const PayloadRecord* claim(const journal::PacketName& name, CaptureTime at,
                             const std::string& what) {
    PayloadRecord* const seen = nearest(payload_records_, name, at);
    if (seen != nullptr) {
      seen->claimed = true;
      return seen;
    }
    Missing& missing = missing_[what];
    if (missing.count++ == 0) missing.first = at;
    return nullptr;
  }

  Trace& trace_;
  PayloadRecords& payload_records_;
  std::map<std::string, Missing> missing_;
};

// --- Health --------------------------------------------------------------------------------------

void add_fault(Trace& trace, std::string_view fault) {
  trace.health.faults.emplace_back(fault);
}

/// A jump of the capture's clock against the monotonic one between two pairs.
void judge_clock(Trace& trace, const journal::Clock& before, const journal::Clock& after) {
  constexpr Duration limit = 1ms;
  const Duration step = (after.capture - before.capture) - (after.monotonic - before.monotonic);
  if (std::chrono::abs(step) <= limit) return;
  add_fault(trace, fmt::format("the capture's clock stepped by {} at {}", format_seconds(step),
                               format_seconds(before.capture - trace.zero)));
}

void judge_clocks(Trace& trace) {
  const journal::Clock* before = nullptr;
  for (const journal::Entry& entry : trace.journal) {
    const auto* const clock = std::get_if<journal::Clock>(&entry.event);
    // The simulated world has no monotonic clock of a host, and no clock that could step.
    if (clock == nullptr || clock->monotonic == Duration::zero()) continue;
    if (before != nullptr) judge_clock(trace, *before, *clock);
    before = clock;
  }
}

void judge_drops(Trace& trace) {
  for (const journal::Entry& entry : trace.journal) {
    const auto* const count = std::get_if<journal::CaptureCount>(&entry.event);
    if (count == nullptr || count->dropped == 0) continue;
    add_fault(trace, fmt::format("the capture lost {} frames", count->dropped));
  }
}

/// Stands first: whatever else is missing follows from it.
void judge_network(Trace& trace) {
  std::vector<std::string> faults;
  for (const journal::Entry& entry : trace.journal) {
    const auto* const network = std::get_if<journal::Network>(&entry.event);
    if (network == nullptr || network->up) continue;
    faults.push_back(fmt::format("{} (at {})", network->what, format_seconds(entry.at)));
  }
  trace.health.faults.insert(trace.health.faults.begin(), faults.begin(), faults.end());
}

}  // namespace

void resolve_journal(Trace& trace, PayloadRecords& payload_records) {
  Resolver resolver(trace, payload_records);
  for (const journal::Entry& entry : trace.journal) resolver.resolve(entry);
  resolver.report();
}

void judge_health(Trace& trace) {
  if (trace.counts.truncated > 0) {
    add_fault(trace, fmt::format("{} frames are shorter than they were on the wire",
                                 trace.counts.truncated));
  }
  if (trace.counts.stream_gaps > 0) {
    add_fault(trace, fmt::format("{} times the capture lacks bytes of a stream",
                                 trace.counts.stream_gaps));
  }
  judge_network(trace);
  judge_drops(trace);
  judge_clocks(trace);
  if (!trace.ended) add_fault(trace, "the journal ends before the run did");
}

}  // namespace sipharness::trace
