#pragma once
// Which addresses the servers of a run may send to on a peer's word, beside the peer's own
// (fake_servers/allowed_targets.hpp).

#include <vector>

#include "harness/base/address_prefix.hpp"
#include "harness/stage/production.hpp"

namespace sipharness::stage {

/// Those that --allow-targets names, that of the phone, and those of a device that the harness
/// itself starts: a softphone may choose any of this machine's. Where the servers stand on loopback
/// every device is a program of this machine, which may name the machine's addresses on networks.
std::vector<AddressPrefix> allowed_targets(const Production& production);

/// Of the phone's web interface: HOST[:PORT] of --phone-address; nothing if it is none.
std::optional<Endpoint> phone_endpoint(const DeviceChoice& device);

}  // namespace sipharness::stage
