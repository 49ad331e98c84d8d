#pragma once
// What two runs say alike, although no number of theirs is the same.

#include <string>
#include <string_view>

namespace sipharness::campaign {

/// A message without its digits.
std::string reason_of(std::string_view message);

}  // namespace sipharness::campaign
