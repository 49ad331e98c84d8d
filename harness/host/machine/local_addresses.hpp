#pragma once
// The addresses this machine has, interface by interface.

#include <string>
#include <vector>

#include "harness/base/endpoint.hpp"

namespace sipharness::host {

struct LocalAddress {
  std::string interface;
  IpAddress address;
  bool is_loopback = false;
  bool is_up = false;
};

/// In the kernel's order; IPv6 link-local ones are left out: they mean nothing without a zone.
std::vector<LocalAddress> local_addresses();

/// Whether a socket may be bound to it; all of 127.0.0.0/8 may.
bool is_local_address(const IpAddress& address);

}  // namespace sipharness::host
