#include "harness/base/hash.hpp"

#include <xxhash.h>

namespace sipharness {

std::uint64_t hash_of(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace sipharness
