#pragma once
// A run: a scenario is staged and captured. What it leaves is a run folder, judged as any other.

#include "harness/scenario/scenario.hpp"
#include "harness/stage/options.hpp"

namespace sipharness::stage {

/// Throws SetupError where the scenario cannot be played with this device, whatever this host is.
void require_playable(const scenario::Scenario& scenario, const scenario::Profile& profile,
                      const RunOptions& options);

/// About how long a run takes in real time, control runs and boots of the device included.
Duration real_time_needed(const scenario::Scenario& scenario, const scenario::Profile& profile,
                          const RunOptions& options);

/// The same for two runs that were asked for the same (Meta::request).
std::string request_digest(const scenario::Scenario& scenario, const scenario::Profile& profile,
                           const RunOptions& options);

/// Stages the scenario into options.folder. Throws SetupError.
void run(const scenario::Scenario& scenario, const scenario::Profile& profile,
         const RunOptions& options);

}  // namespace sipharness::stage
