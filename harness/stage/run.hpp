#pragma once
// A run: a scenario is staged and captured. What it leaves is a run folder, judged as any other.

#include "harness/scenario/scenario.hpp"
#include "harness/stage/options.hpp"

namespace sipharness::stage {

/// Stages the scenario into options.folder. Throws SetupError.
void run(const scenario::Scenario& scenario, const scenario::Profile& profile,
         const RunOptions& options);

}  // namespace sipharness::stage
