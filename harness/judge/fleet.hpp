#pragma once
// Measures a fleet while its devices are judged: what each adds to the load of the servers is taken
// from the facts that its judging has found anyway.

#include <array>
#include <cstddef>
#include <vector>

#include "harness/observed/phone.hpp"
#include "harness/observed/storm.hpp"
#include "harness/verdict/result.hpp"

namespace sipharness::judge {

/// More devices are under test than are listed one by one.
bool is_fleet(const trace::Trace& trace);

class FleetMeasure {
 public:
  explicit FleetMeasure(const trace::Trace& trace) : shares_(trace.devices.size()) {}

  /// Once for each phone.
  void add(const observed::Phone& phone);

  /// `result` with what was measured, and its rows as they were counted.
  void conclude(verdict::Result& result, const trace::Trace& trace,
                std::vector<verdict::FleetRow> rows) const;

 private:
  struct Share {
    std::array<observed::StormShare, 2> at_servers;
    std::size_t calls_to_silent_primary = 0;
    std::size_t calls_moved = 0;
  };

  verdict::Storm storm_at(std::size_t server, CaptureTime zero) const;

  std::vector<Share> shares_;  ///< by device
};

}  // namespace sipharness::judge
