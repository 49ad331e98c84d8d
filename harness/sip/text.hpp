#pragma once
// Small readers of SIP text, shared by the parsers of this folder. They take views, never throw and
// never allocate; what they return are views into what they were given. The predicates are function
// objects: an algorithm that is given one has it inlined.
// @source RFC 3261 §25.1 (LWS, token, quoted-string)

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sipharness::sip {

/// Blank, tab, or a line end (which inside a value is a fold).
inline constexpr auto is_blank = [](char c) {
  return c <= ' ' && (c == ' ' || c == '\t' || c == '\r' || c == '\n');
};

inline constexpr auto is_digit = [](char c) { return c >= '0' && c <= '9'; };

inline constexpr auto is_alphanumeric = [](char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
};

constexpr char lower(char c) {
  const bool is_capital = static_cast<unsigned char>(c - 'A') < 26;
  return is_capital ? static_cast<char>(c | 0x20) : c;
}

/// A set of characters, for texts that consist of these alone.
class CharacterSet {
 public:
  template <class Predicate>
  explicit constexpr CharacterSet(Predicate is_member) {
    for (std::size_t c = 0; c < is_member_.size(); ++c)
      is_member_[c] = is_member(static_cast<char>(c));
  }

  constexpr bool contains(char c) const { return is_member_[static_cast<unsigned char>(c)]; }
  constexpr bool hold(std::string_view text) const {
    for (const char c : text)
      if (!contains(c)) return false;
    return true;
  }

 private:
  std::array<bool, 256> is_member_{};
};

inline constexpr CharacterSet token_characters([](char c) {
  return is_alphanumeric(c) || std::string_view("-.!%*_+`'~").find(c) != std::string_view::npos;
});

/// Whether `text` is one token, such as a method or a header name.
constexpr bool is_token(std::string_view text) {
  return !text.empty() && token_characters.hold(text);
}

constexpr std::string_view trim_left(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}

constexpr std::string_view trim_right(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

constexpr std::string_view trim(std::string_view text) {
  return trim_right(trim_left(text));
}

constexpr bool same_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

/// Decimal digits and nothing else, and it fits.
template <std::unsigned_integral Number>
std::optional<Number> parse_unsigned(std::string_view text) {
  Number number = 0;
  for (const char c : text) {
    const auto digit = static_cast<unsigned char>(c - '0');
    if (digit > 9 || __builtin_mul_overflow(number, Number{10}, &number) ||
        __builtin_add_overflow(number, digit, &number))
      return std::nullopt;
  }
  return text.empty() ? std::nullopt : std::optional(number);
}

/// Takes what stands before `end` (a position, or npos for all) off the front of `rest`.
constexpr std::string_view take(std::string_view& rest, std::size_t end) {
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(taken.size());
  return taken;
}

/// The first position behind the quoted string that opens at `open`; the end if it is not closed.
std::size_t behind_quoted(std::string_view text, std::size_t open);

/// Where `wanted` first stands outside quoted strings; npos if nowhere. A quoted string that does
/// not end takes the rest with it.
std::size_t find_unquoted(std::string_view text, char wanted);

/// `text` without the quotes around it, if it has them; escapes stay.
std::string_view without_quotes(std::string_view text);

/// The first member of a comma-separated list, trimmed, taken off the front of `rest`. Commas in
/// quotes and angle brackets do not separate.
std::string_view take_list_member(std::string_view& rest);

}  // namespace sipharness::sip
