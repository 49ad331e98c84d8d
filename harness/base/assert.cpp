#include "harness/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

namespace sipharness {

void assertion_failed(const char* condition, const char* file, int line, std::string_view actor,
                      TimePoint at) {
  fmt::print(stderr, "{}:{}: assertion failed: {} (actor {}, at {})\n", file, line, condition,
             actor, format_seconds(at.time_since_epoch(), 9));
  std::abort();
}

}  // namespace sipharness
