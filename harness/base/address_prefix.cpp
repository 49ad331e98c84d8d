#include "harness/base/address_prefix.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace sipharness {
namespace {

unsigned width(const IpAddress& address) {
  return address.is_v4() ? 32 : 128;
}

}  // namespace

AddressPrefix AddressPrefix::of(const IpAddress& address) {
  return {address, width(address)};
}

std::optional<AddressPrefix> AddressPrefix::parse(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  AddressPrefix prefix = of(*address);
  if (slash == text.size()) return prefix;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data() + slash + 1, end, prefix.bits);
  const bool is_read = error == std::errc() && rest == end && prefix.bits <= width(*address);
  return is_read ? std::optional(prefix) : std::nullopt;
}

bool AddressPrefix::contains(const IpAddress& other) const {
  if (other.is_v4() != address.is_v4()) return false;
  const std::size_t whole = bits / 8;
  const auto& ours = address.bytes();
  const auto& theirs = other.bytes();
  if (!std::equal(ours.begin(), ours.begin() + static_cast<std::ptrdiff_t>(whole), theirs.begin()))
    return false;
  const unsigned left = bits % 8;
  return left == 0 || (ours[whole] ^ theirs[whole]) >> (8 - left) == 0;
}

}  // namespace sipharness
