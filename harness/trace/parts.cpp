#include "harness/trace/parts.hpp"

#include <fmt/format.h>

namespace sipharness::trace {

std::string_view part_of(const Device& device) {
  if (device.is_stranger) return "stranger";
  if (!device.under_test) return "not under test";
  return device.known.why == only_answers ? "far end" : "device";
}

std::string describe(const Known& known) {
  return known.why.empty() ? std::string(to_string(known.from))
                           : fmt::format("{}: {}", to_string(known.from), known.why);
}

}  // namespace sipharness::trace
