#pragma once
// A range of IP addresses: "192.0.2.0/24", or one address.

#include <optional>
#include <string_view>

#include "harness/base/endpoint.hpp"

namespace sipharness {

struct AddressPrefix {
  IpAddress address;
  unsigned bits = 0;  ///< that count, from the front

  /// All bits of one address.
  static AddressPrefix of(const IpAddress& address);
  /// ADDRESS or ADDRESS/BITS. Nothing where the text is anything else.
  static std::optional<AddressPrefix> parse(std::string_view text);
  bool contains(const IpAddress& other) const;
};

}  // namespace sipharness
