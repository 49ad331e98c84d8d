#pragma once
// Takes the link layer off a frame, with what stands between it and the IP packet: VLAN tags, MPLS
// labels, a PPPoE session.
/// @source https://www.tcpdump.org/linktypes.html; IEEE 802.1Q; RFC 3032, 4385 (MPLS); RFC 2516
///         (PPPoE)

#include <cstdint>
#include <optional>
#include <string_view>

#include "harness/packet/byte_reader.hpp"
#include "harness/packet/frame.hpp"

namespace sipharness::packet {

/// The IP packet with whatever padding follows it; nothing if the frame carries something else.
std::optional<std::string_view> without_link_layer(LinkType link, std::string_view frame);

/// The same behind an EtherType field, or behind the header of PPP's link.
std::optional<std::string_view> behind_ethertype(std::uint16_t ethertype, ByteReader reader);
std::optional<std::string_view> behind_ppp(ByteReader reader);

}  // namespace sipharness::packet
