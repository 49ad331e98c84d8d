#include "harness/trace/journal_resolution.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "harness/trace/passers_by.hpp"
#include "harness/trace/sip_endpoints.hpp"

namespace sipharness::trace {
namespace {

void add_fault(Trace& trace, std::string text) {
  trace.health.faults.push_back({.text = std::move(text)});
}

bool is_named(const PayloadRecord& record, const journal::PacketName& name) {
  return record.transport == name.transport && record.source == name.source &&
         record.destination == name.destination;
}

/// The copy that a server's reaction at `at` was about: the writer counts only the copies it names,
/// so time tells them apart, not the occurrence.
PayloadRecord* nearest(PayloadRecords& payload_records, const journal::PacketName& name,
                       CaptureTime at) {
  PayloadRecord* best = nullptr;
  const auto distance = [at](const PayloadRecord& one) { return std::chrono::abs(one.at - at); };
  payload_records.for_each(name.digest, [&](PayloadRecord& record) {
    if (record.claimed || !is_named(record, name)) return;
    if (best == nullptr || distance(record) < distance(*best)) best = &record;
  });
  return best;
}

/// What was not found: how many, and when the first was journalled.
struct Missing {
  std::size_t count = 0;
  CaptureTime first;
};

/// policy: longer than a packet is under way, or a host is late.
constexpr Duration longest_delay = 10s;

class Resolver {
 public:
  Resolver(Trace& trace, PayloadRecords& payload_records)
      : trace_(trace), payload_records_(payload_records), passers_by_(trace) {}

  void resolve(const journal::Entry& entry) {
    if (const auto* sent = std::get_if<journal::Sent>(&entry.event)) {
      const PayloadRecord* const seen =
          claim(sent->packet, trace_.time_of(entry), {"send of", sent->server});
      if (sent->rewritten && seen != nullptr && seen->message != PayloadRecord::no_message)
        trace_.rewritten[trace_.messages.places()[seen->message].frame] = *sent->rewritten;
    } else if (const auto* ignored = std::get_if<journal::Ignored>(&entry.event)) {
      const PayloadRecord* const seen =
          claim(ignored->packet, trace_.time_of(entry), {"datagram ignored by", ignored->server});
      if (seen != nullptr && seen->message != PayloadRecord::no_message) {
        trace_.messages.places()[seen->message].ignored = true;
      }
    }
  }

  void report() const {
    if (apart_ != Duration::zero())
      add_fault(trace_,
                fmt::format("the capture's clock and the journal's are {} apart at {}",
                            format_seconds(apart_), format_seconds(apart_at_ - trace_.zero)));
    for (const auto& [kind_and_server, missing] : missing_) {
      const std::string what = fmt::format("{} {}", kind_and_server.first, kind_and_server.second);
      const std::string count =
          missing.count == 1 ? "a " + what : fmt::format("{} times a {}", missing.count, what);
      add_fault(trace_,
                fmt::format("{} that the journal records is missing from the capture (at {})",
                            count, format_seconds(missing.first - trace_.zero)));
    }
  }

 private:
  /// "send of", "primary"
  using What = std::pair<std::string_view, std::string_view>;

  const PayloadRecord* claim(const journal::PacketName& name, CaptureTime at, const What& what) {
    PayloadRecord* const seen = nearest(payload_records_, name, at);
    if (seen != nullptr) {
      seen->claimed = true;
      const Duration off = std::chrono::abs(seen->at - at);
      if (off > longest_delay && apart_ == Duration::zero()) {
        apart_ = off;
        apart_at_ = at;
      }
      return seen;
    }
    // Who resets a connection gets no more of what was written to it.
    if (passers_by_.meet(name.source, name.destination)) return nullptr;
    Missing& missing = missing_[what];
    if (missing.count++ == 0) missing.first = at;
    return nullptr;
  }

  Trace& trace_;
  PayloadRecords& payload_records_;
  PassersBy passers_by_;
  std::map<What, Missing> missing_;
  Duration apart_{};  ///< zero: the clocks agree
  CaptureTime apart_at_;
};

// --- Health --------------------------------------------------------------------------------------

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
    add_fault(trace, "the capture lost " + counted(count->dropped, "frame"));
  }
}

/// Stands first: whatever else is missing follows from it.
void judge_network(Trace& trace) {
  std::vector<Fault> faults;
  for (const journal::Entry& entry : trace.journal) {
    const auto* const network = std::get_if<journal::Network>(&entry.event);
    if (network == nullptr || network->up) continue;
    faults.push_back({.text = fmt::format("{} (at {})", network->what, format_seconds(entry.at))});
  }
  trace.health.faults.insert(trace.health.faults.begin(), faults.begin(), faults.end());
}

/// SIP may be in what a server of SIP exchanges in a form that is not read.
void judge_unread(Trace& trace) {
  constexpr std::uint16_t sips_port = 5061;
  const SipEndpoints sip(trace);
  const auto add = [&](std::string text, const Census::Entry& entry) {
    trace.health.faults.push_back({.text = std::move(text),
                                   .blame = verdict::Blame::user,
                                   .server = sip.server_between(entry.server, entry.client)});
  };
  for (const Census::Entry& entry : trace.census.undecoded())
    if (entry.server == Endpoint{})
      add(fmt::format("{} of {}, which is not decoded", counted(entry.packets, "frame"),
                      entry.protocol),
          entry);
    else if (sip.has_host(entry.server.address) || sip.has_host(entry.client.address))
      add(fmt::format("{} of {} between {} and {}, which is not decoded",
                      counted(entry.packets, "frame"), entry.protocol, entry.server.address.text(),
                      entry.client.address.text()),
          entry);
  for (const Census::Entry& entry : trace.census.entries()) {
    const bool is_sips =
        entry.protocol == "TLS" && (entry.server.port == sips_port || sip.contains(entry.server));
    if (is_sips && sip.has_host(entry.server.address))
      add(fmt::format("TLS without keys on {}: {} not readable", entry.server.text(),
                      counted(entry.packets, "record")),
          entry);
    if (entry.protocol == "WebSocket" && sip.has_host(entry.server.address))
      add(fmt::format("SIP over WebSocket on {} is not decoded", entry.server.text()), entry);
  }
}

}  // namespace

void resolve_journal(Trace& trace, PayloadRecords& payload_records) {
  Resolver resolver(trace, payload_records);
  for (const journal::Entry& entry : trace.journal) resolver.resolve(entry);
  resolver.report();
}

void judge_health(Trace& trace, const Holes& holes, const std::vector<Fault>& of_the_file) {
  trace.health.faults.insert(trace.health.faults.end(), of_the_file.begin(), of_the_file.end());
  for (Fault& fault : holes.faults(trace)) trace.health.faults.push_back(std::move(fault));
  judge_unread(trace);
  judge_network(trace);
  judge_drops(trace);
  judge_clocks(trace);
  if (!trace.ended) add_fault(trace, "the journal ends before the run did");
}

}  // namespace sipharness::trace
