#pragma once
// HEP: what SIP servers and capture agents send to a collector (HOMER). Each datagram is a message
// with its own addresses and, from version 2 on, its own time; of the packet that it came in
// nothing else is left.
/// @source HEP/EEP protocol revision 3 §4 (sipcapture/HEP), "HEP3" and its chunks; revisions 1 and
/// 2:
///         struct hep_hdr, hep_iphdr, hep_ip6hdr, hep_timehdr of siptrace and captagent

#include <optional>
#include <string_view>

#include "harness/base/endpoint.hpp"
#include "harness/base/time.hpp"

namespace sipharness::packet {

/// What a message of version 3 begins with.
inline constexpr std::string_view hep_magic = "HEP3";

struct HepPacket {
  Transport transport = Transport::udp;
  Endpoint source;
  Endpoint destination;
  std::optional<CaptureTime> at;  ///< by the clock of the agent; version 1 tells none
  std::string_view payload;       ///< into the bytes given
};

/// From the payload of a datagram to any port. Nothing of what is no SIP (RTCP reports, logs), is
/// compressed, or does not hold together.
std::optional<HepPacket> decode_hep(std::string_view payload);

/// What version 3 is called that is not decoded: "HEP", "compressed HEP"; empty: it is none.
std::string_view hep_name(std::string_view payload);

}  // namespace sipharness::packet
