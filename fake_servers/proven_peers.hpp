#pragma once
// Addresses that showed that they receive what a server sends them: they answered a request, or a
// tag that was sent there came back. The source of a datagram may be forged, so whoever showed
// nothing yet draws little.

#include <cstddef>

#include "fake_servers/recent_map.hpp"
#include "harness/base/endpoint.hpp"

namespace fake_servers {

class ProvenPeers {
 public:
  void note(const sipharness::IpAddress& address) { known_[{address, 0}] = true; }
  bool holds(const sipharness::IpAddress& address) { return known_.find({address, 0}) != nullptr; }

 private:
  static constexpr std::size_t remembered = 4'096;
  RecentMap<sipharness::Endpoint, bool, sipharness::EndpointHash> known_{remembered};
};

}  // namespace fake_servers
