#pragma once
// The addresses of a run. Every address of 127.0.0.0/8 is local without any set-up, so parallel
// runs in real time get a 127.x.y of their own; the simulated world needs no such care.

#include <optional>
#include <vector>

#include "harness/base/endpoint.hpp"
#include "harness/scenario/scenario.hpp"

namespace sipharness::stage {

struct Addresses {
  IpAddress primary;
  IpAddress secondary;
  Endpoint device;  ///< port 0: any
  IpAddress name_server;
  IpAddress spare;
};

/// 127.0.0.11, .12, .1, .13 and .14; over IPv6 fd00::11, ::12, ::1, ::13, ::14 when simulated, ::1
/// alone when real.
Addresses default_addresses(bool ipv6, bool simulated);

/// 127.x.y.11, .12, .1, .13, .14 for the `slot`-th parallel run of this process.
Addresses addresses_of_slot(unsigned slot);

/// Where so many devices live: the first at its own address, the others at 127.0.1.1 to .254,
/// 127.0.2.1, … or fd00::1:1, … with its port. More than one only in the simulated world.
std::vector<Endpoint> device_endpoints(const Endpoint& first, unsigned devices);

/// Where a device at that address moves, and from there back: 127.x.y.h and 127.(x xor 128).y.h,
/// fdxx::h and fd(xx xor 80)::h. Nothing where no second address is this machine's.
std::optional<IpAddress> elsewhere_from(const IpAddress& address);

/// The scenario with every address it leaves open filled in.
scenario::Scenario with_addresses(scenario::Scenario scenario, const Addresses& addresses);

}  // namespace sipharness::stage
