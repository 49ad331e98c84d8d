#include "harness/base/shortened.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sipharness {
namespace {

constexpr std::size_t kept_of_word = 200;
constexpr std::size_t longest_text = 4'096;
constexpr std::size_t kept_of_text = 1'900;  ///< at either end

bool is_inside_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U;
}

/// No more than `size` bytes, and no part of a character of UTF-8.
std::string_view front(std::string_view text, std::size_t size) {
  while (size > 0 && is_inside_character(text[size])) --size;
  return text.substr(0, size);
}
std::string_view back(std::string_view text, std::size_t size) {
  std::string_view rest = text.substr(text.size() - size);
  while (!rest.empty() && is_inside_character(rest.front())) rest.remove_prefix(1);
  return rest;
}

std::string with_short_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \t\r\n"), text.size());
    if (end > longest_word)
      out += fmt::format("{}…({} bytes)", front(text, kept_of_word), end);
    else
      out += text.substr(0, end);
    text.remove_prefix(end);
    const std::size_t next = std::min(text.find_first_not_of(" \t\r\n"), text.size());
    out += text.substr(0, next);
    text.remove_prefix(next);
  }
  return out;
}

}  // namespace

std::string shortened(std::string_view text) {
  if (text.size() <= longest_word) return std::string(text);
  std::string words = with_short_words(text);
  if (words.size() <= longest_text) return words;
  return fmt::format("{}…({} bytes)…{}", front(words, kept_of_text), text.size(),
                     back(words, kept_of_text));
}

}  // namespace sipharness
