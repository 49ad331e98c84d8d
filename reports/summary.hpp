#pragma once
// What a device did, in one sentence.

#include <string>

#include "harness/verdict/result.hpp"

namespace reports {

/// Of a failure the finding that weighs most and follows from no other; of a pass how much was
/// judged; else why there is no verdict.
std::string summary(const sipharness::verdict::Result& result);

/// The failure or warning that it tells; null: it tells none.
const sipharness::verdict::Finding* chief(const sipharness::verdict::Result& result);

}  // namespace reports
