#pragma once
// Who is who in a trace: which endpoints are the servers, which are devices, and therefore which
// way every message went.
//  1. In a run it is known; a foreign capture (no journal) may hold anything: a proxy's own legs,
//     both sides of a NAT, strangers. Those are told apart, and Flow::left_out says why a flow is
//     nobody's.
//  2. All is found from the flows and from two passes over the messages' places.

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

/// The same trace with other servers (Trace::other_roles, or its own again).
void change_servers(Trace& trace, const std::vector<Server>& servers,
                    const std::optional<Tested>& tested);

}  // namespace sipharness::trace
