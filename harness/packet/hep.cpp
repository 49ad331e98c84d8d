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
  payload = 15,
  compressed_payload = 16
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
  CaptureTime at;
  std::uint8_t protocol = 0;
  std::uint8_t payload_type = 0;
  bool is_compressed = false;
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
        at += std::chrono::seconds(reader.u32());
        break;
      case Chunk::microseconds:
        at += std::chrono::microseconds(reader.u32());
        break;
      case Chunk::payload_type:
        payload_type = reader.u8();
        break;
      case Chunk::payload:
        packet.payload = value;
        break;
      case Chunk::compressed_payload:
        is_compressed = true;
        break;
    }
  }
  static bool take_address(std::string_view value, Endpoint& endpoint) {
    const auto address = address_in(value);
    if (address) endpoint.address = *address;
    return address.has_value();
  }
};

std::optional<Chunks> read_chunks(std::string_view payload) {
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
  return reader.ok() ? std::optional(chunks) : std::nullopt;
}

std::optional<HepPacket> decode_chunks(std::string_view payload) {
  constexpr std::uint8_t sip = 1;
  const auto chunks = read_chunks(payload);
  const bool is_whole = chunks && chunks->has_source && chunks->has_destination &&
                        chunks->packet.source.port != 0 && chunks->packet.destination.port != 0 &&
                        chunks->at != CaptureTime();
  if (!is_whole || chunks->payload_type != sip || chunks->packet.payload.empty())
    return std::nullopt;
  HepPacket packet = chunks->packet;
  packet.at = chunks->at;
  // Of TLS the agent saw what was inside.
  if (chunks->protocol != protocol::udp) packet.transport = Transport::tcp;
  return packet;
}

/// Of version 2, in the byte order of the agent's machine.
CaptureTime time_of_agent(std::string_view bytes) {
  constexpr std::uint32_t second = 1'000'000;
  ByteReader reader(bytes);
  std::uint32_t seconds = __builtin_bswap32(reader.u32());
  std::uint32_t microseconds = __builtin_bswap32(reader.u32());
  if (microseconds >= second) {
    seconds = __builtin_bswap32(seconds);
    microseconds = __builtin_bswap32(microseconds);
  }
  return CaptureTime(std::chrono::seconds(seconds) +
                     std::chrono::microseconds(std::min(microseconds, second - 1)));
}

/// Versions 1 and 2: a header of fixed size, which says its size, then a SIP message.
std::optional<HepPacket> decode_fixed(std::string_view payload) {
  constexpr std::uint8_t inet = 2;
  constexpr std::size_t time_size = 12;
  ByteReader reader(payload);
  const unsigned version = reader.u8();
  if (version != 1 && version != 2) return std::nullopt;
  const std::size_t size = reader.u8();
  const std::size_t address = reader.u8() == inet ? 4 : 16;
  const std::uint8_t transport = reader.u8();
  HepPacket packet;
  packet.source.port = reader.u16();
  packet.destination.port = reader.u16();
  const auto source = address_in(reader.take(address));
  const auto destination = address_in(reader.take(address));
  const std::string_view time = version == 2 ? reader.take(time_size) : std::string_view();
  const bool is_whole = reader.ok() && source && destination &&
                        size == payload.size() - reader.rest().size() && packet.source.port != 0 &&
                        packet.destination.port != 0;
  packet.payload = reader.rest();
  // Two bytes do not tell much: what follows must begin as a message does.
  const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (!is_whole || packet.payload.size() < 3 ||
      !std::ranges::all_of(packet.payload.substr(0, 3), is_letter))
    return std::nullopt;
  packet.source.address = *source;
  packet.destination.address = *destination;
  if (transport != protocol::udp) packet.transport = Transport::tcp;
  if (!time.empty()) packet.at = time_of_agent(time);
  return packet;
}

}  // namespace

std::optional<HepPacket> decode_hep(std::string_view payload) {
  return payload.starts_with(hep_magic) ? decode_chunks(payload) : decode_fixed(payload);
}

std::string_view hep_name(std::string_view payload) {
  if (!payload.starts_with(hep_magic)) return {};
  const auto chunks = read_chunks(payload);
  return chunks && chunks->is_compressed ? "compressed HEP" : "HEP";
}

}  // namespace sipharness::packet
