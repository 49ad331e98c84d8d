#include "harness/packet/checksum.hpp"

#include <cstring>

namespace sipharness::packet {
namespace {

std::string_view address_bytes(const IpAddress& address) {
  return {reinterpret_cast<const char*>(address.bytes().data()), address.is_v4() ? 4U : 16U};
}

ChecksumSum pseudo_header(const IpAddress& source, const IpAddress& destination,
                          std::uint8_t protocol, std::size_t size) {
  ChecksumSum sum;
  sum.add(address_bytes(source));
  sum.add(address_bytes(destination));
  sum.add(static_cast<std::uint16_t>(size >> 16U));
  sum.add(static_cast<std::uint16_t>(size));
  sum.add(static_cast<std::uint16_t>(protocol));
  return sum;
}

}  // namespace

void ChecksumSum::add(std::string_view bytes) {
  std::size_t at = 0;
  // Eight at once: 2^16 is 1 in ones' complement, so halves and quarters of a word may be added.
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t words = 0;
    std::memcpy(&words, bytes.data() + at, sizeof words);
    words = __builtin_bswap64(words);
    sum_ += (words >> 32U) + (words & 0xffffffffU);
  }
  for (; at + 1 < bytes.size(); at += 2) {
    sum_ += static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[at])) << 8U |
            static_cast<unsigned char>(bytes[at + 1]);
  }
  if (at < bytes.size())
    sum_ += static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[at])) << 8U;
}

std::uint16_t ChecksumSum::checksum() const {
  std::uint64_t folded = sum_;
  while (folded > 0xffffU) folded = (folded & 0xffffU) + (folded >> 16U);
  return static_cast<std::uint16_t>(~folded);
}

std::uint16_t internet_checksum(std::string_view bytes) {
  ChecksumSum sum;
  sum.add(bytes);
  return sum.checksum();
}

std::uint16_t transport_checksum(const IpAddress& source, const IpAddress& destination,
                                 std::uint8_t protocol, std::string_view segment) {
  ChecksumSum sum = pseudo_header(source, destination, protocol, segment.size());
  sum.add(segment);
  return sum.checksum();
}

std::uint16_t pseudo_header_sum(const IpAddress& source, const IpAddress& destination,
                                std::uint8_t protocol, std::size_t size) {
  return static_cast<std::uint16_t>(~pseudo_header(source, destination, protocol, size).checksum());
}

}  // namespace sipharness::packet
