#pragma once
// Numbers of things, as a sentence says them.

#include <cstddef>
#include <string>
#include <string_view>

namespace sipharness {

/// "1 request", "3 requests".
std::string counted(std::size_t count, std::string_view what);
/// "the only request", "all 3 requests".
std::string all_of(std::size_t count, std::string_view what);
/// "once", "3 times".
std::string times(std::size_t count);

}  // namespace sipharness
