#pragma once
// take_parameter() of address.hpp for those who read parameters in every message: inlined.

#include <optional>
#include <string_view>

#include "harness/sip/address.hpp"
#include "harness/sip/find_byte.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::sip {

/// Where `text` goes on at its first ';', counted from `at`; empty if it has none.
inline std::string_view from_semicolon(std::string_view text, std::size_t at = 0) {
  const std::size_t semicolon = find_byte(text, ';', at);
  return {text.data() + semicolon, text.size() - semicolon};
}

[[gnu::always_inline]] inline std::optional<Parameter> take_first_parameter(
    std::string_view& rest) {
  rest = trim_left(rest);
  if (rest.empty() || rest.front() != ';') return std::nullopt;
  std::size_t name_end = 1;
  while (name_end < rest.size() && rest[name_end] != '=' && rest[name_end] != ';') ++name_end;
  Parameter parameter{trim({rest.data() + 1, name_end - 1}), {}};
  const bool has_value = name_end < rest.size() && rest[name_end] == '=';
  rest.remove_prefix(name_end + (has_value ? 1 : 0));
  if (!has_value) return parameter;
  rest = trim_left(rest);
  if (rest.starts_with('"')) {
    parameter.value = without_quotes(trim(take(rest, rest.find(';', behind_quoted(rest, 0)))));
  } else {
    const std::string_view next = from_semicolon(rest);
    parameter.value = trim_right({rest.data(), rest.size() - next.size()});
    rest = next;
  }
  return parameter;
}

}  // namespace sipharness::sip
