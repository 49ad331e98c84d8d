#pragma once
// The headers of one message in their order, with the first of each known kind found at once.
// A view for every datagram is made of this, so it neither allocates nor clears what it does not
// use, and a copy costs what it holds.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>

#include "harness/sip/method.hpp"

namespace sipharness::sip {

struct Header {
  HeaderId id = HeaderId::other;
  std::string_view name;   ///< as written
  std::string_view value;  ///< trimmed; may hold a folded line break (see unfold)
};

class HeaderList {
 public:
  static constexpr std::size_t capacity = 64;

  HeaderList() = default;
  HeaderList(const HeaderList& other) { copy(other); }
  HeaderList& operator=(const HeaderList& other) {
    if (this != &other) copy(other);
    return *this;
  }
  ~HeaderList() = default;

  bool is_full() const { return size_ == capacity; }
  /// Only while the list is not full.
  const Header& add(HeaderId id, std::string_view name, std::string_view value) {
    Header* const header = std::construct_at(data() + size_, id, name, value);
    ++size_;
    std::uint8_t& place = places_[static_cast<std::size_t>(id)];
    if (place == 0) place = size_;
    return *header;
  }

  std::span<const Header> all() const { return {data(), size_}; }
  /// The first of this kind, or null.
  const Header* first(HeaderId id) const {
    const std::uint8_t place = places_[static_cast<std::size_t>(id)];
    return place == 0 ? nullptr : data() + (place - 1);
  }

 private:
  static_assert(std::is_trivially_copyable_v<Header> && std::is_trivially_destructible_v<Header>);

  Header* data() { return std::launder(reinterpret_cast<Header*>(storage_.data())); }
  const Header* data() const {
    return std::launder(reinterpret_cast<const Header*>(storage_.data()));
  }

  void copy(const HeaderList& other) {
    std::memcpy(storage_.data(), other.storage_.data(), other.size_ * sizeof(Header));
    places_ = other.places_;
    size_ = other.size_;
  }

  alignas(Header) std::array<std::byte, capacity * sizeof(Header)> storage_;
  std::array<std::uint8_t, header_id_count> places_{};  ///< position + 1; 0: none
  std::uint8_t size_ = 0;
};

}  // namespace sipharness::sip
