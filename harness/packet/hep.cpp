#include "harness/packet/hep.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

#include "harness/packet/byte_reader.hpp"
#include "harness/packet/decode.hpp"

namespace sipharness::packet {
namespace {

constexpr std::size_t chunk_header = 6;

/// Of vendor 0.
enum class Chunk : std::uint16_t {
  protocol = 2,
  source_v4 = 3,
  destination_v4 = 4,
  source_v6 = 5,
  destination_v6 = 6,
  source_port = 7,
  destination_port = 8,
  seconds = 9,
  microseconds = 10,
  payload_type = 11,
  payload = 15
};

std::optional<IpAddress> address_in(std::string_view bytes) {
  std::array<std::uint8_t, 4> v4{};
  std::array<std::uint8_t, 16> v6{};
  if (bytes.size() == v4.size()) {
    std::ranges::copy(bytes, v4.begin());
    return IpAddress::v4(v4);
  }
  if (bytes.size() != v6.size()) return std::nullopt;
  std::ranges::copy(bytes, v6.begin());
  return IpAddress::v6(v6);
}

struct Chunks {
  HepPacket packet;
  std::uint8_t protocol = 0;
  std::uint8_t payload_type = 0;
  bool has_source = false;
  bool has_destination = false;

  void take(Chunk chunk, std::string_view value) {
    ByteReader reader(value);
    switch (chunk) {
      case Chunk::protocol:
        protocol = reader.u8();
        break;
      case Chunk::source_v4:
      case Chunk::source_v6:
        has_source = take_address(value, packet.source);
        break;
      case Chunk::destination_v4:
      case Chunk::destination_v6:
        has_destination = take_address(value, packet.destination);
        break;
      case Chunk::source_port:
        packet.source.port = reader.u16();
        break;
      case Chunk::destination_port:
        packet.destination.port = reader.u16();
        break;
      case Chunk::seconds:
        packet.at += std::chrono::seconds(reader.u32());
        break;
      case Chunk::microseconds:
        packet.at += std::chrono::microseconds(reader.u32());
        break;
      case Chunk::payload_type:
        payload_type = reader.u8();
        break;
      case Chunk::payload:
        packet.payload = value;
        break;
    }
  }
  static bool take_address(std::string_view value, Endpoint& endpoint) {
    const auto address = address_in(value);
    if (address) endpoint.address = *address;
    return address.has_value();
  }
};

}  // namespace

std::optional<HepPacket> decode_hep(std::string_view payload) {
  constexpr std::uint8_t sip = 1;
  ByteReader reader(payload);
  if (reader.take(hep_magic.size()) != hep_magic || reader.u16() != payload.size())
    return std::nullopt;
  Chunks chunks;
  while (reader.ok() && !reader.rest().empty()) {
    const std::uint16_t vendor = reader.u16();
    const auto chunk = static_cast<Chunk>(reader.u16());
    const std::size_t length = reader.u16();
    if (length < chunk_header) return std::nullopt;
    const std::string_view value = reader.take(length - chunk_header);
    if (reader.ok() && vendor == 0) chunks.take(chunk, value);
  }
  const bool is_whole = reader.ok() && chunks.has_source && chunks.has_destination &&
                        chunks.packet.source.port != 0 && chunks.packet.destination.port != 0 &&
                        chunks.packet.at != CaptureTime();
  if (!is_whole || chunks.payload_type != sip || chunks.packet.payload.empty()) return std::nullopt;
  // Of TLS the agent saw what was inside.
  if (chunks.protocol != protocol::udp) chunks.packet.transport = Transport::tcp;
  return chunks.packet;
}

}  // namespace sipharness::packet
