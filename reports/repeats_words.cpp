#include "reports/repeats_words.hpp"

#include <fmt/format.h>

#include "harness/base/counted.hpp"

namespace reports {

std::string told(const sipharness::campaign::Flaky& row) {
  return fmt::format("{}{}: met in {} and violated in {}", row.requirement,
                     row.device.empty() ? "" : " of " + row.device,
                     sipharness::counted(row.passed, "run"), row.violated);
}

}  // namespace reports
