#include "harness/sip/find_byte.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace sipharness::sip {
namespace {

std::size_t as_the_library_finds(std::string_view text, char wanted, std::size_t at) {
  return std::min(text.find(wanted, at), text.size());
}

/// Texts as long as several words, where the wanted byte stands at one place, two, or none.
TEST(FindByte, finds_what_the_library_finds_wherever_it_stands) {
  for (std::size_t size = 0; size <= 26; ++size)
    for (std::size_t first = 0; first <= size; ++first)
      for (std::size_t second = first; second <= size; ++second) {
        std::string text(size, 'x');
        if (first < size) text[first] = ';';
        if (second < size) text[second] = ';';
        for (std::size_t at = 0; at <= size; ++at)
          ASSERT_EQ(find_byte(text, ';', at), as_the_library_finds(text, ';', at))
              << text << " from " << at;
      }
}

TEST(FindByte, tells_a_byte_from_its_neighbours) {
  for (int wanted = 0; wanted < 256; ++wanted)
    for (const int distance : {1, 2, 0x7f, 0x80, 0x81, 0xff}) {
      std::string text(16, static_cast<char>(wanted + distance));
      ASSERT_EQ(find_byte(text, static_cast<char>(wanted)), text.size()) << wanted;
      text[11] = static_cast<char>(wanted);
      ASSERT_EQ(find_byte(text, static_cast<char>(wanted)), 11U) << wanted;
    }
}

TEST(FindByte, looks_at_nothing_behind_the_text) {
  const std::string whole = "sip:1001@10.0.0.1;";
  for (std::size_t size = 0; size + 1 < whole.size(); ++size) {
    const std::string_view text(whole.data(), size);
    EXPECT_EQ(find_byte(text, whole[size], size), size);
    EXPECT_EQ(find_byte(text, ';'), size);
  }
}

}  // namespace
}  // namespace sipharness::sip
