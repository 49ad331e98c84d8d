#pragma once
// How a run is called.

#include <string>

#include "harness/verdict/result.hpp"

namespace sipharness::verdict {

/// The scenario and its variant: "primary_down", "primary_silent/b"; empty: a capture from
/// elsewhere.
std::string full_name(const Result& result);

/// The same; of a capture from elsewhere its file.
std::string name_of(const Result& result);

}  // namespace sipharness::verdict
