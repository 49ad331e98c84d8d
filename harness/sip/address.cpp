#include "harness/sip/address.hpp"

#include <algorithm>
#include <cstring>

#include "harness/sip/find_byte.hpp"
#include "harness/sip/first_parameter.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::sip {
namespace {

/// A letter, then letters, digits and "+-.", then a colon. @source RFC 3261 §25.1 (scheme)
bool begins_with_scheme(std::string_view uri) {
  constexpr std::string_view usual = "sip:";
  if (uri.size() >= usual.size() && std::memcmp(uri.data(), usual.data(), usual.size()) == 0)
    return true;
  const auto in_scheme = [](char c) {
    return is_alphanumeric(c) || c == '+' || c == '-' || c == '.';
  };
  const auto end = std::find_if_not(uri.begin(), uri.end(), in_scheme);
  return end != uri.begin() && end != uri.end() && *end == ':' && !is_digit(uri.front());
}

/// <uri>;parameters with the display name before it. False if the bracket is not closed.
bool read_bracketed(std::string_view value, std::size_t open, Address& address) {
  const std::size_t close = find_byte(value, '>', open);
  if (close == value.size()) return false;
  if (open != 0) address.display_name = without_quotes(trim({value.data(), open}));
  address.uri = trim({value.data() + open + 1, close - open - 1});
  address.parameters = from_semicolon(value, close + 1);
  address.in_brackets = true;
  return true;
}

/// Without brackets everything from the first ';' belongs to the header (RFC 3261 §20.10).
void read_bare(std::string_view value, Address& address) {
  address.parameters = from_semicolon(value);
  address.uri = trim({value.data(), value.size() - address.parameters.size()});
}

}  // namespace

std::optional<Parameter> take_parameter(std::string_view& rest) {
  return take_first_parameter(rest);
}

std::optional<std::string_view> find_parameter(std::string_view parameters, std::string_view name) {
  while (const std::optional<Parameter> parameter = take_first_parameter(parameters)) {
    if (same_ignoring_case(parameter->name, name)) return parameter->value;
  }
  return std::nullopt;
}

std::optional<Address> parse_address(std::string_view value) {
  value = trim(value);
  std::optional<Address> address(std::in_place);
  const std::size_t name_end = value.starts_with('"') ? behind_quoted(value, 0) : 0;
  const std::size_t open = find_byte(value, '<', name_end);
  bool is_readable = true;
  if (open == value.size()) {
    read_bare(value, *address);
  } else {
    is_readable = read_bracketed(value, open, *address);
  }
  is_readable = is_readable && (begins_with_scheme(address->uri) || address->uri == "*");
  if (!is_readable) address.reset();
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
