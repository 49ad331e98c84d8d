#pragma once
// Where a host name leads, as far as the lookups in the capture tell. A capture often begins after
// them, or does not hold them at all.

#include <optional>
#include <string_view>

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// Whether a request for `uri` (a next hop, or a remote target) goes to `destination`: by its
/// address, or by the addresses that a name server gave for its name. Nothing: the capture does not
/// tell, or the URI cannot be read.
/// @source RFC 3263 §4.1, §4.2; RFC 3261 §18.1.1 (maddr)
std::optional<bool> leads_to(const Phone& phone, std::string_view uri, const Endpoint& destination);

}  // namespace sipharness::observed
