// How the targets that read SIP have their inputs damaged, by libFuzzer and by plain_main.cpp
// alike: half of the time as bytes, which is theirs, and half as SIP.

#include <algorithm>
#include <cstdint>
#include <string>

#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/sip_damage.hpp"

namespace sipharness::fuzz {
namespace {

std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Into `out`, as much of it as fits.
std::size_t give(std::string_view text, std::uint8_t* out, std::size_t most) {
  const std::size_t size = std::min(text.size(), most);
  std::copy_n(text.begin(), size, out);
  return size;
}

}  // namespace
}  // namespace sipharness::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed) {
  using namespace sipharness;
  Rng rng(seed);
  if (rng.below(2) == 0) return LLVMFuzzerMutate(data, size, most);
  std::string text(fuzz::text_of(data, size));
  fuzz::damage_sip(text, fuzz::text_of(data, size), rng);
  return fuzz::give(text, data, most);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* data, std::size_t size,
                                                 const std::uint8_t* other, std::size_t other_size,
                                                 std::uint8_t* out, std::size_t most,
                                                 unsigned seed) {
  using namespace sipharness;
  Rng rng(seed);
  std::string text(fuzz::text_of(data, size));
  for (std::uint64_t left = 1 + rng.below(4); left > 0; --left)
    fuzz::damage_sip(text, fuzz::text_of(other, other_size), rng);
  return fuzz::give(text, out, most);
}
