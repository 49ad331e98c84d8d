#pragma once
// The control bits of a TCP segment. @source RFC 9293 §3.1

#include <cstdint>

namespace sipharness::packet {

struct TcpFlags {
  bool fin = false;
  bool syn = false;
  bool rst = false;
  bool psh = false;
  bool ack = false;

  static constexpr TcpFlags from_bits(std::uint8_t bits) {
    return {(bits & 0x01U) != 0, (bits & 0x02U) != 0, (bits & 0x04U) != 0, (bits & 0x08U) != 0,
            (bits & 0x10U) != 0};
  }
  constexpr std::uint8_t bits() const {
    return static_cast<std::uint8_t>((fin ? 0x01U : 0U) | (syn ? 0x02U : 0U) | (rst ? 0x04U : 0U) |
                                     (psh ? 0x08U : 0U) | (ack ? 0x10U : 0U));
  }
  bool operator==(const TcpFlags&) const = default;
};

}  // namespace sipharness::packet
