#include "harness/packet/decode.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "harness/packet/byte_reader.hpp"
#include "harness/packet/checksum.hpp"
#include "harness/packet/link_layer.hpp"

namespace sipharness::packet {
namespace {

constexpr int most_extension_headers = 16;

namespace next_header {
constexpr std::uint8_t hop_by_hop = 0;
constexpr std::uint8_t routing = 43;
constexpr std::uint8_t fragment = 44;
constexpr std::uint8_t authentication = 51;
constexpr std::uint8_t destination_options = 60;
}  // namespace next_header

template <std::size_t Size>
std::array<std::uint8_t, Size> take_array(ByteReader& reader) {
  std::array<std::uint8_t, Size> bytes{};
  const std::string_view taken = reader.take(Size);
  std::copy(taken.begin(), taken.end(), bytes.begin());
  return bytes;
}

void set_fragment(IpPacket& packet, bool more_fragments, unsigned offset_in_eights) {
  packet.more_fragments = more_fragments;
  packet.fragment_offset = offset_in_eights * 8U;
}

/// Splits `bytes` at `header_size`; the payload ends where the header says, or where the bytes do.
void set_payload(IpPacket& packet, std::string_view bytes, std::size_t header_size,
                 std::size_t total_size) {
  packet.truncated = total_size > bytes.size();
  packet.header = bytes.substr(0, header_size);
  packet.payload = bytes.substr(0, std::min(total_size, bytes.size())).substr(header_size);
}

std::optional<IpPacket> decode_ipv4(std::string_view bytes) {
  ByteReader reader(bytes);
  std::optional<IpPacket> decoded(std::in_place);
  IpPacket& packet = *decoded;
  const std::size_t header_size = std::size_t{4} * (reader.u8() & 0x0fU);
  reader.skip(1);
  std::size_t total_size = reader.u16();
  packet.id = reader.u16();
  const unsigned fragment = reader.u16();
  set_fragment(packet, (fragment & 0x2000U) != 0, fragment & 0x1fffU);
  reader.skip(1);
  packet.protocol = reader.u8();
  reader.skip(2);
  packet.source = IpAddress::v4(take_array<4>(reader));
  packet.destination = IpAddress::v4(take_array<4>(reader));
  // Segmentation offload leaves the length of an outgoing packet zero: then it is all there is.
  if (total_size == 0) total_size = bytes.size();
  if (reader.ok() && header_size >= 20 && header_size <= bytes.size() && total_size >= header_size)
    set_payload(packet, bytes, header_size, total_size);
  else
    decoded.reset();
  return decoded;
}

bool is_extension(std::uint8_t header) {
  return header == next_header::hop_by_hop || header == next_header::routing ||
         header == next_header::fragment || header == next_header::authentication ||
         header == next_header::destination_options;
}

/// Reads the extension header `packet.protocol` names and puts the one it names in its place.
void skip_extension(IpPacket& packet, ByteReader& reader) {
  const std::uint8_t current = packet.protocol;
  packet.protocol = reader.u8();
  const std::size_t length = reader.u8();
  if (current == next_header::fragment) {
    const unsigned fragment = reader.u16();
    set_fragment(packet, (fragment & 1U) != 0, fragment >> 3U);
    packet.id = reader.u32();
    return;
  }
  const bool counts_fours = current == next_header::authentication;
  reader.skip(counts_fours ? length * 4U + 6U : length * 8U + 6U);
}

std::optional<IpPacket> decode_ipv6(std::string_view bytes) {
  ByteReader reader(bytes);
  IpPacket packet;
  reader.skip(4);
  const std::size_t payload_size = reader.u16();
  packet.protocol = reader.u8();
  reader.skip(1);
  packet.source = IpAddress::v6(take_array<16>(reader));
  packet.destination = IpAddress::v6(take_array<16>(reader));
  // Behind the header of a later fragment lies the middle of a payload, not another header.
  for (int count = 0; count < most_extension_headers && is_extension(packet.protocol) &&
                      packet.fragment_offset == 0;
       ++count)
    skip_extension(packet, reader);
  if (!reader.ok() || is_extension(packet.protocol)) return std::nullopt;
  const std::size_t header_size = bytes.size() - reader.rest().size();
  const std::size_t total_size = payload_size == 0 ? bytes.size() : 40 + payload_size;
  if (total_size < header_size) return std::nullopt;
  set_payload(packet, bytes, header_size, total_size);
  return packet;
}

std::optional<std::uint16_t> find_maximum_segment_size(std::string_view options) {
  constexpr std::uint8_t end_of_options = 0;
  constexpr std::uint8_t no_operation = 1;
  constexpr std::uint8_t maximum_segment_size = 2;
  ByteReader reader(options);
  while (!reader.rest().empty()) {
    const std::uint8_t kind = reader.u8();
    if (kind == end_of_options) break;
    if (kind == no_operation) continue;
    const std::size_t length = reader.u8();
    if (length < 2) break;
    ByteReader option(reader.take(length - 2));
    if (kind == maximum_segment_size && length == 4 && reader.ok()) return option.u16();
  }
  return std::nullopt;
}

std::optional<Unreachable> reason_v4(std::uint8_t type, std::uint8_t code) {
  if (type != 3) return std::nullopt;
  switch (code) {
    case 0:
    case 6:
    case 11:
      return Unreachable::network;
    case 2:
    case 3:
      return Unreachable::port;
    case 9:
    case 10:
    case 13:
      return Unreachable::administratively;
    case 4:  // fragmentation needed: about the size, not about the destination
      return std::nullopt;
    default:
      return Unreachable::host;
  }
}

std::optional<Unreachable> reason_v6(std::uint8_t type, std::uint8_t code) {
  if (type != 1) return std::nullopt;
  switch (code) {
    case 0:
      return Unreachable::network;
    case 1:
    case 5:
    case 6:
      return Unreachable::administratively;
    case 4:
      return Unreachable::port;
    default:
      return Unreachable::host;
  }
}

/// Whether an Ethernet frame's type names the other version of IP: one of them is damaged.
bool contradicts_type(LinkType link, std::string_view frame, const IpPacket& packet) {
  if (link != LinkType::ethernet) return false;
  const std::string_view type = frame.substr(12, 2);
  return type == (packet.source.is_v4() ? "\x86\xdd" : std::string_view("\x08\0", 2));
}

}  // namespace

std::optional<IpPacket> decode_ip(std::string_view packet) {
  if (packet.empty()) return std::nullopt;
  switch (static_cast<unsigned char>(packet.front()) >> 4U) {
    case 4:
      return decode_ipv4(packet);
    case 6:
      return decode_ipv6(packet);
    default:
      return std::nullopt;
  }
}

std::optional<IpPacket> decode_frame(LinkType link, std::string_view frame) {
  const std::optional<std::string_view> packet = without_link_layer(link, frame);
  std::optional<IpPacket> decoded = packet ? decode_ip(*packet) : std::nullopt;
  if (decoded && contradicts_type(link, frame, *decoded)) decoded.reset();
  return decoded;
}

std::optional<UdpHeader> decode_udp(std::string_view ip_payload) {
  ByteReader reader(ip_payload);
  UdpHeader header;
  header.source_port = reader.u16();
  header.destination_port = reader.u16();
  const std::size_t length = reader.u16();
  reader.skip(2);
  if (!reader.ok() || length < 8) return std::nullopt;
  header.truncated = length > ip_payload.size();
  header.payload = reader.rest().substr(0, length - 8);
  return header;
}

std::optional<TcpHeader> decode_tcp(std::string_view ip_payload) {
  ByteReader reader(ip_payload);
  TcpHeader header;
  header.source_port = reader.u16();
  header.destination_port = reader.u16();
  header.sequence = reader.u32();
  header.acknowledgement = reader.u32();
  const std::size_t header_size = std::size_t{4} * (reader.u8() >> 4U);
  header.flags = TcpFlags::from_bits(reader.u8());
  header.window = reader.u16();
  reader.skip(4);
  if (!reader.ok() || header_size < 20) return std::nullopt;
  const std::string_view options = reader.take(header_size - 20);
  if (!reader.ok()) return std::nullopt;
  header.maximum_segment_size = find_maximum_segment_size(options);
  header.payload = reader.rest();
  return header;
}

std::optional<IcmpError> decode_icmp_error(const IpPacket& packet) {
  const bool is_v6 = packet.protocol == protocol::icmpv6;
  if ((!is_v6 && packet.protocol != protocol::icmp) || packet.is_fragment()) return std::nullopt;
  ByteReader reader(packet.payload);
  const std::uint8_t type = reader.u8();
  const std::uint8_t code = reader.u8();
  reader.skip(6);
  const std::optional<Unreachable> reason = is_v6 ? reason_v6(type, code) : reason_v4(type, code);
  const std::optional<IpPacket> original = decode_ip(reader.rest());
  if (!reader.ok() || !reason || !original || original->fragment_offset != 0) return std::nullopt;
  if (original->protocol != protocol::udp && original->protocol != protocol::tcp)
    return std::nullopt;
  ByteReader ports(original->payload);
  IcmpError error;
  error.reason = *reason;
  error.transport = original->protocol == protocol::udp ? Transport::udp : Transport::tcp;
  error.original_source = {original->source, ports.u16()};
  error.original_destination = {original->destination, ports.u16()};
  return ports.ok() ? std::optional(error) : std::nullopt;
}

namespace {

/// By what a checksum over the bytes and their checksum gives: zero if they agree.
Soundness soundness_with(std::uint16_t off) {
  if (off == 0) return Soundness::sound;
  const bool is_power_of_two =
      std::has_single_bit(off) || std::has_single_bit(static_cast<std::uint16_t>(~off));
  return is_power_of_two ? Soundness::bit_turned : Soundness::changed;
}

/// With a bit of its length (IHL) turned round, the header is what its checksum says. Its ports are
/// read from the wrong place, and the sum is off by whatever stands there.
bool has_turned_length(const IpPacket& packet) {
  constexpr unsigned least_words = 5;
  constexpr std::size_t longest_options = 40;
  std::string bytes(packet.header);
  bytes += packet.payload.substr(0, longest_options);
  const auto length = static_cast<unsigned char>(bytes.front());
  for (unsigned bit = 1; bit <= 8; bit *= 2) {
    bytes.front() = static_cast<char>(length ^ bit);
    const std::size_t words = (length ^ bit) & 0x0fU;
    if (words >= least_words && words * 4 <= bytes.size() &&
        internet_checksum(std::string_view(bytes).substr(0, words * 4)) == 0)
      return true;
  }
  return false;
}

}  // namespace

bool has_right_checksums(const IpPacket& packet) {
  const bool is_v4 = packet.source.is_v4();
  if (is_v4 && internet_checksum(packet.header) != 0) return false;
  if (packet.is_fragment() || packet.truncated) return true;
  if (packet.protocol == protocol::icmp) return internet_checksum(packet.payload) == 0;
  const bool has_pseudo_header = packet.protocol == protocol::udp ||
                                 packet.protocol == protocol::tcp ||
                                 packet.protocol == protocol::icmpv6;
  if (!has_pseudo_header) return true;
  const bool is_unchecked_udp = packet.protocol == protocol::udp && is_v4 &&
                                packet.payload.substr(0, 8).ends_with(std::string_view("\0\0", 2));
  return is_unchecked_udp || transport_checksum(packet.source, packet.destination, packet.protocol,
                                                packet.payload) == 0;
}

Soundness soundness_of(const IpPacket& packet) {
  constexpr std::size_t header_checksum = 10;
  const auto field_at = [](std::string_view bytes, std::size_t offset) {
    ByteReader reader(bytes);
    reader.skip(offset);
    return reader.u16();
  };
  const bool is_v4 = packet.source.is_v4();
  const std::uint16_t off = is_v4 ? internet_checksum(packet.header) : std::uint16_t{0};
  if (off != 0 && field_at(packet.header, header_checksum) != 0)
    return has_turned_length(packet) ? Soundness::bit_turned : soundness_with(off);
  const bool is_udp = packet.protocol == protocol::udp;
  if ((!is_udp && packet.protocol != protocol::tcp) || packet.is_fragment() || packet.truncated)
    return Soundness::sound;
  const std::string_view segment = packet.payload;
  const std::uint16_t field = field_at(segment, is_udp ? 6 : 16);
  // With segmentation offload, of a segment whose length is not known yet.
  const auto unfinished = [&](std::size_t size) {
    return pseudo_header_sum(packet.source, packet.destination, packet.protocol, size);
  };
  if (field == 0 || field == unfinished(segment.size()) || field == unfinished(0))
    return Soundness::sound;
  return soundness_with(
      transport_checksum(packet.source, packet.destination, packet.protocol, segment));
}

}  // namespace sipharness::packet
