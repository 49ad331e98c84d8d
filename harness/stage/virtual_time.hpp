#pragma once
// A run in the simulated world: hours take milliseconds, same seed same bytes.

#include "harness/stage/stage.hpp"

namespace sipharness::stage {

/// Writes capture and journal into `folder`. Throws SetupError.
void run_in_virtual_time(const Production& production, const judge::RunFolder& folder);

}  // namespace sipharness::stage
