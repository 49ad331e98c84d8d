#pragma once
// What texts and packets are found by. The hash of the standard library reads eight bytes at a
// time, each after the one before; this one reads many side by side.

#include <cstdint>
#include <string_view>

namespace sipharness {

/// Of all bytes; the same in every run.
std::uint64_t hash_of(std::string_view bytes);

}  // namespace sipharness
