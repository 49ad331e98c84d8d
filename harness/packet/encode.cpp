#include "harness/packet/encode.hpp"

#include <algorithm>

#include "harness/base/assert.hpp"
#include "harness/packet/checksum.hpp"
#include "harness/packet/decode.hpp"

namespace sipharness::packet {
namespace {

constexpr std::size_t ipv4_header_size = 20;
constexpr std::size_t ipv6_header_size = 40;
constexpr std::size_t udp_header_size = 8;
constexpr std::size_t tcp_header_size = 20;
constexpr std::size_t icmp_header_size = 8;
constexpr std::size_t most_ip_bytes = 65535;
constexpr std::size_t most_icmp_bytes_v4 = 576;   // RFC 1812 §4.3.2.3
constexpr std::size_t most_icmp_bytes_v6 = 1280;  // RFC 4443 §3.1: the minimum MTU
constexpr std::size_t udp_checksum_at = 6;
constexpr std::size_t tcp_checksum_at = 16;
constexpr std::size_t icmp_checksum_at = 2;

void put_u8(std::string& bytes, std::size_t value) {
  bytes += static_cast<char>(value & 0xffU);
}

void put_u16(std::string& bytes, std::size_t value) {
  put_u8(bytes, value >> 8U);
  put_u8(bytes, value);
}

void put_u32(std::string& bytes, std::size_t value) {
  put_u16(bytes, value >> 16U);
  put_u16(bytes, value);
}

void set_u16(std::string& bytes, std::size_t at, std::uint16_t value) {
  bytes[at] = static_cast<char>(value >> 8U);
  bytes[at + 1] = static_cast<char>(value & 0xffU);
}

void put_address(std::string& bytes, const IpAddress& address) {
  bytes.append(reinterpret_cast<const char*>(address.bytes().data()), address.is_v4() ? 4 : 16);
}

/// Locally administered; the last four bytes of the address tell hosts apart when read by people.
void put_mac(std::string& bytes, const IpAddress& address) {
  const std::size_t size = address.is_v4() ? 4 : 16;
  put_u8(bytes, 0x02);
  put_u8(bytes, address.is_v4() ? 0x04 : 0x06);
  bytes.append(reinterpret_cast<const char*>(address.bytes().data()) + size - 4, 4);
}

struct IpFields {
  IpAddress source;
  IpAddress destination;
  std::uint8_t protocol = 0;
  std::uint16_t id = 0;
};

void put_ipv4_header(std::string& bytes, const IpFields& fields, std::size_t payload_size) {
  constexpr std::size_t dont_fragment = 0x4000;
  const std::size_t start = bytes.size();
  put_u16(bytes, 0x4500);
  put_u16(bytes, ipv4_header_size + payload_size);
  put_u16(bytes, fields.id);
  put_u16(bytes, dont_fragment);
  put_u8(bytes, 64);
  put_u8(bytes, fields.protocol);
  put_u16(bytes, 0);
  put_address(bytes, fields.source);
  put_address(bytes, fields.destination);
  set_u16(bytes, start + 10, internet_checksum(std::string_view(bytes).substr(start)));
}

void put_ipv6_header(std::string& bytes, const IpFields& fields, std::size_t payload_size) {
  put_u32(bytes, 0x60000000);
  put_u16(bytes, payload_size);
  put_u8(bytes, fields.protocol);
  put_u8(bytes, 64);
  put_address(bytes, fields.source);
  put_address(bytes, fields.destination);
}

/// Ethernet and IP headers for a payload of the given size that the caller appends.
std::string start_frame(const IpFields& fields, std::size_t payload_size) {
  const bool is_v4 = fields.source.is_v4();
  SIPHARNESS_ASSERT(is_v4 == fields.destination.is_v4(), fields.source.text(), TimePoint{});
  SIPHARNESS_ASSERT(payload_size <= most_ip_bytes - (is_v4 ? ipv4_header_size : 0),
                    fields.source.text(), TimePoint{});
  std::string bytes;
  bytes.reserve(ethernet_header_size + ipv6_header_size + payload_size);
  put_mac(bytes, fields.destination);
  put_mac(bytes, fields.source);
  put_u16(bytes, is_v4 ? 0x0800 : 0x86dd);
  is_v4 ? put_ipv4_header(bytes, fields, payload_size)
        : put_ipv6_header(bytes, fields, payload_size);
  return bytes;
}

/// The checksum over the IP payload, pseudo-header included.
std::uint16_t checksum_of(const IpFields& fields, std::string_view payload) {
  return transport_checksum(fields.source, fields.destination, fields.protocol, payload);
}

}  // namespace

std::string encode(const UdpDatagram& datagram) {
  const IpFields fields{datagram.source.address, datagram.destination.address, protocol::udp,
                        datagram.ip_id};
  const std::size_t size = udp_header_size + datagram.payload.size();
  std::string frame = start_frame(fields, size);
  const std::size_t start = frame.size();
  put_u16(frame, datagram.source.port);
  put_u16(frame, datagram.destination.port);
  put_u16(frame, size);
  put_u16(frame, 0);
  frame += datagram.payload;
  const std::uint16_t checksum = checksum_of(fields, std::string_view(frame).substr(start));
  // RFC 768: zero means "no checksum"; a computed zero is sent as all ones.
  set_u16(frame, start + udp_checksum_at, checksum == 0 ? 0xffffU : checksum);
  return frame;
}

std::string encode(const TcpSegment& segment) {
  constexpr std::size_t mss_option = 0x0204;
  const IpFields fields{segment.source.address, segment.destination.address, protocol::tcp,
                        segment.ip_id};
  const std::size_t header_size = tcp_header_size + (segment.maximum_segment_size ? 4U : 0U);
  std::string frame = start_frame(fields, header_size + segment.payload.size());
  const std::size_t start = frame.size();
  put_u16(frame, segment.source.port);
  put_u16(frame, segment.destination.port);
  put_u32(frame, segment.sequence);
  put_u32(frame, segment.acknowledgement);
  put_u8(frame, header_size / 4 << 4U);
  put_u8(frame, segment.flags.bits());
  put_u16(frame, segment.window);
  put_u32(frame, 0);
  if (segment.maximum_segment_size) {
    put_u16(frame, mss_option);
    put_u16(frame, *segment.maximum_segment_size);
  }
  frame += segment.payload;
  set_u16(frame, start + tcp_checksum_at,
          checksum_of(fields, std::string_view(frame).substr(start)));
  return frame;
}

namespace {

struct TypeAndCode {
  std::uint8_t type;
  std::uint8_t code;
};

TypeAndCode icmp_code(Unreachable reason) {
  switch (reason) {
    case Unreachable::port:
      return {3, 3};
    case Unreachable::host:
      return {3, 1};
    case Unreachable::network:
      return {3, 0};
    case Unreachable::administratively:
      return {3, 13};
  }
  return {3, 1};
}

TypeAndCode icmpv6_code(Unreachable reason) {
  switch (reason) {
    case Unreachable::port:
      return {1, 4};
    case Unreachable::host:
      return {1, 3};
    case Unreachable::network:
      return {1, 0};
    case Unreachable::administratively:
      return {1, 1};
  }
  return {1, 3};
}

}  // namespace

std::string encode(const IcmpUnreachable& error) {
  const bool is_v4 = error.source.is_v4();
  const IpFields fields{error.source, error.destination, is_v4 ? protocol::icmp : protocol::icmpv6,
                        error.ip_id};
  const std::size_t room = is_v4 ? most_icmp_bytes_v4 - ipv4_header_size - icmp_header_size
                                 : most_icmp_bytes_v6 - ipv6_header_size - icmp_header_size;
  const std::string_view quoted = error.original.substr(0, room);
  const TypeAndCode kind = is_v4 ? icmp_code(error.reason) : icmpv6_code(error.reason);
  std::string frame = start_frame(fields, icmp_header_size + quoted.size());
  const std::size_t start = frame.size();
  put_u8(frame, kind.type);
  put_u8(frame, kind.code);
  put_u16(frame, 0);
  put_u32(frame, 0);
  frame += quoted;
  const std::string_view message = std::string_view(frame).substr(start);
  set_u16(frame, start + icmp_checksum_at,
          is_v4 ? internet_checksum(message) : checksum_of(fields, message));
  return frame;
}

std::size_t max_udp_payload(const IpAddress& destination) {
  return most_ip_bytes - udp_header_size - (destination.is_v4() ? ipv4_header_size : 0);
}

}  // namespace sipharness::packet
