#pragma once
// Where the servers stand when --bind says so: on an address or an interface of this machine, all
// on one machine. Errors say what there is.
//  1. One address is shared: the scenario's ports tell the servers apart.
//  2. Two addresses are the primary's and the secondary's, in this order, a third one is the
//     spare's, which else shares the primary's; they are on one interface, since the capture is.
//  3. An interface stands for its first two addresses of the family of the scenario.

#include <string>
#include <vector>

#include "harness/host/machine/local_addresses.hpp"
#include "harness/stage/place/addresses.hpp"

namespace sipharness::stage {

/// `words` are addresses, interfaces, or several of them with commas; `present` is what this
/// machine has. Throws SetupError with the list of what there is.
Addresses bound_addresses(const std::vector<std::string>& words, bool ipv6,
                          const std::vector<host::LocalAddress>& present);

/// Throws SetupError if two servers of the scenario (with its addresses) are one endpoint.
void require_endpoints_of_their_own(const scenario::Scenario& scenario);

}  // namespace sipharness::stage
