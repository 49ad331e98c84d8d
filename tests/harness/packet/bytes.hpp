#pragma once
// Short headers written as hexadecimal text, for bytes that no encoder of ours makes.

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace sipharness::packet {

/// "45 00 0073": pairs of digits, blanks between bytes as it reads best.
inline std::string from_hex(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != ' ') digits += c;
  }
  std::string bytes;
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
    std::uint8_t byte = 0;
    std::from_chars(digits.data() + at, digits.data() + at + 2, byte, 16);
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

}  // namespace sipharness::packet
