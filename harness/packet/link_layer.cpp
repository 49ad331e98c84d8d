#include "harness/packet/link_layer.hpp"

namespace sipharness::packet {
namespace {

namespace ethertype {
constexpr std::uint16_t ipv4 = 0x0800;
constexpr std::uint16_t ipv6 = 0x86dd;
constexpr std::uint16_t bridged = 0x6558;  // an Ethernet frame, in a tunnel
constexpr std::uint16_t vlan = 0x8100;
constexpr std::uint16_t service_vlan = 0x88a8;
constexpr std::uint16_t old_double_vlan = 0x9100;
constexpr std::uint16_t mpls = 0x8847;
constexpr std::uint16_t mpls_multicast = 0x8848;
constexpr std::uint16_t pppoe_session = 0x8864;
}  // namespace ethertype

/// policy: more than any network nests; it bounds what a hostile frame costs.
constexpr int most_layers = 8;

bool is_vlan_tag(std::uint16_t type) {
  return type == ethertype::vlan || type == ethertype::service_vlan ||
         type == ethertype::old_double_vlan;
}

unsigned version_at_front(const ByteReader& reader) {
  return reader.rest().empty() ? 0U : static_cast<unsigned char>(reader.rest().front()) >> 4U;
}

/// Takes a layer off that says what is behind it; false if `type` is none of those.
bool take_layer(std::uint16_t& type, ByteReader& reader) {
  if (is_vlan_tag(type)) {
    reader.skip(2);
  } else if (type == ethertype::bridged) {
    reader.skip(12);
  } else {
    return false;
  }
  type = reader.u16();
  return true;
}

/// A pseudowire has an Ethernet frame, behind a control word whose first four bits are zero.
std::optional<std::string_view> behind_labels(ByteReader reader) {
  constexpr unsigned bottom_of_stack = 0x100;
  for (int label = 0; label < most_layers; ++label)
    if ((reader.u32() & bottom_of_stack) != 0) break;
  if (!reader.ok()) return std::nullopt;
  const unsigned version = version_at_front(reader);
  if (version == 4 || version == 6) return reader.rest();
  if (version == 0) reader.skip(4);
  reader.skip(12);
  const std::uint16_t type = reader.u16();
  if (!reader.ok() || (type != ethertype::ipv4 && type != ethertype::ipv6)) return std::nullopt;
  return reader.rest();
}

}  // namespace

std::optional<std::string_view> behind_ethertype(std::uint16_t type, ByteReader reader) {
  for (int layer = 0; layer < most_layers; ++layer)
    if (!take_layer(type, reader)) break;
  if (type == ethertype::mpls || type == ethertype::mpls_multicast) return behind_labels(reader);
  if (type == ethertype::pppoe_session) {
    reader.skip(6);
    return behind_ppp(reader);
  }
  if (!reader.ok() || (type != ethertype::ipv4 && type != ethertype::ipv6)) return std::nullopt;
  return reader.rest();
}

/// @source RFC 1661 §2, §6.5, §6.6 (address and control, and a byte of the protocol, may be absent)
std::optional<std::string_view> behind_ppp(ByteReader reader) {
  constexpr std::uint16_t ppp_ipv4 = 0x0021;
  constexpr std::uint16_t ppp_ipv6 = 0x0057;
  if (reader.rest().starts_with("\xff\x03")) reader.skip(2);
  const bool is_short = !reader.rest().empty() && (reader.rest().front() & 1) != 0;
  const std::uint16_t number = is_short ? reader.u8() : reader.u16();
  if (!reader.ok() || (number != ppp_ipv4 && number != ppp_ipv6)) return std::nullopt;
  return reader.rest();
}

std::optional<std::string_view> without_link_layer(LinkType link, std::string_view frame) {
  ByteReader reader(frame);
  std::uint16_t type = 0;
  switch (link) {
    case LinkType::raw:
    case LinkType::ipv4:
    case LinkType::ipv6:
      return frame;
    case LinkType::null:
      // The family number is in the capturing host's byte order and differs by system; the IP
      // version nibble behind it says the same.
      reader.skip(4);
      if (!reader.ok()) return std::nullopt;
      return reader.rest();
    case LinkType::ethernet:
      reader.skip(12);
      type = reader.u16();
      return behind_ethertype(type, reader);
    case LinkType::linux_cooked:
      reader.skip(14);
      type = reader.u16();
      return behind_ethertype(type, reader);
    case LinkType::linux_cooked_2:
      type = reader.u16();
      reader.skip(18);
      return behind_ethertype(type, reader);
  }
  return std::nullopt;
}

}  // namespace sipharness::packet
