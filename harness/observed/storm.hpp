#pragma once
// What one phone adds to the load on a server, and how it came back after the last outage of it:
// what a fleet is measured by. @source RFC 3261 §10.2.7; RFC 5626 §4.5

#include <optional>
#include <vector>

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

struct StormShare {
  std::vector<CaptureTime> registers;  ///< every REGISTER that it sent there, copies too
  std::vector<Duration> waits;         ///< from an attempt that failed to the next one
  bool is_due_back = false;            ///< it was registered there before an outage that ended
  std::optional<Duration> back;        ///< from the end of the last such outage to its first 2xx
  bool lapsed = false;                 ///< a binding there ran out
};

StormShare storm_share(const Phone& phone, ServerRole server);

}  // namespace sipharness::observed
