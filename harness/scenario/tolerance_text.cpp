#include "harness/scenario/tolerance_text.hpp"

#include <fmt/format.h>

namespace sipharness::scenario {

std::string tolerance_text(Duration tolerance) {
  return format_duration(tolerance);
}

std::string tolerance_text(const RelativeTolerance& tolerance) {
  return fmt::format("max({}, {} %)", format_duration(tolerance.absolute), tolerance.percent);
}

}  // namespace sipharness::scenario
