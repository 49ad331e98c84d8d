#pragma once
// Name-addresses with parameters as in To, From, Contact, Route: "Bob" <sip:bob@host;lr>;tag=x and
// the form without angle brackets, where parameters belong to the header.
// @source RFC 3261 §20.10, §20.34, §25

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sipharness::sip {

/// One `;name=value`; value empty when there is none; quotes kept off.
struct Parameter {
  std::string_view name;
  std::string_view value;
};

/// Takes the first parameter off the front of text like ";a=1;b"; nothing when none is left.
/// Blanks around ';' and '=' are no part of it, and a ';' in quotes does not end it.
std::optional<Parameter> take_parameter(std::string_view& rest);

/// Looks a parameter up, case-insensitively, in text like ";a=1;b"; nothing if absent.
std::optional<std::string_view> find_parameter(std::string_view parameters, std::string_view name);

struct Address {
  std::string_view display_name;
  std::string_view uri;         ///< without angle brackets; "*" for Contact: *
  std::string_view parameters;  ///< of the header, beginning with ';' or empty
  bool in_brackets = false;

  std::optional<std::string_view> parameter(std::string_view name) const {
    return find_parameter(parameters, name);
  }
};

/// Nothing where no URI can be found.
std::optional<Address> parse_address(std::string_view value);

/// The first readable one of a comma-separated header value.
std::optional<Address> first_address(std::string_view value);

/// The addresses of a comma-separated header value; unreadable members are left out.
std::vector<Address> parse_addresses(std::string_view value);

}  // namespace sipharness::sip
