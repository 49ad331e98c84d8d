#pragma once
// Which part of the address space an address is of.

#include "harness/base/endpoint.hpp"

namespace sipharness {

/// Not reachable from the internet but through a NAT.
/// @source RFC 1918 §3; RFC 6598 §7 (carrier-grade NAT); RFC 4193 §3
bool is_private(const IpAddress& address);

/// Of one link only: nobody beyond it is reached there. @source RFC 3927 §2.1; RFC 4291 §2.5.6
bool is_link_local(const IpAddress& address);

}  // namespace sipharness
