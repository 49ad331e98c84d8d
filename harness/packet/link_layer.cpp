#include "harness/packet/link_layer.hpp"

#include "harness/packet/byte_reader.hpp"

namespace sipharness::packet {
namespace {

constexpr std::uint16_t ethertype_ipv4 = 0x0800;
constexpr std::uint16_t ethertype_ipv6 = 0x86dd;
constexpr std::uint16_t ethertype_vlan = 0x8100;
constexpr std::uint16_t ethertype_service_vlan = 0x88a8;
constexpr std::uint16_t ethertype_old_double_vlan = 0x9100;
constexpr int most_vlan_tags = 4;

bool is_vlan_tag(std::uint16_t ethertype) {
  return ethertype == ethertype_vlan || ethertype == ethertype_service_vlan ||
         ethertype == ethertype_old_double_vlan;
}

/// `reader` stands behind the EtherType field.
std::optional<std::string_view> behind_ethertype(std::uint16_t ethertype, ByteReader reader) {
  for (int tag = 0; tag < most_vlan_tags && is_vlan_tag(ethertype); ++tag) {
    reader.skip(2);
    ethertype = reader.u16();
  }
  if (!reader.ok() || (ethertype != ethertype_ipv4 && ethertype != ethertype_ipv6))
    return std::nullopt;
  return reader.rest();
}

}  // namespace

std::optional<std::string_view> without_link_layer(LinkType link, std::string_view frame) {
  ByteReader reader(frame);
  std::uint16_t ethertype = 0;
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
      ethertype = reader.u16();
      return behind_ethertype(ethertype, reader);
    case LinkType::linux_cooked:
      reader.skip(14);
      ethertype = reader.u16();
      return behind_ethertype(ethertype, reader);
    case LinkType::linux_cooked_2:
      ethertype = reader.u16();
      reader.skip(18);
      return behind_ethertype(ethertype, reader);
  }
  return std::nullopt;
}

}  // namespace sipharness::packet
