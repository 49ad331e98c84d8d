#include "harness/sip/address.hpp"

#include <algorithm>

#include "harness/sip/text.hpp"

namespace sipharness::sip {
namespace {

/// `text` from `begin`, which may be npos.
std::string_view from(std::string_view text, std::size_t begin) {
  return text.substr(std::min(begin, text.size()));
}

/// A letter, then letters, digits and "+-.", then a colon. @source RFC 3261 §25.1 (scheme)
bool begins_with_scheme(std::string_view uri) {
  if (uri.starts_with("sip:")) return true;
  const auto in_scheme = [](char c) {
    return is_alphanumeric(c) || c == '+' || c == '-' || c == '.';
  };
  const auto end = std::find_if_not(uri.begin(), uri.end(), in_scheme);
  return end != uri.begin() && end != uri.end() && *end == ':' && !is_digit(uri.front());
}

/// <uri>;parameters with the display name before it. False if the bracket is not closed.
bool read_bracketed(std::string_view value, std::size_t open, Address& address) {
  const std::size_t close = value.find('>', open);
  if (close == std::string_view::npos) return false;
  address.display_name = without_quotes(trim(value.substr(0, open)));
  address.uri = trim(value.substr(open + 1, close - open - 1));
  address.parameters = from(value, value.find(';', close));
  address.in_brackets = true;
  return true;
}

/// Without brackets everything from the first ';' belongs to the header (RFC 3261 §20.10).
void read_bare(std::string_view value, Address& address) {
  const std::size_t semicolon = value.find(';');
  address.uri = trim(value.substr(0, semicolon));
  address.parameters = from(value, semicolon);
}

/// take_parameter(), inlined: two tags are looked for in every message.
[[gnu::always_inline]] inline std::optional<Parameter> take_first(std::string_view& rest) {
  rest = trim_left(rest);
  if (rest.empty() || rest.front() != ';') return std::nullopt;
  std::size_t name_end = 1;
  while (name_end < rest.size() && rest[name_end] != '=' && rest[name_end] != ';') ++name_end;
  Parameter parameter{trim(rest.substr(1, name_end - 1)), {}};
  const bool has_value = name_end < rest.size() && rest[name_end] == '=';
  rest.remove_prefix(name_end + (has_value ? 1 : 0));
  if (!has_value) return parameter;
  rest = trim_left(rest);
  if (rest.starts_with('"')) {
    parameter.value = without_quotes(trim(take(rest, rest.find(';', behind_quoted(rest, 0)))));
  } else {
    parameter.value = trim_right(take(rest, rest.find(';')));
  }
  return parameter;
}

}  // namespace

std::optional<Parameter> take_parameter(std::string_view& rest) {
  return take_first(rest);
}

std::optional<std::string_view> find_parameter(std::string_view parameters, std::string_view name) {
  while (const std::optional<Parameter> parameter = take_first(parameters)) {
    if (same_ignoring_case(parameter->name, name)) return parameter->value;
  }
  return std::nullopt;
}

std::optional<Address> parse_address(std::string_view value) {
  value = trim(value);
  std::optional<Address> address(std::in_place);
  const std::size_t name_end = value.starts_with('"') ? behind_quoted(value, 0) : 0;
  const std::size_t open = value.find('<', name_end);
  if (open == std::string_view::npos) {
    read_bare(value, *address);
  } else if (!read_bracketed(value, open, *address)) {
    return std::nullopt;
  }
  if (!begins_with_scheme(address->uri) && address->uri != "*") address.reset();
  return address;
}

std::optional<Address> first_address(std::string_view value) {
  while (!value.empty())
    if (const auto address = parse_address(take_list_member(value))) return address;
  return std::nullopt;
}

std::vector<Address> parse_addresses(std::string_view value) {
  std::vector<Address> addresses;
  while (!value.empty()) {
    if (const auto address = parse_address(take_list_member(value))) addresses.push_back(*address);
  }
  return addresses;
}

}  // namespace sipharness::sip
