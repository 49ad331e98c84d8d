#include "tests/fuzz/fuzz.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>

#include <fmt/format.h>

namespace sipharness::fuzz {

void expect(bool holds, std::string_view what) {
  if (holds) return;
  fmt::print(stderr, "does not hold: {}\n", what);
  std::abort();
}

void expect_within(std::string_view part, std::string_view whole) {
  const std::less_equal<const char*> not_after;
  expect(part.empty() || (not_after(whole.data(), part.data()) &&
                          not_after(part.data() + part.size(), whole.data() + whole.size())),
         "a view lies within the bytes it was taken from");
}

std::uint8_t Input::byte() {
  if (rest_.empty()) return 0;
  const auto first = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return first;
}

std::string_view Input::up_to(char separator) {
  const std::string_view taken = rest_.substr(0, rest_.find(separator));
  rest_.remove_prefix(std::min(rest_.size(), taken.size() + 1));
  return taken;
}

}  // namespace sipharness::fuzz
