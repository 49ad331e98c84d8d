#pragma once
// What a fleet came to: more devices than anybody reads one by one. Its result keeps the findings
// that weigh most; here is how many there were, and the load that the fleet put on each server.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/verdict/finding.hpp"

namespace sipharness::verdict {

/// policy: of a fleet, so many findings of each requirement and verdict are kept.
inline constexpr std::size_t findings_kept_of_fleet = 10;

/// A requirement over all devices.
struct FleetRow {
  const Requirement* requirement = nullptr;
  std::array<std::size_t, 6> devices{};  ///< by the verdict of their finding, indexed by Verdict
};

/// Durations of one kind.
struct Distribution {
  std::size_t count = 0;  ///< 0: the others mean nothing
  Duration min{};
  Duration median{};
  Duration p95{};
  Duration max{};
};
Distribution distribution_of(std::vector<Duration> durations);

/// What a server had to bear. Seconds count from the start of the scenario, or of a capture from
/// elsewhere.
struct Storm {
  std::string server;
  std::vector<std::uint64_t> registers;  ///< REGISTER requests in each second, copies too
  std::optional<Duration> down_at;       ///< its last outage that ended, as the journal says
  std::optional<Duration> up_at;
  Distribution waits;        ///< of all devices, from an attempt that failed to the next
  Distribution back;         ///< from the return of the server until a device was registered
  std::size_t not_back = 0;  ///< devices that had been registered, and were not again
  std::size_t lapsed = 0;    ///< devices a binding of which ran out
};

struct Fleet {
  std::size_t devices = 0;
  std::vector<FleetRow> rows;  ///< catalogue order
  std::vector<Storm> storms;   ///< the primary's, the secondary's
  std::size_t calls_to_silent_primary = 0;
  std::size_t calls_moved = 0;  ///< those of them that reached the secondary
};

}  // namespace sipharness::verdict
