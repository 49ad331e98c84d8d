#pragma once
// What is staged: the effective scenario and profile, where the devices live, the options of the
// run.

#include <vector>

#include "harness/base/endpoint.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/stage/options.hpp"

namespace sipharness::stage {

struct Production {
  scenario::Scenario scenario;    ///< with addresses
  scenario::Profile profile;      ///< configured
  std::vector<Endpoint> devices;  ///< one for each of the scenario
  const RunOptions& options;
  /// A control run: over with its timeline, not only when the scenario's time is up, or with a call
  /// that is refused where nothing is wrong.
  bool is_healthy = false;
  bool device_was_up = false;  ///< in an earlier part of the same run
};

}  // namespace sipharness::stage
