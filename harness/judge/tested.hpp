#pragma once
// Which devices of a run are under test. In a lab others may come by: a phone of the neighbour's,
// or the right one with the wrong account. They are answered, told of, and not judged.

#include "harness/scenario/profile.hpp"
#include "harness/trace/trace.hpp"

namespace sipharness::judge {

/// The accounts of so many devices; whichever registers first where any will do.
trace::Tested tested_of(const scenario::Profile& profile, unsigned devices);

}  // namespace sipharness::judge
