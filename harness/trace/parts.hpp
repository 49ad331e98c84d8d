#pragma once
// Which part a device plays and how a part is known, in words that reports use.

#include <string>
#include <string_view>

#include "harness/trace/trace.hpp"

namespace sipharness::trace {

/// "device", "far end", "stranger", "not under test".
std::string_view part_of(const Device& device);

/// "named"; "inferred: calls begin there".
std::string describe(const Known& known);

}  // namespace sipharness::trace
