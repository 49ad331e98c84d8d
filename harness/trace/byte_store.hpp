#pragma once
// Owns the bytes of a trace in large chunks, so that views into it stay valid while it grows and
// while the trace that holds it is moved.

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace sipharness::trace {

class ByteStore {
 public:
  /// A copy of `bytes` that lives as long as this store.
  std::string_view keep(std::string_view bytes);

 private:
  static constexpr std::size_t chunk_size = std::size_t{1} << 20U;

  std::vector<std::unique_ptr<char[]>> chunks_;
  std::size_t used_ = chunk_size;
};

}  // namespace sipharness::trace
