#include "harness/capture/fetch_ahead.hpp"

#include <cstdint>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/base/fetch.hpp"

namespace sipharness::capture {
namespace {

/// Pages of a mapped file, all at once: each would else be mapped when it is read first, a fault a
/// few pages. A system that cannot do it (before Linux 5.14) maps them so.
void map(std::string_view bytes) {
  static const auto page = static_cast<std::uintptr_t>(::getpagesize());
  const std::uintptr_t begin = reinterpret_cast<std::uintptr_t>(bytes.data()) / page * page;
  const std::uintptr_t end = reinterpret_cast<std::uintptr_t>(bytes.data() + bytes.size());
  ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_POPULATE_READ);
}

}  // namespace

void FetchAhead::on_read(std::string_view piece) {
  constexpr std::size_t distance = 1024;  // into the caches
  constexpr std::size_t lead = 4096;
  constexpr std::size_t mapped_together = std::size_t{4} << 20U;
  const char* const end = piece.data() + piece.size();
  if (rest_.data() < end) rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
  if (!rest_.empty() && rest_.data() < end + lead) {
    const std::string_view next = rest_.substr(0, mapped_together);
    map(next);
    rest_.remove_prefix(next.size());
  }
  prefetch(end + distance, piece.size());
}

}  // namespace sipharness::capture
