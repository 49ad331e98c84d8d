#pragma once
// A run in the simulated world: hours take milliseconds, same seed same bytes.

#include "harness/run/stage.hpp"

namespace sipharness::run {

/// Writes capture and journal into `folder`. Throws SetupError.
void stage_virtual(const Production& production, const RunFolder& folder);

}  // namespace sipharness::run
