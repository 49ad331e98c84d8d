#include "harness/base/rng.hpp"

namespace sipharness {

Rng Rng::fork(std::string_view name) const {
  return Rng(Rng(seed_ ^ fnv1a(name)).next());
}

std::uint64_t Rng::next() {
  state_ += 0x9e3779b97f4a7c15U;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
  return mixed ^ (mixed >> 31U);
}

std::uint64_t Rng::below(std::uint64_t bound) {
  return next() % bound;
}

Duration Rng::between(Duration low, Duration high) {
  if (high <= low) return low;
  return low + Duration(static_cast<std::int64_t>(
                   below(static_cast<std::uint64_t>((high - low).count()))));
}

bool Rng::chance(double probability) {
  return static_cast<double>(next() >> 11U) * 0x1.0p-53 < probability;
}

std::string Rng::hex(int digits) {
  constexpr std::string_view alphabet = "0123456789abcdef";
  std::string text;
  std::uint64_t bits = 0;
  for (int digit = 0; digit < digits; ++digit) {
    if (digit % 16 == 0) bits = next();
    text += alphabet[bits & 0xfU];
    bits >>= 4U;
  }
  return text;
}

std::uint64_t fnv1a(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

}  // namespace sipharness
