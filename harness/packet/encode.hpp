#pragma once
// Ethernet frames out of datagrams, segments and ICMP errors, with right checksums. Used by the
// simulated world for everything it carries and by the real world's tap for what its sockets saw.
//  1. Source and destination are of one family (asserted).
//  2. Nothing is fragmented: the synthesised link takes any IP packet, up to 65535 bytes. A UDP
//     payload beyond max_udp_payload() is the caller's error (asserted).
//  3. MAC addresses are derived from the IP addresses. IP ids are the caller's to count.
/// @source IEEE 802.3; RFC 768, 791, 792, 1071, 4443 §3.1, 8200 §8.1, 9293 §3.1

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/endpoint.hpp"
#include "harness/base/unreachable.hpp"
#include "harness/packet/tcp_flags.hpp"

namespace sipharness::packet {

inline constexpr std::size_t ethernet_header_size = 14;
inline constexpr std::uint16_t ethernet_mss_v4 = 1460;
inline constexpr std::uint16_t ethernet_mss_v6 = 1440;

struct UdpDatagram {
  Endpoint source;
  Endpoint destination;
  std::uint16_t ip_id = 0;  ///< IPv4 only
  std::string_view payload;
};

struct TcpSegment {
  Endpoint source;
  Endpoint destination;
  std::uint16_t ip_id = 0;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;
  TcpFlags flags;
  std::uint16_t window = 65535;
  std::optional<std::uint16_t> maximum_segment_size;  ///< sent as an option, on a SYN
  std::string_view payload;
};

/// "I, `source`, could not deliver `original`", sent to whoever sent that.
struct IcmpUnreachable {
  IpAddress source;
  IpAddress destination;
  std::uint16_t ip_id = 0;
  Unreachable reason = Unreachable::port;
  /// The IP packet complained about; quoted up to 576 bytes (IPv4) or 1280 (IPv6) in all.
  std::string_view original;
};

std::string encode(const UdpDatagram& datagram);
std::string encode(const TcpSegment& segment);
std::string encode(const IcmpUnreachable& error);

/// 65507 bytes over IPv4, 65527 over IPv6.
std::size_t max_udp_payload(const IpAddress& destination);

}  // namespace sipharness::packet
