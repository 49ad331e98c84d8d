#pragma once
// Which version of the harness this is.

#include <string_view>

namespace sipharness {

/// "0.1.0"
std::string_view version();

}  // namespace sipharness
