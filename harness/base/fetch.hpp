#pragma once
// Memory that is read soon, asked for before its turn: a large capture is in no cache, and who
// reads its bytes where they are waits for each piece.

#include <cstddef>
#include <string_view>

namespace sipharness {

/// Reads one byte of a page. Several reads wait for memory together if nothing between them needs
/// what they read.
inline void touch(const char& byte) {
  static_cast<void>(*static_cast<const volatile char*>(&byte));
}

/// Waits for nothing. Processors pass over what lies in a page that was not touched lately.
inline void prefetch(const char* bytes, std::size_t size) {
  constexpr std::size_t cache_line = 64;
  for (std::size_t at = 0; at < size; at += cache_line) __builtin_prefetch(bytes + at);
}

}  // namespace sipharness
