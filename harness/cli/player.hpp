#pragma once
// Plays a workload: stages each run, judges it as `check` would, prints and writes the results. A
// run that fails to start keeps none of the others from its turn.

#include "harness/cli/workload.hpp"

namespace sipharness::cli {

/// The exit code.
int play(const Workload& workload);

}  // namespace sipharness::cli
