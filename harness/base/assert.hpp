#pragma once
// Assertions that are always on: a programmer error ends the process at the line that broke the
// rule, naming who (the actor) and when (its clock). Never for bytes from outside.

#include <string_view>

#include "harness/base/time.hpp"

namespace sipharness {

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line,
                                   std::string_view actor, TimePoint at);

}  // namespace sipharness

/// One condition each. `actor` names who asserts, `at` is its world's time (TimePoint{} if none).
#define SIPHARNESS_ASSERT(condition, actor, at)                                      \
  do {                                                                               \
    if (!(condition))                                                                \
      ::sipharness::assertion_failed(#condition, __FILE__, __LINE__, (actor), (at)); \
  } while (false)
