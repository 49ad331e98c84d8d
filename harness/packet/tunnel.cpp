#include "harness/packet/tunnel.hpp"

#include <algorithm>
#include <array>

#include "harness/packet/byte_reader.hpp"
#include "harness/packet/hep.hpp"
#include "harness/packet/link_layer.hpp"

namespace sipharness::packet {
namespace {

/// @source IANA, Assigned Internet Protocol Numbers
namespace number {
constexpr std::uint8_t ipv4 = 4;
constexpr std::uint8_t ipv6 = 41;
constexpr std::uint8_t gre = 47;
constexpr std::uint8_t authentication = 51;
}  // namespace number

constexpr std::uint16_t vxlan_port = 4789;
constexpr std::uint16_t geneve_port = 6081;
constexpr std::uint16_t tzsp_port = 37008;

struct Named {
  std::uint8_t number;
  std::string_view name;
};
constexpr std::array protocols_not_decoded{Named{50, "ESP"}, Named{89, "OSPF"},
                                           Named{98, "ETHERIP"}, Named{115, "L2TP"},
                                           Named{132, "SCTP"}};
std::string_view name_of(std::uint8_t protocol) {
  const auto found = std::ranges::find(protocols_not_decoded, protocol, &Named::number);
  return found == protocols_not_decoded.end() ? std::string_view() : found->name;
}

Tunnel opened(std::string_view name, std::optional<std::string_view> packet) {
  return {name, true, packet ? decode_ip(*packet) : std::nullopt};
}

/// The mirrored frame behind a GRE header. Type I has no header of its own: no sequence number.
std::optional<std::string_view> mirrored(ByteReader reader, std::uint16_t ether_type,
                                         bool has_sequence) {
  constexpr std::uint16_t type_three = 0x22eb;
  if (ether_type == type_three) {
    reader.skip(10);
    const bool has_subheader = (reader.u16() & 1U) != 0;
    reader.skip(has_subheader ? 8 : 0);
  } else if (has_sequence) {
    reader.skip(8);
  }
  if (!reader.ok()) return std::nullopt;
  return without_link_layer(LinkType::ethernet, reader.rest());
}

Tunnel open_gre(std::string_view payload) {
  constexpr std::uint16_t erspan_type_two = 0x88be;
  constexpr std::uint16_t erspan_type_three = 0x22eb;
  ByteReader reader(payload);
  const unsigned flags = reader.u16();
  const std::uint16_t ether_type = reader.u16();
  const bool has_sequence = (flags & 0x1000U) != 0;
  const bool is_enhanced = (flags & 7U) == 1;  // PPTP: RFC 2637 §4.1
  if ((flags & 0x8000U) != 0) reader.skip(4);
  if ((flags & 0x2000U) != 0) reader.skip(4);
  if (has_sequence) reader.skip(4);
  if (is_enhanced && (flags & 0x0080U) != 0) reader.skip(4);
  if (!reader.ok() || (flags & 7U) > 1 || (flags & 0x4000U) != 0) return {.name = "GRE"};
  if (is_enhanced) return opened("PPTP", behind_ppp(reader));
  if (ether_type == erspan_type_two || ether_type == erspan_type_three)
    return opened("ERSPAN", mirrored(reader, ether_type, has_sequence));
  return opened("GRE", behind_ethertype(ether_type, reader));
}

/// Nothing of a datagram that only has the port: it may be anything.
Tunnel open_vxlan(std::string_view payload) {
  ByteReader reader(payload);
  const std::uint8_t flags = reader.u8();
  reader.skip(7);
  if (!reader.ok() || (flags & 0x08U) == 0) return {};
  return opened("VXLAN", without_link_layer(LinkType::ethernet, reader.rest()));
}

Tunnel open_geneve(std::string_view payload) {
  ByteReader reader(payload);
  const unsigned first = reader.u8();
  reader.skip(1);
  const std::uint16_t ether_type = reader.u16();
  reader.skip(4 + std::size_t{4} * (first & 0x3fU));
  if (!reader.ok() || (first & 0xc0U) != 0) return {};
  return opened("Geneve", behind_ethertype(ether_type, reader));
}

/// Tags up to the one that ends them, then the frame.
Tunnel open_tzsp(std::string_view payload) {
  constexpr std::uint8_t padding = 0;
  constexpr std::uint8_t end = 1;
  constexpr std::uint16_t ethernet = 1;
  ByteReader reader(payload);
  const std::uint8_t version = reader.u8();
  const std::uint8_t type = reader.u8();
  const std::uint16_t encapsulated = reader.u16();
  if (!reader.ok() || version != 1 || type > 1) return {};
  if (encapsulated != ethernet) return {.name = "TZSP"};
  for (std::uint8_t tag = reader.u8(); tag != end && reader.ok(); tag = reader.u8())
    if (tag != padding) reader.skip(reader.u8());
  if (!reader.ok()) return {.name = "TZSP"};
  return opened("TZSP", without_link_layer(LinkType::ethernet, reader.rest()));
}

/// By port and by how it begins: a port alone may be anybody's.
/// @source RFC 3948 §2 (no keep-alive and no key exchange), RFC 2661 §3.1, 3GPP TS 29.281 §5.1
std::string_view udp_tunnel_name(std::uint16_t port, std::string_view payload) {
  constexpr std::string_view zeros("\0\0\0\0", 4);
  ByteReader reader(payload);
  const unsigned first = reader.u16();
  if (!reader.ok()) return {};
  switch (port) {
    case 1701:
      return (first & 0x34ffU) == 2 ? "L2TP" : "";
    case 2152:
      return first >> 12U == 3 ? "GTP" : "";
    case 4500:
      return payload.size() > 8 && !payload.starts_with(zeros) ? "ESP over UDP" : "";
    case 51820:
      return first >= 0x100 && first <= 0x400 && payload.substr(1, 3) == zeros.substr(1)
                 ? "WireGuard"
                 : "";
    default:
      return {};
  }
}

Tunnel open_udp(std::string_view ip_payload) {
  ByteReader ports(ip_payload.substr(0, std::min<std::size_t>(ip_payload.size(), 4)));
  ports.skip(2);
  const std::uint16_t port = ports.u16();
  const std::string_view payload = ip_payload.substr(std::min<std::size_t>(ip_payload.size(), 8));
  if (port == vxlan_port) return open_vxlan(payload);
  if (port == geneve_port) return open_geneve(payload);
  if (port == tzsp_port) return open_tzsp(payload);
  const std::string_view hep = hep_name(payload);
  return {.name = hep.empty() ? udp_tunnel_name(port, payload) : hep};
}

Tunnel open_authentication(const IpPacket& packet) {
  ByteReader reader(packet.payload);
  IpPacket inner = packet;
  inner.protocol = reader.u8();
  reader.skip(std::size_t{4} * reader.u8() + 6);
  if (!reader.ok()) return {.name = "AH"};
  inner.payload = reader.rest();
  return {"AH", true, inner};
}

}  // namespace

Tunnel open_tunnel(const IpPacket& packet) {
  switch (packet.protocol) {
    case protocol::tcp:
    case protocol::icmp:
    case protocol::icmpv6:
      return {};
    case protocol::udp:
      return open_udp(packet.payload);
    case number::ipv4:
    case number::ipv6:
      return opened("IP in IP", packet.payload);
    case number::gre:
      return open_gre(packet.payload);
    case number::authentication:
      return open_authentication(packet);
    default:
      return {.name = name_of(packet.protocol)};
  }
}

}  // namespace sipharness::packet
