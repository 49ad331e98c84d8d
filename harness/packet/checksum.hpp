#pragma once
// The Internet checksum: the ones' complement of the ones' complement sum of 16-bit words.
/// @source RFC 1071; RFC 8200 §8.1 and RFC 793 §3.1 for the pseudo-headers

#include <cstdint>
#include <string_view>

#include "harness/base/endpoint.hpp"

namespace sipharness::packet {

/// A running sum. Pieces are added in order; every piece but the last has an even length.
class ChecksumSum {
 public:
  void add(std::string_view bytes);
  void add(std::uint16_t word) { sum_ += word; }
  /// The value for the checksum field; over bytes that hold a right checksum already, zero.
  std::uint16_t checksum() const;

 private:
  std::uint64_t sum_ = 0;
};

std::uint16_t internet_checksum(std::string_view bytes);

/// Over the pseudo-header of the addresses' family, then `segment` (header and payload).
std::uint16_t transport_checksum(const IpAddress& source, const IpAddress& destination,
                                 std::uint8_t protocol, std::string_view segment);

/// Of the pseudo-header alone: what a sender leaves in the field for its network card to finish.
std::uint16_t pseudo_header_sum(const IpAddress& source, const IpAddress& destination,
                                std::uint8_t protocol, std::size_t size);

}  // namespace sipharness::packet
