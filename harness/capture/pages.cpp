#include "harness/capture/pages.hpp"

#include <new>
#include <sys/mman.h>
#include <utility>

namespace sipharness::capture {

Pages::Pages(Pages&& other) noexcept {
  *this = std::move(other);
}

Pages& Pages::operator=(Pages&& other) noexcept {
  std::swap(begin_, other.begin_);
  std::swap(size_, other.size_);
  std::swap(capacity_, other.capacity_);
  return *this;
}

Pages::~Pages() {
  if (begin_ != nullptr) ::munmap(begin_, capacity_);
}

std::span<char> Pages::room() {
  constexpr std::size_t first = std::size_t{1} << 20U;
  if (size_ < capacity_) return {begin_ + size_, capacity_ - size_};
  const std::size_t wanted = capacity_ == 0 ? first : 2 * capacity_;
  void* const grown = capacity_ == 0 ? ::mmap(nullptr, wanted, PROT_READ | PROT_WRITE,
                                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                                     : ::mremap(begin_, capacity_, wanted, MREMAP_MAYMOVE);
  if (grown == MAP_FAILED) throw std::bad_alloc();
  begin_ = static_cast<char*>(grown);
  capacity_ = wanted;
  return {begin_ + size_, capacity_ - size_};
}

}  // namespace sipharness::capture
