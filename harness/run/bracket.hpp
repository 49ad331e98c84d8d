#pragma once
// The sanity bracket: a short healthy run before a scenario's fault and one after it, each a run
// folder of its own (RUN/before, RUN/after). If the device does not register and call where nothing
// is wrong, then what it does in an outage says nothing of it: a wrong account, address or password
// is not a phone's bug.
//  1. A side asks only for what the scenario needs (calls where it has calls) and the profile can.
//  2. A side is judged from its capture; its journal says what was asked of the device.
//  3. An order that did not get to the device is not held against anybody here either.
//  4. A fault is whatever keeps a server from being a healthy one: a rule, a phase, a closed port,
//  a
//     lossy link.

#include <optional>
#include <string>

#include "harness/base/expected.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/verdict/result.hpp"

namespace sipharness::run {

/// Whether a scenario stages a fault at all.
bool stages_fault(const scenario::Scenario& scenario);

struct HealthyNeeds {
  const scenario::Scenario& main;     ///< with addresses
  const scenario::Scenario& healthy;  ///< scenarios/sanity/healthy.json
  const scenario::Profile& profile;
  bool can_be_ordered = true;  ///< by a driver or a person
};

/// The healthy run beside a scenario: the same servers without their faults, as much of the healthy
/// timeline as is needed. Challenges stay: a wrong password is to be found.
scenario::Scenario healthy_run(const HealthyNeeds& needs);

/// What a side shows, from its run folder.
Expected<verdict::BracketSide> judge_side(const std::string& folder);

/// No verdict on the device stands, but that it died: all others become inconclusive.
void withdraw_verdicts(verdict::Result& result, verdict::Blame blame, const std::string& reason);

/// Puts what RUN/before and RUN/after show into the result of RUN; if a side is not well, its
/// verdicts are withdrawn.
void apply_bracket(verdict::Result& result, const std::string& folder);

}  // namespace sipharness::run
