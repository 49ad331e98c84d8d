#include "harness/sip/text.hpp"

#include <algorithm>

#include "harness/sip/find_byte.hpp"

namespace sipharness::sip {

std::size_t behind_quoted(std::string_view text, std::size_t open) {
  for (std::size_t i = open + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return text.size();
}

std::size_t find_unquoted(std::string_view text, char wanted) {
  std::size_t from = 0;
  while (true) {
    const std::size_t found = find_byte(text, wanted, from);
    if (found == text.size()) return std::string_view::npos;
    const std::size_t quote = find_byte({text.data(), found}, '"', from);
    if (quote == found) return found;
    from = behind_quoted(text, quote);
  }
}

std::string_view without_quotes(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

std::string_view take_list_member(std::string_view& rest) {
  if (find_byte(rest, ',') == rest.size()) return trim(take(rest, rest.size()));
  std::size_t end = 0;
  bool in_brackets = false;
  while (end < rest.size() && (in_brackets || rest[end] != ',')) {
    if (rest[end] == '<') in_brackets = true;
    if (rest[end] == '>') in_brackets = false;
    end = rest[end] == '"' && !in_brackets ? behind_quoted(rest, end) : end + 1;
  }
  const std::string_view member = trim(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return member;
}

}  // namespace sipharness::sip
