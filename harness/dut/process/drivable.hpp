#pragma once
// Whether a softphone can play a scenario on this host; asked before anything starts.

#include "harness/scenario/scenario.hpp"

namespace sipharness::dut {

/// Throws SetupError, with the remedy, if the profile cannot be started here, or lacks something
/// that the scenario needs: a verb, a name server, IPv6.
void check_drivable(const scenario::Profile& profile, const scenario::Scenario& scenario);

}  // namespace sipharness::dut
