#include "harness/base/address_space.hpp"

namespace sipharness {

bool is_private(const IpAddress& address) {
  const auto& bytes = address.bytes();
  if (!address.is_v4()) return (bytes[0] & 0xfeU) == 0xfc;
  return bytes[0] == 10 || (bytes[0] == 172 && (bytes[1] & 0xf0U) == 16) ||
         (bytes[0] == 192 && bytes[1] == 168) || (bytes[0] == 100 && (bytes[1] & 0xc0U) == 64);
}

bool is_link_local(const IpAddress& address) {
  const auto& bytes = address.bytes();
  if (!address.is_v4()) return bytes[0] == 0xfe && (bytes[1] & 0xc0U) == 0x80;
  return bytes[0] == 169 && bytes[1] == 254;
}

}  // namespace sipharness
