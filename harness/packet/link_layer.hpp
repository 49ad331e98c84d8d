#pragma once
// Takes the link layer off a frame, with what stands between it and the IP packet: VLAN tags, MPLS
// labels, a PPPoE session.
/// @source https://www.tcpdump.org/linktypes.html; IEEE 802.1Q; RFC 3032, 4385 (MPLS); RFC 2516
///         (PPPoE); IEEE 802.11 §9.2, §9.3.2 and RFC 1042 (Wi-Fi)

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "harness/packet/byte_reader.hpp"
#include "harness/packet/frame.hpp"

namespace sipharness::packet {

/// All that are decoded; the frames of `exported_pdu` hold no packet (exported_pdu.hpp).
inline constexpr std::array decoded_links{LinkType::null,         LinkType::loop,
                                          LinkType::ethernet,     LinkType::raw,
                                          LinkType::raw_bsd,      LinkType::raw_openbsd,
                                          LinkType::ipv4,         LinkType::ipv6,
                                          LinkType::linux_cooked, LinkType::linux_cooked_2,
                                          LinkType::ppp,          LinkType::ppp_serial,
                                          LinkType::ppp_ethernet, LinkType::cisco_hdlc,
                                          LinkType::wifi,         LinkType::wifi_radiotap,
                                          LinkType::nflog,        LinkType::apple_pktap,
                                          LinkType::exported_pdu};

constexpr bool is_decoded(LinkType link) {
  return std::ranges::find(decoded_links, link) != decoded_links.end();
}

/// Whether a link layer that is not decoded carries no IP: USB, Bluetooth, D-Bus, CAN.
bool carries_no_ip(LinkType link);

/// What a frame of Wi-Fi carries that is not decoded: "encrypted Wi-Fi", "A-MSDU", several packets
/// in one; empty: nothing of that kind.
std::string_view undecoded_wifi(LinkType link, std::string_view frame);

/// The IP packet with whatever padding follows it; nothing if the frame carries something else.
std::optional<std::string_view> without_link_layer(LinkType link, std::string_view frame);

/// The same behind an EtherType field, or behind the header of PPP's link.
std::optional<std::string_view> behind_ethertype(std::uint16_t ethertype, ByteReader reader);
std::optional<std::string_view> behind_ppp(ByteReader reader);

}  // namespace sipharness::packet
