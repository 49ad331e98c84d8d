#pragma once
// The profile a capture is judged by when none is given: any phone with two servers that claims the
// guide, with the tolerances of real devices and no settings known.

#include "harness/scenario/profile.hpp"

namespace sipharness::judge {

scenario::Profile builtin_profile();

}  // namespace sipharness::judge
