#pragma once
// A run in real time on this host: kernel sockets, live capture (or the tap where it is not
// permitted), progress, verdicts so far every five seconds.

#include "harness/stage/stage.hpp"

namespace sipharness::stage {

/// Writes capture and journal into `folder`. Throws SetupError.
void run_in_real_time(const Production& production, const judge::RunFolder& folder);

}  // namespace sipharness::stage
