#include "harness/host/machine/large_pages.hpp"

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

namespace sipharness::host {
namespace {

constexpr int mebibyte = 1 << 20;
/// policy: what judging millions of messages takes at most; beyond it pages are small again.
constexpr int heap_size = 256 * mebibyte;
constexpr std::uintptr_t large_page = std::uintptr_t{2} << 20U;
/// The largest that glibc takes (half of HEAP_MAX_SIZE).
constexpr int most_from_heap = 32 * mebibyte;

bool is_unlimited(decltype(RLIMIT_AS) resource) {
  rlimit limit{};
  return ::getrlimit(resource, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY;
}

std::uintptr_t end_of_heap() {
  return reinterpret_cast<std::uintptr_t>(::sbrk(0));
}

}  // namespace

void use_large_pages() {
  if (!is_unlimited(RLIMIT_AS) || !is_unlimited(RLIMIT_DATA)) return;
  // Large arrays live in the heap too, and what is given back to it is kept.
  ::mallopt(M_MMAP_THRESHOLD, most_from_heap);
  ::mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  const std::uintptr_t before = end_of_heap();
  ::mallopt(M_TOP_PAD, heap_size);
  // More than there is at the top of the heap, so that it grows; volatile, or it is optimised away.
  void* volatile grown = std::malloc(mebibyte);
  std::free(grown);
  ::mallopt(M_TOP_PAD, mebibyte);
  const std::uintptr_t begin = (before + large_page - 1) / large_page * large_page;
  const std::uintptr_t end = end_of_heap();
  if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

}  // namespace sipharness::host
