#pragma once
// When a server answered and when it did not, as the journal tells the stimulus.

#include <optional>
#include <vector>

#include "harness/trace/trace.hpp"

namespace sipharness::trace {

/// A span in which a server was silent (phase) or closed (port). Without a journal there are none.
struct Outage {
  ServerRole server = ServerRole::none;
  CaptureTime from;
  CaptureTime until;  ///< trace end if it never came back
  bool recovered = false;
  bool port_closed = false;
};

std::vector<Outage> find_outages(const Trace& trace);

/// Whether `server` was in an outage at `at`.
bool is_out(const std::vector<Outage>& outages, ServerRole server, CaptureTime at);

}  // namespace sipharness::trace
