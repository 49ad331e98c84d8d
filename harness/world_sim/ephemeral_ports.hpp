#pragma once
// Picks a free port where the caller left it open: from 49152 up, round robin for each address, so
// that the same program gets the same ports. @source RFC 6335 §6 (the dynamic range)

#include <cstdint>
#include <map>

#include "harness/base/endpoint.hpp"
#include "harness/base/setup_error.hpp"

namespace sipharness::world_sim {

class EphemeralPorts {
 public:
  /// `wanted` with a port that `is_taken` denies, or as it is if it names one. Throws SetupError if
  /// every port is taken.
  template <class IsTaken>
  Endpoint choose(const Endpoint& wanted, const IsTaken& is_taken) {
    if (wanted.port != 0) return wanted;
    std::uint16_t& next = next_.try_emplace(wanted.address, first).first->second;
    for (unsigned tried = 0; tried <= last - first; ++tried) {
      const Endpoint candidate{wanted.address, next};
      next = next == last ? first : static_cast<std::uint16_t>(next + 1);
      if (!is_taken(candidate)) return candidate;
    }
    throw SetupError("no free port is left at " + wanted.address.text() + ": close some");
  }

 private:
  static constexpr std::uint16_t first = 49152;
  static constexpr std::uint16_t last = 65535;

  std::map<IpAddress, std::uint16_t> next_;
};

}  // namespace sipharness::world_sim
