#pragma once
// Text that quotes what came from outside, cut where that is longer than anybody reads: a key, a
// header value or a name may have a megabyte, and be quoted in every line of a result.

#include <string>
#include <string_view>
#include <utility>

namespace sipharness {

/// A word of more than 256 bytes is cut after 200, a text of more than 4,096 in its middle. Each
/// cut says how long what was cut is: "kkkk…(60000 bytes)". What is cut already stays as it is.
std::string shortened(std::string_view text);
/// Of a text that is hardly ever cut.
inline constexpr std::size_t longest_word = 256;
inline std::string shortened(std::string&& text) {
  return text.size() <= longest_word ? std::move(text) : shortened(std::string_view(text));
}

}  // namespace sipharness
