#pragma once
// The scenario of a control run (harness/judge/control_runs.hpp), made from the one it stands
// beside.
//  1. It asks only for what the scenario needs (calls where it has calls) and the profile can.
//  2. A fault is whatever keeps a server from being a healthy one: a rule, a phase, a closed
//     port, a lossy link.

#include "harness/scenario/scenario.hpp"

namespace sipharness::stage {

/// Whether a scenario stages a fault at all.
bool stages_fault(const scenario::Scenario& scenario);

struct HealthyNeeds {
  const scenario::Scenario& main;     ///< with addresses
  const scenario::Scenario& healthy;  ///< scenarios/sanity/healthy.json
  const scenario::Profile& profile;
  bool can_be_driven = true;  ///< by a driver or a person
};

/// The healthy run beside a scenario: the same servers without their faults, as much of the healthy
/// timeline as is needed. Challenges stay: a wrong password is to be found.
scenario::Scenario healthy_run(const HealthyNeeds& needs);

}  // namespace sipharness::stage
