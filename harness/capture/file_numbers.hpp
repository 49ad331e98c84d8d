#pragma once
// Numbers in the headers of capture files, which have the byte order of the host that wrote them.

#include <cstdint>
#include <cstring>
#include <string_view>

namespace sipharness::capture {

class FileNumbers {
 public:
  /// Whether the file's byte order is not this host's.
  explicit FileNumbers(bool is_swapped = false) : is_swapped_(is_swapped) {}

  /// `offset` and what is read lie within `bytes`.
  std::uint16_t u16(std::string_view bytes, std::size_t offset) const {
    const auto value = read<std::uint16_t>(bytes, offset);
    return is_swapped_ ? __builtin_bswap16(value) : value;
  }
  std::uint32_t u32(std::string_view bytes, std::size_t offset) const {
    const auto value = read<std::uint32_t>(bytes, offset);
    return is_swapped_ ? __builtin_bswap32(value) : value;
  }
  std::uint64_t u64(std::string_view bytes, std::size_t offset) const {
    const auto value = read<std::uint64_t>(bytes, offset);
    return is_swapped_ ? __builtin_bswap64(value) : value;
  }

 private:
  template <class Number>
  static Number read(std::string_view bytes, std::size_t offset) {
    Number value = 0;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
  }

  bool is_swapped_;
};

}  // namespace sipharness::capture
