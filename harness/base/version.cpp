#include "harness/base/version.hpp"

namespace sipharness {

std::string_view version() {
  return SIPHARNESS_VERSION;
}

}  // namespace sipharness
