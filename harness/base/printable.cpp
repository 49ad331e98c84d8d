#include "harness/base/printable.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "harness/base/shortened.hpp"
#include "harness/base/utf8.hpp"

namespace sipharness {
namespace {

struct CodeRange {
  unsigned first;
  unsigned last;
};

constexpr std::array unprintables{CodeRange{0x00, 0x1f},     CodeRange{0x7f, 0x9f},
                                  CodeRange{0x61c, 0x61c},   CodeRange{0x200e, 0x200f},
                                  CodeRange{0x2028, 0x202e}, CodeRange{0x2066, 0x2069},
                                  CodeRange{0xfffe, 0xffff}};

constexpr std::string_view replacement = "\xef\xbf\xbd";

unsigned code_of(std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  if (character.size() == 1) return first;
  unsigned code = first & (0x7fU >> character.size());
  for (const char byte : character.substr(1))
    code = code << 6U | (static_cast<unsigned char>(byte) & 0x3fU);
  return code;
}

bool is_unprintable(unsigned code) {
  return std::ranges::any_of(
      unprintables, [code](CodeRange range) { return range.first <= code && code <= range.last; });
}

}  // namespace

Unprintable unprintable_at_front(std::string_view utf8) {
  const std::size_t length = character_length(utf8);
  if (length == 0) return {};
  const unsigned code = code_of(utf8.substr(0, length));
  return is_unprintable(code) ? Unprintable{code, length} : Unprintable{};
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    const Unprintable found = unprintable_at_front(text);
    if (length == 0)
      out += replacement;
    else if (found.length > 0)
      out += fmt::format("\\x{:02x}", found.code);
    else
      out += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return shortened(std::move(out));
}

}  // namespace sipharness
