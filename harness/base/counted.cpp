#include "harness/base/counted.hpp"

#include <fmt/format.h>

namespace sipharness {

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string all_of(std::size_t count, std::string_view what) {
  return count == 1 ? fmt::format("the only {}", what) : "all " + counted(count, what);
}

std::string times(std::size_t count) {
  return count == 1 ? "once" : fmt::format("{} times", count);
}

}  // namespace sipharness
