#pragma once
// From a frame's bytes down to transport headers. Bytes are hostile: every read is bounded, a
// header that does not hold together gives nothing, and a packet cut short by the capture says so
// instead of passing as a short one. Fragments are described, not put together (harness/capture
// does that). Views point into the bytes given and live as long as they do.
/// @source IEEE 802.3, 802.1Q; RFC 768, 791, 792, 4443 §3.1, 8200 §4, 9293 §3.1;
///         https://www.tcpdump.org/linktypes.html

#include <cstdint>
#include <optional>
#include <string_view>

#include "harness/base/endpoint.hpp"
#include "harness/base/unreachable.hpp"
#include "harness/packet/frame.hpp"
#include "harness/packet/tcp_flags.hpp"

namespace sipharness::packet {

/// Numbers of the protocol field (IPv4) and of the last next-header field (IPv6).
namespace protocol {
inline constexpr std::uint8_t icmp = 1;
inline constexpr std::uint8_t tcp = 6;
inline constexpr std::uint8_t udp = 17;
inline constexpr std::uint8_t icmpv6 = 58;
}  // namespace protocol

struct IpPacket {
  IpAddress source;
  IpAddress destination;
  std::uint8_t protocol = 0;          ///< behind any IPv6 extension headers
  std::uint32_t id = 0;               ///< IPv4: 16 bits; IPv6: of the fragment header, else 0
  bool more_fragments = false;        ///< fragments of this packet follow
  std::uint32_t fragment_offset = 0;  ///< in bytes
  bool truncated = false;             ///< the frame holds less than the IP header promises
  std::string_view header;            ///< the IP header with options and extension headers
  std::string_view payload;           ///< padding of short Ethernet frames is cut off

  bool is_fragment() const { return more_fragments || fragment_offset != 0; }
};

/// The IP packet in a frame; nothing if the frame carries none (ARP, LLDP) or it is broken.
std::optional<IpPacket> decode_frame(LinkType link, std::string_view frame);
/// The same without a link layer.
std::optional<IpPacket> decode_ip(std::string_view packet);

struct UdpHeader {
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  bool truncated = false;  ///< fewer bytes than the length field promises
  std::string_view payload;
};

/// Of a whole packet, or of one put together from fragments.
std::optional<UdpHeader> decode_udp(std::string_view ip_payload);

struct TcpHeader {
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;
  TcpFlags flags;
  std::uint16_t window = 0;
  std::optional<std::uint16_t> maximum_segment_size;
  std::string_view payload;
};

std::optional<TcpHeader> decode_tcp(std::string_view ip_payload);

/// A destination-unreachable message and the packet it complains about.
struct IcmpError {
  Unreachable reason = Unreachable::port;
  Transport transport = Transport::udp;
  Endpoint original_source;
  Endpoint original_destination;
};

/// Of an ICMP or ICMPv6 packet; nothing for any other type of message or another transport inside.
std::optional<IcmpError> decode_icmp_error(const IpPacket& packet);

/// Whether the IPv4 header's checksum and the transport's are right. Fragments and truncated
/// packets are not judged (true), nor is a UDP checksum of zero over IPv4. To be asked of
/// synthesised captures only: offloading leaves checksums unfinished in live ones.
bool has_right_checksums(const IpPacket& packet);

/// What checksums say of the bytes. One that is left to the network card says nothing: it is zero,
/// or the sum of the pseudo-header alone. Of fragments and truncated packets only the IPv4 header
/// is looked at.
enum class Soundness : std::uint8_t {
  sound,
  bit_turned,  ///< off by a power of two: as if one bit had been turned on the way
  changed      ///< by anything else: whoever edits a capture leaves them so
};
Soundness soundness_of(const IpPacket& packet);

}  // namespace sipharness::packet
