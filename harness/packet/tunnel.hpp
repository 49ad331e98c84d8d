#pragma once
// What stands in the way of the packet that a phone sent: tunnels and taps that wrap a packet into
// another. Those that are simple are opened; the others are named.
//  1. Views point into the bytes given.
//  2. One layer is taken off; what is inside may be a tunnel again.
/// @source RFC 2003, 2473, 4213 (IP in IP); RFC 2784, 2890 (GRE); draft-foschiano-erspan; RFC 7348
///         (VXLAN); RFC 8926 (Geneve); RFC 4302 (AH); TaZmen Sniffer Protocol

#include <optional>
#include <string_view>

#include "harness/packet/decode.hpp"

namespace sipharness::packet {

struct Tunnel {
  std::string_view name{};          ///< "GRE", "ESP"; empty: the packet is none
  bool is_decoded = false;          ///< else nothing is known of what is inside
  std::optional<IpPacket> inner{};  ///< of one that is decoded; nothing: it carries no IP
};

/// Of a whole packet, or of one put together from fragments.
Tunnel open_tunnel(const IpPacket& packet);

}  // namespace sipharness::packet
