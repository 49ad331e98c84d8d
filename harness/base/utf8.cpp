#include "harness/base/utf8.hpp"

#include <array>
#include <cstdint>

namespace sipharness {
namespace {

/// One line of the table in RFC 3629 §4: a first byte's range, the second byte's, how many follow.
struct Sequence {
  std::uint8_t first_low, first_high;
  std::uint8_t second_low, second_high;
  std::size_t following;
};

constexpr std::array sequences{
    Sequence{0x00, 0x7F, 0x00, 0x00, 0}, Sequence{0xC2, 0xDF, 0x80, 0xBF, 1},
    Sequence{0xE0, 0xE0, 0xA0, 0xBF, 2}, Sequence{0xE1, 0xEC, 0x80, 0xBF, 2},
    Sequence{0xED, 0xED, 0x80, 0x9F, 2}, Sequence{0xEE, 0xEF, 0x80, 0xBF, 2},
    Sequence{0xF0, 0xF0, 0x90, 0xBF, 3}, Sequence{0xF1, 0xF3, 0x80, 0xBF, 3},
    Sequence{0xF4, 0xF4, 0x80, 0x8F, 3}};

std::uint8_t byte_at(std::string_view text, std::size_t offset) {
  return static_cast<std::uint8_t>(text[offset]);
}

bool is_between(std::uint8_t byte, std::uint8_t low, std::uint8_t high) {
  return byte >= low && byte <= high;
}

bool matches(const Sequence& sequence, std::string_view text) {
  if (!is_between(byte_at(text, 0), sequence.first_low, sequence.first_high)) return false;
  if (text.size() <= sequence.following) return false;
  if (sequence.following == 0) return true;
  if (!is_between(byte_at(text, 1), sequence.second_low, sequence.second_high)) return false;
  for (std::size_t i = 2; i <= sequence.following; ++i)
    if (!is_between(byte_at(text, i), 0x80, 0xBF)) return false;
  return true;
}

}  // namespace

std::size_t character_length(std::string_view text) {
  if (text.empty()) return 0;
  for (const Sequence& sequence : sequences)
    if (matches(sequence, text)) return sequence.following + 1;
  return 0;
}

std::size_t first_ill_formed(std::string_view text) {
  std::size_t offset = 0;
  while (offset < text.size()) {
    const std::size_t length = character_length(text.substr(offset));
    if (length == 0) break;
    offset += length;
  }
  return offset;
}

}  // namespace sipharness
