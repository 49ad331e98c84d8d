#include "harness/packet/link_layer.hpp"

#include <algorithm>
#include <array>

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

std::uint16_t little_u16(ByteReader& reader) {
  return __builtin_bswap16(reader.u16());
}

std::optional<std::string_view> behind_header(std::string_view frame, std::size_t size) {
  return size <= frame.size() ? std::optional(frame.substr(size)) : std::nullopt;
}

/// Behind an EtherType with so many bytes before and after it.
std::optional<std::string_view> behind_type_at(std::string_view frame, std::size_t before,
                                               std::size_t after) {
  ByteReader reader(frame);
  reader.skip(before);
  const std::uint16_t type = reader.u16();
  reader.skip(after);
  return behind_ethertype(type, reader);
}

constexpr unsigned wifi_data_mask = 0x0f;  // version and type of the frame control
constexpr unsigned wifi_data = 0x08;

/// Its length is in the second pair of bytes.
std::string_view behind_radiotap(std::string_view frame) {
  ByteReader reader(frame);
  reader.skip(2);
  const std::size_t size = little_u16(reader);
  return behind_header(frame, size).value_or(std::string_view());
}

struct WifiHeader {
  bool is_data = false;
  bool is_protected = false;
  bool is_aggregate = false;  ///< it carries several packets (A-MSDU)
};

/// The frame control says which fields there are; nothing of a frame that is cut in them.
std::optional<WifiHeader> read_wifi_header(ByteReader& reader) {
  const unsigned control = reader.u8();
  const unsigned flags = reader.u8();
  const bool has_quality = (control & 0x80U) != 0;
  const bool is_between_access_points = (flags & 0x03U) == 0x03U;
  const bool has_more_control = has_quality && (flags & 0x80U) != 0;
  reader.skip(22 + (is_between_access_points ? 6 : 0));
  const bool is_aggregate = has_quality && (reader.u8() & 0x80U) != 0;
  reader.skip((has_quality ? 1 : 0) + (has_more_control ? 4 : 0));
  if (!reader.ok()) return std::nullopt;
  return WifiHeader{(control & wifi_data_mask) == wifi_data, (flags & 0x40U) != 0, is_aggregate};
}

/// A data frame with one packet behind LLC and SNAP.
std::optional<std::string_view> behind_wifi(ByteReader reader) {
  constexpr std::string_view snap("\xaa\xaa\x03\0\0\0", 6);
  const auto header = read_wifi_header(reader);
  const bool is_plain = header && header->is_data && !header->is_protected && !header->is_aggregate;
  if (!is_plain || reader.take(snap.size()) != snap) return std::nullopt;
  const std::uint16_t type = reader.u16();
  return behind_ethertype(type, reader);
}

/// Attributes, in the byte order of the capturing host; the packet is one of them.
std::optional<std::string_view> behind_nflog(std::string_view frame) {
  constexpr std::uint16_t payload = 9;
  constexpr int most_attributes = 64;
  ByteReader reader(frame);
  reader.skip(4);
  for (int attribute = 0; attribute < most_attributes && reader.ok(); ++attribute) {
    std::size_t size = little_u16(reader);
    std::uint16_t type = little_u16(reader);
    if (size < 4 || size - 4 > reader.rest().size()) {
      size = __builtin_bswap16(static_cast<std::uint16_t>(size));
      type = __builtin_bswap16(type);
    }
    if (size < 4) return std::nullopt;
    const std::string_view value = reader.take(size - 4);
    if (type == payload && reader.ok()) return value;
    reader.skip((4 - size % 4) % 4);
  }
  return std::nullopt;
}

/// A header that says its size and the link type of the frame behind it.
/// @source Apple's bsd/net/pktap.h
std::optional<std::string_view> behind_pktap(std::string_view frame) {
  ByteReader reader(frame);
  const std::size_t size = __builtin_bswap32(reader.u32());
  reader.skip(4);
  const auto link = static_cast<LinkType>(__builtin_bswap32(reader.u32()));
  const auto inner = behind_header(frame, size);
  if (!reader.ok() || !inner || link == LinkType::apple_pktap) return std::nullopt;
  return without_link_layer(link, *inner);
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

bool carries_no_ip(LinkType link) {
  // USB, Bluetooth, IEEE 802.15.4, CAN, D-Bus, netlink, NFC and journals: linktypes.html.
  constexpr std::array numbers{186, 187, 189, 190, 195, 201, 215, 220, 227, 230, 231,
                               245, 247, 249, 251, 253, 254, 255, 256, 266, 283};
  return std::ranges::find(numbers, static_cast<int>(link)) != numbers.end();
}

std::string_view undecoded_wifi(LinkType link, std::string_view frame) {
  if (link == LinkType::wifi_radiotap)
    frame = behind_radiotap(frame);
  else if (link != LinkType::wifi)
    return {};
  ByteReader reader(frame);
  const auto header = read_wifi_header(reader);
  if (!header || !header->is_data) return {};
  if (header->is_protected) return "encrypted Wi-Fi";
  return header->is_aggregate ? "A-MSDU" : "";
}

std::optional<std::string_view> without_link_layer(LinkType link, std::string_view frame) {
  ByteReader reader(frame);
  switch (link) {
    case LinkType::raw:
    case LinkType::raw_bsd:
    case LinkType::raw_openbsd:
    case LinkType::ipv4:
    case LinkType::ipv6:
      return frame;
    case LinkType::null:
    case LinkType::loop:
      // The family number is in the capturing host's byte order and differs by system; the IP
      // version nibble behind it says the same.
      return behind_header(frame, 4);
    case LinkType::ethernet:
      return behind_type_at(frame, 12, 0);
    case LinkType::cisco_hdlc:
      return behind_type_at(frame, 2, 0);
    case LinkType::linux_cooked:
      return behind_type_at(frame, 14, 0);
    case LinkType::linux_cooked_2:
      return behind_type_at(frame, 0, 18);
    case LinkType::ppp:
    case LinkType::ppp_serial:
      return behind_ppp(reader);
    case LinkType::ppp_ethernet:
      reader.skip(6);
      return behind_ppp(reader);
    case LinkType::wifi:
      return behind_wifi(reader);
    case LinkType::wifi_radiotap:
      return behind_wifi(ByteReader(behind_radiotap(frame)));
    case LinkType::nflog:
      return behind_nflog(frame);
    case LinkType::apple_pktap:
      return behind_pktap(frame);
    case LinkType::exported_pdu:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace sipharness::packet
