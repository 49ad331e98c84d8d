#pragma once
// The profile a capture is judged by when none is given: any phone with two servers, with the
// tolerances of real devices. It claims nothing, and no setting is known.

#include "harness/scenario/profile.hpp"

namespace sipharness::judge {

scenario::Profile builtin_profile();

}  // namespace sipharness::judge
