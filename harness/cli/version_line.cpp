#include "harness/cli/version_line.hpp"

#include <fmt/format.h>

#include "harness/base/version.hpp"

namespace sipharness::cli {

std::string version_line() {
  return commit.empty() ? fmt::format("sipharness {}", version())
                        : fmt::format("sipharness {} ({})", version(), commit);
}

}  // namespace sipharness::cli
