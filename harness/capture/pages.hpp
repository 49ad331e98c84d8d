#pragma once
// Memory that grows without being copied, for files that cannot be mapped: pipes, compressed files.

#include <cstddef>
#include <span>
#include <string_view>

namespace sipharness::capture {

class Pages {
 public:
  Pages() = default;
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;
  Pages(Pages&& other) noexcept;
  Pages& operator=(Pages&& other) noexcept;
  ~Pages();

  /// Room behind what was added, never empty. Throws std::bad_alloc.
  std::span<char> room();
  /// The first `size` bytes of the room were filled.
  void add(std::size_t size) { size_ += size; }
  std::string_view all() const { return {begin_, size_}; }

 private:
  char* begin_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace sipharness::capture
