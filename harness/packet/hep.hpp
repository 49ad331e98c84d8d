#pragma once
// HEP, version 3: what SIP servers and capture agents send to a collector (HOMER). Each datagram is
// a message with its own time and addresses; of the packet that it came in nothing else is left.
/// @source HEP/EEP protocol revision 3 §4 (sipcapture/HEP), "HEP3" and its chunks

#include <optional>
#include <string_view>

#include "harness/base/endpoint.hpp"
#include "harness/base/time.hpp"

namespace sipharness::packet {

/// What every message begins with.
inline constexpr std::string_view hep_magic = "HEP3";

struct HepPacket {
  Transport transport = Transport::udp;
  Endpoint source;
  Endpoint destination;
  CaptureTime at;            ///< by the clock of the agent
  std::string_view payload;  ///< into the bytes given
};

/// From the payload of a datagram to any port. Nothing of what is no SIP (RTCP reports, logs), is
/// compressed, or does not hold together.
std::optional<HepPacket> decode_hep(std::string_view payload);

}  // namespace sipharness::packet
