#pragma once
// When a server was out, as far as a phone is concerned: as the journal says; without one, as the
// phone's own requests show that drew nothing until they timed out, or were refused.
// @source ALG-OUT: requirements §0.4

#include <array>
#include <vector>

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// By server.
std::array<std::vector<Outage>, 3> find_seen_outages(const Phone& phone);

/// In the order of their beginnings.
const std::vector<Outage>& outages(const Phone& phone, ServerRole server);

/// The server is out, or the device thinks so (known_down).
bool is_lost(const Phone& phone, ServerRole server, CaptureTime at);

/// The other server was out at some time of the outage, and came back too, as the journal says.
bool was_of_both(const Phone& phone, const Outage& outage);

}  // namespace sipharness::observed
