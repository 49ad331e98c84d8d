#include "harness/packet/exported_pdu.hpp"

#include <algorithm>
#include <array>

#include "harness/packet/byte_reader.hpp"

namespace sipharness::packet {
namespace {

namespace tag {
constexpr std::uint16_t end = 0;
constexpr std::uint16_t dissector = 12;
constexpr std::uint16_t heuristic_dissector = 13;
constexpr std::uint16_t ipv4_source = 20;
constexpr std::uint16_t ipv4_destination = 21;
constexpr std::uint16_t ipv6_source = 22;
constexpr std::uint16_t ipv6_destination = 23;
constexpr std::uint16_t port_type = 24;
constexpr std::uint16_t source_port = 25;
constexpr std::uint16_t destination_port = 26;
}  // namespace tag

IpAddress address(std::string_view bytes) {
  const auto copy = [&](auto array) {
    std::copy(bytes.begin(), bytes.end(), array.begin());
    return array;
  };
  if (bytes.size() == 4) return IpAddress::v4(copy(std::array<std::uint8_t, 4>{}));
  if (bytes.size() == 16) return IpAddress::v6(copy(std::array<std::uint8_t, 16>{}));
  return {};
}

void take_tag(ExportedPdu& pdu, std::uint16_t number, std::string_view value) {
  constexpr std::uint32_t tcp = 2;
  switch (number) {
    case tag::dissector:
    case tag::heuristic_dissector:
      pdu.protocol = value.substr(0, value.find('\0'));
      return;
    case tag::ipv4_source:
    case tag::ipv6_source:
      pdu.source.address = address(value);
      return;
    case tag::ipv4_destination:
    case tag::ipv6_destination:
      pdu.destination.address = address(value);
      return;
    case tag::port_type:
      pdu.transport = ByteReader(value).u32() == tcp ? Transport::tcp : Transport::udp;
      return;
    case tag::source_port:
      pdu.source.port = static_cast<std::uint16_t>(ByteReader(value).u32());
      return;
    case tag::destination_port:
      pdu.destination.port = static_cast<std::uint16_t>(ByteReader(value).u32());
      return;
    default:
      return;
  }
}

}  // namespace

std::optional<ExportedPdu> decode_exported_pdu(std::string_view frame) {
  constexpr int most_tags = 256;
  ByteReader reader(frame);
  ExportedPdu pdu;
  for (int tags = 0; tags < most_tags; ++tags) {
    const std::uint16_t number = reader.u16();
    const std::string_view value = reader.take(reader.u16());
    if (!reader.ok()) return std::nullopt;
    if (number == tag::end) {
      pdu.payload = reader.rest();
      return pdu;
    }
    take_tag(pdu, number, value);
  }
  return std::nullopt;
}

}  // namespace sipharness::packet
