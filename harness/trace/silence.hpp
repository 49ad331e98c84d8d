#pragma once
// Spans in which a capture holds nothing at all, of nobody.

#include <cstdint>

#include "harness/base/time.hpp"

namespace sipharness::trace {

/// policy: a shorter one is remarkable in no capture.
inline constexpr Duration least_silence = 5s;

struct Silence {
  std::uint32_t before = 0;  ///< number of the last frame before it
  std::uint32_t after = 0;   ///< and of the first after it
  CaptureTime from;
  CaptureTime until;
  Duration length() const { return until - from; }
};

}  // namespace sipharness::trace
