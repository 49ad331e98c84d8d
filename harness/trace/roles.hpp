#pragma once
// Who is who in a trace: which endpoints are the servers, which are devices, and therefore which
// way every message went.

#include "harness/trace/trace.hpp"

namespace sipharness::trace {

/// Where the servers are known from.
enum class RoleSource : std::uint8_t { scenario, traffic };

/// Infers Trace::servers if they come from the traffic; fills Trace::devices and the role,
/// direction and device of messages, malformed bytes, transport failures and stream marks. Drops
/// stream marks that no server takes part in and ICMP errors that went to a server. A scenario
/// always has at least one device, even one that never spoke; where only some are `tested`, one of
/// them.
void assign_roles(Trace& trace, RoleSource source, const std::optional<Tested>& tested = {});

}  // namespace sipharness::trace
