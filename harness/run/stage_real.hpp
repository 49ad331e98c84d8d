#pragma once
// A run in real time on this host: kernel sockets, live capture (or the tap where it is not
// permitted), progress, verdicts so far every five seconds.

#include "harness/run/stage.hpp"

namespace sipharness::run {

/// Writes capture and journal into `folder`. Throws SetupError.
void stage_real(const Production& production, const RunFolder& folder);

}  // namespace sipharness::run
