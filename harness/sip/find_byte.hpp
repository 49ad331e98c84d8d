#pragma once
// Looking for a byte that is near, in what every message makes the parsers look through: a call of
// memchr costs more than such a search. Never reads beyond the text.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sipharness::sip {

/// Of each byte of `word` the highest bit if it is `wanted`, and no other.
inline std::uint64_t matches_in(std::uint64_t word, char wanted) {
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
  constexpr std::uint64_t low_bits = ones * 0x7f;
  word ^= ones * static_cast<unsigned char>(wanted);
  return ~(((word & low_bits) + low_bits) | word | low_bits);
}

/// Where `wanted` first stands in `text`, from `at` on; the end if nowhere.
[[gnu::always_inline]] inline std::size_t find_byte(std::string_view text, char wanted,
                                                    std::size_t at = 0) {
  constexpr std::size_t width = sizeof(std::uint64_t);
  const auto matches_from = [&](std::size_t begin) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + begin, width);
    return matches_in(word, wanted);
  };
  const auto place = [](std::uint64_t matches) {
    return static_cast<std::size_t>(std::countr_zero(matches)) / 8;
  };
  if constexpr (std::endian::native == std::endian::little) {
    for (; at + width <= text.size(); at += width)
      if (const std::uint64_t matches = matches_from(at); matches != 0) return at + place(matches);
    if (text.size() >= width && at < text.size()) {
      // The last word once more, less what lies before `at`.
      const std::size_t begin = text.size() - width;
      const std::uint64_t matches = matches_from(begin) >> (8 * (at - begin));
      return matches != 0 ? at + place(matches) : text.size();
    }
  }
  while (at < text.size() && text[at] != wanted) ++at;
  return at;
}

}  // namespace sipharness::sip
